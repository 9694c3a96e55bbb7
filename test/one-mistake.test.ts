import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { diskFiles } from "../cli/files.ts"
import { compile, render } from "../lang/index.ts"

// Each section of `one-mistake.txt` is a program with one mistake, after what stands above the first section; its title begins with
// the one code that must come. A program that gives two has an echo: what follows from a mistake is not said beside it.
const [prelude, ...sections] = readFileSync(join(import.meta.dirname, "one-mistake.txt"), "utf8").split(/^=== /m)

test.each(sections.map(readSection))("$code $title", ({ code, program }) => {
  const text = new TextEncoder().encode(`${prelude}${program}`)
  const { diagnostics } = compile({
    entry: "mistake.appl",
    files: { ...diskFiles, read: (path) => (path === "mistake.appl" ? text : diskFiles.read(path)) },
    standard: "modules",
    cluster: null,
    deployed: null,
    params: [],
    lock: null,
    limit: 1_000_000,
  })
  // No program uses all of what the prelude takes, and some have no cluster.
  const found = diagnostics.filter((one) => one.code !== "A0211" && one.code !== "A0912")
  expect(
    found.map((one) => one.code),
    render(found, { color: "never", width: 100 }),
  ).toEqual([code])
})

function readSection(section: string): { code: string; title: string; program: string } {
  const [, code, title, program] = /^(A\d{4}) ([^\n]*)\n(.*)$/s.exec(section)!
  return { code: code!, title: title!, program: program! }
}
