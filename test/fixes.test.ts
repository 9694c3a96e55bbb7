import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { diskFiles } from "../cli/files.ts"
import { compile, type Input, mend, type Surveyed } from "../lang/index.ts"

// Every program that gives a diagnostic with a fix is mended: the golden cases, the programs with one mistake, and a few files with many.
const [prelude, ...sections] = readFileSync(join(import.meta.dirname, "one-mistake.txt"), "utf8").split(/^=== /m)
const mistakes = sections.map((section) => {
  const [title = "", ...lines] = section.split("\n")
  return { title, text: `${prelude}${lines.join("\n")}` }
})

const cases = ["addresses", "evaluation", "files", "names", "placement", "types", "wiring"].flatMap((area) => {
  const folder = join("test", "cases", area)
  const names = readdirSync(folder).filter((name) => name.endsWith(".appl"))
  return names.map((name) => ({ title: join(folder, name), text: readFileSync(join(folder, name), "utf8") }))
})

// What was meant cannot be told here: the text is not indented, the field that is meant is there already, the file has other names.
const guessed = new Set([
  "A0103 missing brace of instance",
  join("test", "cases", "types", "unknown-param.appl"),
  join("test", "cases", "names", "missing-file.appl"),
])

describe("a fix", () => {
  const fixable = [...mistakes, ...cases].filter(({ title, text }) => hasFix(compile(inputOf(title, text))))

  test("there are some to try", () => {
    expect(fixable.length).toBeGreaterThan(60)
  })

  test.each(fixable.filter(({ title }) => guessed.has(title)))("that guessed wrong is not applied: $title", (one) => {
    const { fixes, texts } = mend(inputOf(one.title, one.text))
    expect({ fixes, texts: texts.size }).toEqual({ fixes: 0, texts: 0 })
  })

  test.each(fixable.filter(({ title }) => !guessed.has(title)))("leaves less to mend: $title", ({ title, text }) => {
    const before = compile(inputOf(title, text))
    const { found, fixes, texts } = mend(inputOf(title, text))
    expect(fixes, messages(before)).toBeGreaterThan(0)
    expect(texts.size).toBeGreaterThan(0)
    expect(messages(found)).not.toEqual(messages(before))
    expect(hasFix(found), messages(found)).toBe(false)
  })
})

describe("files with many mistakes", () => {
  const folder = join(import.meta.dirname, "fixes")
  test.each(readdirSync(folder).filter((name) => name.endsWith(".appl")))("%s", async (name) => {
    const text = readFileSync(join(folder, name), "utf8")
    const { found, texts } = mend(inputOf("many.appl", text))
    await expect(texts.get("many.appl") ?? text).toMatchFileSnapshot(`fixes/${name}.fixed`)
    expect(messages(found)).toBe("")
  })
})

function hasFix({ diagnostics }: Pick<Surveyed, "diagnostics">): boolean {
  return diagnostics.some((diagnostic) => diagnostic.fix !== undefined)
}

function messages({ diagnostics }: Pick<Surveyed, "diagnostics">): string {
  return diagnostics.map(({ code, message }) => `${code} ${message}`).join("\n")
}

function inputOf(title: string, text: string): Input {
  const entry = title.endsWith(".appl") ? title : "mistake.appl"
  const bytes = new TextEncoder().encode(text)
  const files = { ...diskFiles, read: (path: string) => (path === entry ? bytes : diskFiles.read(path)) }
  const rest = { cluster: null, deployed: null, params: [], lock: null, limit: 100_000 }
  return { entry, files, standard: "modules", ...rest }
}
