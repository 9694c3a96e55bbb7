import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { why } from "../cli/commands/why.ts"
import type { Terminal } from "../cli/terminal.ts"

// Each `cases/why/<name>.appl` has a line `# --why ADDRESS` for each question; the answers stand beside it in `<name>.txt`.
const folder = "test/cases/why"

describe("why", () => {
  test.for(readdirSync(folder).filter((name) => name.endsWith(".appl")))("%s", async (name) => {
    const path = `${folder}/${name}`
    const text = readFileSync(path, "utf8")
    const said = (option: string) =>
      [...text.matchAll(new RegExp(`^# --${option} (.*)$`, "gm"))].map((match) => match[1]!)
    const answers = said("why").map((address) => `$ appl why '${address}'\n${ask(address, path, said("set")).text}`)
    await expect(answers.join("\n")).toMatchFileSnapshot(
      join(import.meta.dirname, "cases/why", name.replace(/\.appl$/, ".txt")),
    )
  })

  test("--json gives the same as data, with its code", () => {
    const { text, code } = ask("total", `${folder}/office.appl`, ["seats=7"], true)
    expect(code).toBe(0)
    const { reasons } = JSON.parse(text)
    expect(reasons[0]).toMatchObject({ what: "total", value: "176MiB", origin: { line: 39 } })
    expect(reasons[0].because.map((one: { what: string; how: string }) => [one.what, one.how])).toEqual([
      ["per-seat", null],
      ["seats", "given"],
    ])
    expect(ask("nothing", `${folder}/office.appl`, [], true)).toMatchObject({ code: 1 })
  })
})

function ask(address: string, path: string, set: readonly string[], json = false): { text: string; code: number } {
  let text = ""
  const add = (more: string) => {
    text += more
  }
  const terminal: Terminal = {
    out: add,
    err: add,
    asks: false,
    live: false,
    colors: { out: "never", err: "never" },
    width: 120,
  }
  return { code: why(address, path, { set, json }, terminal), text }
}
