import { readdirSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { diskFiles } from "../cli/files.ts"
import { type Diagnostic, render, runTests } from "../lang/index.ts"

// Each `cases/tests/<name>.appl` is run, and how its cases end stands beside it in `<name>.txt`.
const folder = "test/cases/tests"

describe("the tests of a file", () => {
  test.for(readdirSync(folder).filter((name) => name.endsWith(".appl")))("%s", async (name) => {
    const { diagnostics, results } = run(`${folder}/${name}`)
    const cases = [...results].map(
      (result) => `${result.diagnostics.length === 0 ? "✓" : "✗"} ${result.title}\n${shown(result.diagnostics)}`,
    )
    const beside = join(import.meta.dirname, "cases/tests", name.replace(/\.appl$/, ".txt"))
    await expect(`${shown(diagnostics)}${cases.join("")}`).toMatchFileSnapshot(beside)
  })

  test("only those that are wanted are run, a turn of a `for` by its key", () => {
    const { results } = run(`${folder}/cases-of-for.appl`, (title) => title.includes("[berta]"))
    expect([...results].map(({ title, diagnostics }) => [title, diagnostics.length])).toEqual([
      ["records by name [berta]", 1],
    ])
  })

  test("each gives what its clusters became, for the plans that are kept", () => {
    const { results } = run(`${folder}/facts.appl`, (title) => title.startsWith("two of them"))
    const [first] = [...results]
    expect(first!.desired.map((desired) => desired.appliances.length)).toEqual([3, 7])
  })
})

function run(entry: string, wants: (title: string) => boolean = () => true) {
  return runTests({ entry, files: diskFiles, standard: "modules", modules: null, limit: 1_000_000, wants })
}

function shown(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.length === 0 ? "" : `${render(diagnostics, { color: "never", width: 120 })}\n`
}
