import { mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect, type TestContext, test } from "vitest"
import { unpack } from "../../cli/modules/archive.ts"
import { pack } from "../../cli/modules/pack.ts"
import { type Description, format, makeReport, readModuleDescription } from "../../lang/index.ts"
import { makePlace } from "../cli/command.ts"
import { tgzOf } from "./archives.ts"
import { startRegistry } from "./registry.ts"

test.for(["web-kit", "nginx", "image", "@acme/kit", "x"])(
  "a new module %s is sound, tested and in the style",
  async (name, context) => {
    const { place, inside, folder } = await newModule(context, name)
    expect(await inside("module", "test")).toMatchObject({
      code: 0,
      out: expect.stringMatching(/Tests: 1 passed/),
      err: "",
    })
    const json = JSON.parse(readFileSync(join(folder, "module.json"), "utf8"))
    expect(json).toMatchObject({ name, version: "0.1.0", edition: "2026" })
    const path = Object.values<string>(json.exports)[0]!
    const text = readFileSync(join(folder, path), "utf8")
    expect(format({ path, text }, makeReport())).toBe(text)
    expect((await place.appl("module", "new", name)).err).toMatch(/is not empty/)
  },
)

test("a name that no module can have, and work outside of a module, are refused", async (context) => {
  const place = makePlace(context)
  expect(await place.appl("module", "new", "Web Kit")).toMatchObject({
    code: 1,
    err: expect.stringMatching(/is no name of a module/),
  })
  for (const word of ["test", "diff", "publish"])
    expect((await place.appl("module", word)).err).toMatch(/there is no module\.json here/)
})

test("a module is packed the same every time, added elsewhere, and not with a smaller step than it needs", async (context) => {
  const { place, inside, folder } = await newModule(context, "web-kit")
  expect(await inside("module", "publish", "--first", "--dry-run")).toMatchObject({
    code: 0,
    out: expect.stringMatching(/Nothing was written/),
  })
  expect(await inside("module", "publish", "--first")).toMatchObject({ code: 0 })
  utimesSync(join(folder, "README.md"), 1, 1)
  expect(await inside("module", "publish", "--first", "--out", "again.tgz")).toMatchObject({ code: 0 })
  const first = readFileSync(join(folder, "web-kit-0.1.0.tgz"))
  expect(readFileSync(join(folder, "again.tgz")).equals(first)).toBe(true)

  const project = join(place.folder, "project")
  mkdirSync(project)
  const added = await place.start(["module", "add", "../web-kit/web-kit-0.1.0.tgz"], {}, project).ended
  expect(added).toMatchObject({ code: 0, out: "+ web-kit 0.1.0\n" })

  const source = join(folder, "web-kit.appl")
  writeFileSync(source, readFileSync(source, "utf8").replace('greeting: Text = "Hello"', "greeting: Text"))
  const against = ["--against", "./web-kit-0.1.0.tgz"]
  const difference = JSON.parse((await inside("module", "diff", ...against, "--json")).out)
  expect(difference).toMatchObject({
    needed: "0.2.0",
    weight: "breaking",
    findings: [{ file: "web-kit.appl", line: 6 }],
  })
  setVersion(folder, "0.1.1")
  const small = await inside("module", "publish", ...against)
  expect(small).toMatchObject({
    code: 1,
    err: expect.stringMatching(/0\.1\.1 is too small a step.*\n.*"version": "0\.2\.0"/),
  })
  setVersion(folder, "0.2.0")
  expect(await inside("module", "publish", ...against)).toMatchObject({ code: 0 })
})

test.for([
  ["README.md", 'greeting = "Good morning"', 'greting = "Good morning"', /^error A0\d+: .*\n.*README\.md:14:/],
  [
    "web-kit.appl",
    "/// A web server",
    "/// ```appl check\n/// cluster c { appliance a: Nowhere {} }\n/// ```\n/// A web server",
    /doc of web-kit\.appl:4:/,
  ],
  ["module.json", "./web-kit.appl", "./kit.appl", /^error A0237: there is no file \.\/kit\.appl\n.*module\.json/],
  [
    "module.json",
    '"WebKit"',
    '"WebKid"',
    /^error A0237: \.\/web-kit\.appl declares no WebKid\n(?:.*\n)*.*did you mean WebKit/,
  ],
  ["web-kit.appl", "param greeting: Text", "param greeting: Int", /^error A03\d\d/],
] as const)("publishing finds what is wrong in %s: %s", async ([file, from, to, why], context) => {
  const { inside, folder } = await newModule(context, "web-kit")
  writeFileSync(join(folder, file), readFileSync(join(folder, file), "utf8").replace(from, to))
  expect(await inside("module", "publish", "--first")).toMatchObject({ code: 1, err: expect.stringMatching(why) })
})

test("what a registry has under the name, and is no module, is not compared with", async (context) => {
  const { place, folder } = await newModule(context, "web-kit")
  const registry = await startRegistry()
  context.onTestFinished(() => registry.close())
  registry.put("web-kit", "3.0.0", tgzOf([{ path: "package/index.js", text: "" }]))
  const { code, err } = await place.start(["module", "diff"], { APPL_REGISTRY: registry.url }, folder).ended
  expect(err).toMatch(/what the registry has under the name web-kit is no module of appl/)
  expect(err).toMatch(/hint: take another name/)
  expect(code).toBe(1)
})

test("a test that fails keeps a module from being published", async (context) => {
  const { inside, folder } = await newModule(context, "web-kit")
  const path = join(folder, "tests/web-kit.appl")
  writeFileSync(path, readFileSync(path, "utf8").replace("== 1", "== 2"))
  expect(await inside("module", "publish", "--first")).toMatchObject({
    code: 1,
    out: expect.stringMatching(/1 failed/),
  })
})

test.each([90, 100, 155, 300])("a path of %i characters is packed and unpacked", (length) => {
  const path = `${"folder/".repeat(Math.floor(length / 7) - 1).slice(0, 90)}${"x".repeat(Math.max(1, Math.min(150, length - 90)))}.njk`
  const json = '{ "name": "a", "version": "1.0.0", "edition": "2026", "licence": "MIT", "exports": {} }'
  const description = readModuleDescription({ path: "module.json", text: json }, makeReport()) as Description
  const files = [
    { path: "module.json", bytes: new TextEncoder().encode(json), executable: false },
    { path, bytes: new TextEncoder().encode("{{ x }}"), executable: true },
  ]
  const read = unpack(pack(description, files), "one folder")
  const seen = read.ok
    ? read.value.map((file) => [file.path, file.executable, new TextDecoder().decode(file.bytes)])
    : read.message
  expect(seen).toContainEqual([path, true, "{{ x }}"])
})

async function newModule(context: TestContext, name: string) {
  const place = makePlace(context)
  const made = await place.appl("module", "new", name)
  expect(made).toMatchObject({ code: 0 })
  const folder = join(place.folder, name.slice(name.indexOf("/") + 1))
  const inside = (...words: string[]) => place.start(words, { APPL_REGISTRY: "http://127.0.0.1:1" }, folder).ended
  return { place, folder, inside }
}

function setVersion(folder: string, version: string): void {
  const path = join(folder, "module.json")
  writeFileSync(path, readFileSync(path, "utf8").replace(/"version": "[^"]*"/, `"version": "${version}"`))
}
