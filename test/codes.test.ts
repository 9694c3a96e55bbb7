import { describe, expect, test } from "vitest"
import { diskFiles } from "../cli/files.ts"
import { type CodeEntry, codes, compile, type Files, lintFiles, memoryFiles } from "../lang/index.ts"

// What `appl explain` shows is what the compiler does: a wrong example gives exactly its code, a right one does not compile with it.
const entries: [string, CodeEntry][] = Object.entries(codes)

describe.each(entries.filter(([, entry]) => entry.wrong !== undefined))("%s", (code, entry) => {
  test("is what its wrong example gives, and nothing else", () => {
    expect(codesOf(entry.wrong!, entry)).toEqual([code])
  })

  test("is not in its right example, which compiles", () => {
    expect(codesOf(entry.right ?? "there is none", entry)).toEqual([])
  })
})

test.each(entries)("%s is explained in sentences, under a headline without a full stop", (_, entry) => {
  expect(entry.explain).toMatch(/^\S.*\.$/s)
  expect(entry.title).not.toMatch(/[.:]$/)
})

/** All but hints, such as the one that a file without a cluster gets; each once. */
function codesOf(text: string, entry: CodeEntry): string[] {
  const own = memoryFiles({ "example.appl": text })
  const files: Files = {
    read: (path) => own.read(path) ?? diskFiles.read(path),
    list: (path) => own.list(path) ?? diskFiles.list(path),
    resolve: (path) => own.resolve(path) ?? diskFiles.resolve(path),
  }
  const input = { files, standard: "modules", limit: 1_000_000 }
  const diagnostics =
    entry.rule === undefined
      ? compile({ ...input, entry: "example.appl", cluster: null, deployed: null, params: [], lock: null }).diagnostics
      : lintFiles({ ...input, entries: ["example.appl"], root: ".", modules: null, lockOf: () => null })
  return [...new Set(diagnostics.filter((one) => one.severity !== "hint").map((one) => one.code))]
}
