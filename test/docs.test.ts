import { globSync, readFileSync } from "node:fs"
import { dirname } from "node:path"
import { describe, expect, test } from "vitest"
import { diskFiles } from "../cli/files.ts"
import { compile, type Diagnostic, emptyLock, format, makeReport, render } from "../lang/index.ts"

const root = dirname(import.meta.dirname)
const pages = [...globSync("*.md", { cwd: root }), ...globSync(["docs/**/*.md", "modules/*/*.md"], { cwd: root })]

type Block = { readonly path: string; readonly line: number; readonly text: string; readonly checked: boolean }

const blocks = pages.flatMap(blocksOf)

describe("every block of a document that is marked appl", () => {
  test("is found", () => {
    expect(blocks.length).toBeGreaterThan(8)
    expect(blocks.filter((block) => block.checked).length).toBeGreaterThan(8)
  })

  test.for(blocks)("$path:$line parses", ({ path, text }) => {
    const report = makeReport()
    format({ path, text }, report)
    expect(shown(report.diagnostics)).toBe("")
  })

  test.for(blocks.filter((block) => block.checked))("$path:$line compiles", ({ path, text }) => {
    // Without a cluster nothing would be evaluated, and no `assert` of the block would be tried.
    const whole = /^cluster /m.test(text) ? text : `${text}cluster page {}\n`
    expect(shown(diagnosticsOf(path, whole))).toBe("")
  })
})

describe("every example", () => {
  test.for(globSync("examples/*/*.appl", { cwd: root }))("%s compiles and is in the style", (path) => {
    const text = readFileSync(`${root}/${path}`, "utf8")
    expect(shown(diagnosticsOf(path, text))).toBe("")
    expect(format({ path, text }, makeReport())).toBe(text)
  })
})

/** Compiles a text as the file `name` beside the page, with the real modules. */
function diagnosticsOf(page: string, text: string): readonly Diagnostic[] {
  const entry = `${root}/${page}.appl`
  return compile({
    entry,
    files: {
      ...diskFiles,
      read: (path) => (path === entry ? new TextEncoder().encode(text) : diskFiles.read(path)),
      resolve: (path) => (path === entry ? path : diskFiles.resolve(path)),
    },
    standard: `${root}/modules`,
    cluster: null,
    deployed: null,
    params: [],
    lock: emptyLock,
    limit: 1_000_000,
  }).diagnostics
}

function shown(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.length === 0 ? "" : render(diagnostics, { color: "never", width: 120 })
}

function blocksOf(path: string): Block[] {
  const lines = readFileSync(`${root}/${path}`, "utf8").split("\n")
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
