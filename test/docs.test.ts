import { existsSync, globSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { describe, expect, test } from "vitest"
import { diskFiles } from "../cli/files.ts"
import { type Diagnostic, format, makeReport, render, runTests } from "../lang/index.ts"
import { compileText } from "./compile-text.ts"

const root = dirname(import.meta.dirname)
const pages = [
  ...globSync("*.md", { cwd: root }),
  ...globSync(["{docs,editors,examples,modules,test}/**/*.md"], { cwd: root, exclude: ["**/node_modules/**"] }),
]

type Block = { readonly path: string; readonly line: number; readonly text: string; readonly checked: boolean }

const blocks = pages.flatMap(blocksOf)

describe("every block of a document that is marked appl", () => {
  test("is found", () => {
    expect(blocks.length).toBeGreaterThan(8)
    expect(blocks.filter((block) => block.checked).length).toBeGreaterThan(8)
    const marked = pages.flatMap((path) => textOf(path).match(/^ *`{3,}appl.*$/gm) ?? [])
    expect(marked.filter((mark) => mark !== "```appl" && mark !== "```appl check")).toEqual([])
  })

  test.for(blocks)("$path:$line parses", ({ path, text }) => {
    const report = makeReport()
    format({ path, text }, report)
    expect(shown(report.diagnostics)).toBe("")
  })

  test.for(blocks.filter((block) => block.checked))("$path:$line compiles", ({ path, text }) => {
    // A file without a cluster gets a hint that says so, which is not the block's fault.
    const whole = /^cluster /m.test(text) ? text : `${text}cluster page {}\n`
    expect(shown(diagnosticsOf(path, whole))).toBe("")
  })
})

test.for(pages)("%s links to what is there", (path) => {
  const links = textOf(path)
    .replaceAll(/^```.*?^```|`[^`\n]*`/gms, "")
    .matchAll(/\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)/g)
  for (const [link, file, title] of links) {
    const target = file === "" ? path : join(dirname(path), file!)
    expect(existsSync(join(root, target)), link).toBe(true)
    if (title !== undefined) expect(titlesOf(target), link).toContain(title)
  }
})

test("the tests in documents pass", () => {
  const tested = blocks.filter(({ checked, text }) => checked && /^test "/m.test(text))
  expect(tested.length).toBeGreaterThan(0)
  for (const { path, text } of tested) {
    const files = {
      ...diskFiles,
      read: (name: string) => (name === page ? new TextEncoder().encode(text) : diskFiles.read(name)),
    }
    const page = `${root}/${path}.appl`
    const input = {
      entry: page,
      files,
      standard: `${root}/modules`,
      modules: null,
      limit: 1_000_000,
      wants: () => true,
    }
    const results = [...runTests(input).results]
    expect(results.length).toBeGreaterThan(0)
    expect(shown(results.flatMap(({ diagnostics }) => diagnostics))).toBe("")
  }
})

describe("every example", () => {
  test.for(globSync("examples/*/*.appl", { cwd: root }))("%s compiles and is in the style", (path) => {
    const text = readFileSync(`${root}/${path}`, "utf8")
    expect(shown(diagnosticsOf(path, text))).toBe("")
    expect(format({ path, text }, makeReport())).toBe(text)
  })
})

/** Compiles a text as a file beside the page. */
function diagnosticsOf(page: string, text: string): readonly Diagnostic[] {
  return compileText(`${root}/${page}.appl`, text).diagnostics.filter((one) => one.severity !== "hint")
}

function shown(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.length === 0 ? "" : render(diagnostics, { color: "never", width: 120 })
}

function textOf(path: string): string {
  return readFileSync(join(root, path), "utf8")
}

/** The titles of a page as links name them. */
function titlesOf(path: string): string[] {
  const titles = textOf(path).match(/^#+ .*$/gm) ?? []
  return titles.map((title) =>
    title
      .replace(/^#+ /, "")
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  )
}

function blocksOf(path: string): Block[] {
  const lines = textOf(path).split("\n")
  const found: Block[] = []
  for (let at = 0; at < lines.length; at++) {
    const mark = /^```appl( check)?$/.exec(lines[at]!)
    if (mark === null) continue
    const end = lines.indexOf("```", at)
    found.push({
      path,
      line: at + 1,
      text: `${lines.slice(at + 1, end).join("\n")}\n`,
      checked: mark[1] !== undefined,
    })
    at = end
  }
  return found
}
