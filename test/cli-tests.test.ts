import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { describe, expect, test } from "vitest"
import { makePlace } from "./cli/command.ts"

const root = dirname(import.meta.dirname)

const one = `use { Nginx } from "std/nginx"

cluster one {
  param title: Text = "Hello"
  network lan { cidr = 10.30.0.0/24 }
  appliance web: Nginx { on = lan, site = "www.one.test", title }
}

test "it greets" {
  assert "<h1>Hello</h1>" in one.web.files["/srv/www/index.html"]
}

test "it has one & only <appliance>" {
  assert one.appliances.length == 2
}
`

test("those of the standard modules and of the examples pass", async (context) => {
  const { code, out, err } = await makePlace(context).appl("test", join(root, "modules"), ".")
  expect(err).toBe("")
  expect(out).toMatch(/modules\/nginx\/tests\/nginx\.appl \(\d+ tests\)/)
  expect(out).toMatch(/02-office\/office\.test\.appl \(\d+ tests\)/)
  expect(out).toMatch(/\nTests: \d+ passed\n$/)
  expect(code).toBe(0)
})

describe("appl test", () => {
  test("says which cases passed, draws why one failed, and fails", async (context) => {
    const place = makePlace(context)
    place.write("one.appl", one)
    const { code, out } = await place.appl("test", "one.appl")
    expect(code).toBe(1)
    await expect(out).toMatchFileSnapshot("cli/tests/failed.txt")
    expect(await place.appl("test", "one.appl", "--filter", "GREETS")).toMatchObject({
      code: 0,
      out: "✓ one.appl (1 test)\nTests: 1 passed\n",
    })
  })

  test("a folder without tests, a filter that none has, and a file that is not there say so", async (context) => {
    const place = makePlace(context)
    place.write("one.appl", one)
    expect(await place.appl("test", "01-hello")).toMatchObject({
      code: 1,
      err: expect.stringMatching(/there is no test in 01-hello\n/),
    })
    expect(await place.appl("test", "--filter", "no such thing")).toMatchObject({
      code: 1,
      err: expect.stringMatching(/no test has "no such thing" in its name/),
    })
    expect(await place.appl("test", "two.appl")).toMatchObject({
      code: 1,
      err: expect.stringMatching(/there is no file or folder two\.appl/),
    })
  })

  test("a file that does not compile fails, and the others run", async (context) => {
    const place = makePlace(context)
    place.write("a.appl", 'test "a" {\n  assert nothing == 1\n}\n')
    place.write("b.appl", 'test "b" {\n  assert 1 == 1\n}\n')
    const { code, out } = await place.appl("test", "a.appl", "b.appl")
    expect(code).toBe(1)
    expect(out).toMatch(/✗ a\.appl\n\nerror A0201/)
    expect(out).toMatch(/✓ b\.appl \(1 test\)\nTests: 1 passed, 1 file could not be read\n$/)
  })

  test("--json and --junit give every case with how it ended", async (context) => {
    const place = makePlace(context)
    place.write("one.appl", one)
    const { code, out } = await place.appl("test", "one.appl", "--json", "--junit", "report.xml")
    expect(code).toBe(1)
    const { summary, tests } = JSON.parse(out)
    expect(summary).toEqual({ passed: 1, failed: 1, broken_files: 0 })
    expect(tests[1]).toMatchObject({
      file: "one.appl",
      title: "it has one & only <appliance>",
      line: 13,
      outcome: "failed",
      diagnostics: [{ code: "A0701" }],
    })
    expect(tests[1].values).toContainEqual({ expression: "one.appliances.length", value: "1" })
    const xml = readFileSync(join(place.folder, "report.xml"), "utf8")
    await expect(xml.replace(/ time="[0-9.]+"/g, "")).toMatchFileSnapshot("cli/tests/report.xml")
  })
})

describe("plans that are kept", () => {
  const kept = "golden/one/it-greets.txt"

  test("are written by --update, compared, and shown where they differ", async (context) => {
    const place = makePlace(context)
    place.write("one.appl", one)
    const greets = ["test", "one.appl", "--filter", "greets"]
    expect((await place.appl(...greets)).code).toBe(0)
    expect(existsSync(join(place.folder, "golden")), "nobody asked for it").toBe(false)

    expect((await place.appl(...greets, "--update")).out).toMatch(/1 golden plan written/)
    await expect(readFileSync(join(place.folder, kept), "utf8")).toMatchFileSnapshot("cli/tests/plan.txt")
    expect((await place.appl(...greets)).code).toBe(0)

    place.write("one.appl", one.replace('"www.one.test"', '"www.two.test"').replace("/// ", ""))
    const changed = await place.appl(...greets)
    expect(changed.code).toBe(1)
    expect(changed.out).toMatch(/the plan is not as it is kept in golden\/one\/it-greets\.txt/)
    expect(changed.out).toMatch(/^- {2}\| {3}server_name www\.one\.test;\n\+ {2}\| {3}server_name www\.two\.test;$/m)
  })

  test("what moves a line only changes nothing", async (context) => {
    const place = makePlace(context)
    place.write("one.appl", one)
    await place.appl("test", "--filter", "greets", "--update", "one.appl")
    place.write("one.appl", `# A word about it.\n${one}`)
    expect((await place.appl("test", "--filter", "greets", "one.appl")).code).toBe(0)
  })

  test("are the same from any folder", async (context) => {
    const place = makePlace(context)
    mkdirSync(join(place.folder, "inner"))
    place.write("inner/one.appl", one)
    await place.appl("test", "--filter", "greets", "--update", "inner")
    const words = ["test", "--filter", "greets", "one.appl"]
    expect(await place.start(words, { CI: "1" }, join(place.folder, "inner")).ended).toMatchObject({ code: 0 })
  })

  test("one that is missing is written, but with CI=1 it fails; one that no test has is told, and removed by --update", async (context) => {
    const place = makePlace(context)
    place.write("one.appl", one.replace("length == 2", "length == 1"))
    expect((await place.appl("test", "one.appl", "--update")).code).toBe(0)
    const path = join(place.folder, kept)
    const other = join(place.folder, "golden/one/it-is-no-more.txt")
    const text = readFileSync(path, "utf8")
    writeFileSync(other, text)
    expect((await place.appl("test", "one.appl")).out).toMatch(/no test has golden\/one\/it-is-no-more\.txt any more/)
    expect(existsSync(other)).toBe(true)
    await place.appl("test", "one.appl", "--update")
    expect(existsSync(other)).toBe(false)

    writeFileSync(path, "")
    await place.appl("test", "one.appl", "--update")
    expect(readFileSync(path, "utf8")).toBe(text)
    place.write("two.appl", one.replaceAll("one", "two").replace("length == 2", "length == 1"))
    const strict = await place.start(["test", "two.appl"], { CI: "1" }).ended
    expect(strict.code).toBe(1)
    expect(strict.out).toMatch(/there is no golden\/two\/it-greets\.txt to compare the plan with/)
    expect((await place.appl("test", "two.appl")).out).toMatch(/2 golden plans written/)
  })
})
