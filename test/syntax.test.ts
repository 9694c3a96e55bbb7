import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { syntaxCodes } from "../lang/report/codes/syntax.ts"
import { codes } from "../lang/report/codes.ts"
import type { Diagnostic } from "../lang/report/diagnostic.ts"
import { render } from "../lang/report/render.ts"
import { makeReport } from "../lang/report/report.ts"
import { Grammar } from "../lang/syntax/grammar.ts"
import { parse } from "../lang/syntax/parse.ts"
import type { File } from "../lang/syntax/tree.ts"

const cases = join(import.meta.dirname, "cases")

function read(path: string, text: string): { file: File; diagnostics: readonly Diagnostic[] } {
  const report = makeReport()
  return { file: parse({ path, text }, report), diagnostics: report.diagnostics }
}

function filesOf(folder: string): string[] {
  const names = readdirSync(join(cases, folder)).filter((name) => name.endsWith(".appl"))
  expect(names.length).toBeGreaterThan(4)
  return names
}

describe("every block of the language reference parses", () => {
  test.each(filesOf("language"))("%s", (name) => {
    const { file, diagnostics } = read(name, readFileSync(join(cases, "language", name), "utf8"))
    expect(render(diagnostics, { color: "never", width: 100 })).toBe("")
    expect(file.items.length).toBeGreaterThan(0)
  })
})

describe("one mistake gives one diagnostic, at its place", () => {
  test.each(filesOf("syntax"))("%s", async (name) => {
    const { diagnostics } = read(name, readFileSync(join(cases, "syntax", name), "utf8"))
    const shown = render(diagnostics, { color: "never", width: 100 })
    await expect(shown).toMatchFileSnapshot(join(cases, "syntax", name.replace(/\.appl$/, ".txt")))
    expect(diagnostics).toHaveLength(1)
  })
})

describe("every code of the syntax", () => {
  test.each(Object.entries(syntaxCodes))(
    "%s is what its wrong example gives, and its right one does not",
    (code, entry) => {
      expect(Object.keys(codes)).toContain(code)
      expect(read("wrong.appl", entry.wrong).diagnostics.map((diagnostic) => diagnostic.code)).toEqual([code])
      expect(read("right.appl", entry.right).diagnostics).toEqual([])
    },
  )
})

test("the grammar is free of ambiguity and left recursion", () => {
  // In daily use the checks are skipped, as they cost more than parsing does.
  class Checked extends Grammar {
    constructor() {
      super()
      Object.assign(this, { skipValidations: false, selfAnalysisDone: false, definitionErrors: [] })
      this.live = false
      this.performSelfAnalysis()
    }
  }
  expect(() => new Checked()).not.toThrow()
})
