import { readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { describe, expect, test } from "vitest"
import { diskFiles } from "../cli/files.ts"
import { lintFiles, memoryFiles, render } from "../lang/index.ts"
import { makePlace } from "./cli/command.ts"

// What `appl lint` says of each `.appl` file below `lint/` stands beside it; a folder there may be a project or module of its own.
const folder = join("test", "lint")
const names = readdirSync(folder, { recursive: true, encoding: "utf8" })
test.each(names.filter((name) => name.endsWith(".appl")))("%s", async (name) => {
  const path = join(folder, name)
  const found = lintFiles({ entries: [path], root: dirname(path), files: diskFiles, ...rest })
  await expect(render(found, { color: "never", width: 120 })).toMatchFileSnapshot(
    `lint/${name.replace(".appl", ".txt")}`,
  )
})

test("files of a project are looked at together, and its description says how strict each rule is", () => {
  const files = memoryFiles({
    "appl.json": '{ "lint": { "unused-param": "off", "unused-declaration": "error" } }',
    "a.appl": "let shared = 1\nlet alone = 2\n",
    "b.appl": 'use { shared } from "./a.appl"\ncluster c {\n  param n: Int = shared\n}\n',
  })
  const found = lintFiles({ entries: ["a.appl", "b.appl"], root: ".", files, ...rest })
  expect(found.map(({ code, severity, message }) => [code, severity, message])).toEqual([
    ["A1001", "error", "no file uses the value alone"],
  ])
})

test("an unknown rule in a description is a diagnostic there", () => {
  const files = memoryFiles({ "appl.json": '{ "lint": { "unused-parm": "off" } }', "a.appl": "let a = 1\n" })
  const found = lintFiles({ entries: ["a.appl"], root: ".", files, ...rest })
  expect(found).toMatchObject([{ code: "A0231", span: { source: { path: "appl.json" } }, severity: "error" }])
})

describe("the command", () => {
  test("ends with 1 for an error, with --strict for a warning, and mends what it can", async (context) => {
    const place = makePlace(context)
    place.write("a.appl", "/// Never used.\nfn twice(n: Int): Int = n * 2\nassert 1 == 1\n")
    expect((await place.appl("lint", "a.appl")).code).toBe(0)
    expect((await place.appl("lint", "a.appl", "--strict")).code).toBe(1)
    const json = await place.appl("lint", "a.appl", "--json")
    expect(JSON.parse(json.out).diagnostics).toMatchObject([{ code: "A1001", severity: "warning" }])
    expect(await place.appl("lint", "a.appl", "--fix")).toMatchObject({ code: 0, out: "Nothing to say.\n" })
    expect(readFileSync(join(place.folder, "a.appl"), "utf8")).toBe("assert 1 == 1\n")
  })

  test("says what it cannot look at", async (context) => {
    const place = makePlace(context)
    expect(await place.appl("lint", "no.appl")).toMatchObject({
      code: 1,
      err: expect.stringMatching(/no file no\.appl/),
    })
    place.write("broken.appl", "cluster c {\n")
    expect(await place.appl("lint", "broken.appl")).toMatchObject({ code: 1, err: expect.stringMatching(/A0103/) })
    expect((await place.appl("lint", "--rules")).out).toMatch(/A1004 +hard-coded-address +warning/)
  })
})

const rest = { standard: "modules", modules: null, lockOf: () => null, limit: 100_000 } as const
