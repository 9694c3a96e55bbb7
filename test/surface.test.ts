import { readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { expect, test } from "vitest"
import { diskFiles } from "../cli/files.ts"
import {
  type CheckedModule,
  checkModule,
  compareModules,
  type Files,
  isEnough,
  memoryFiles,
  render,
} from "../lang/index.ts"

// Each `surface/<name>.appl` is a module in two versions, parted by a line `# ---`; both export all that stands at their top. What changed
// between them, and the version that may follow 1.2.3 and 0.2.3, stands beside it in `<name>.txt`.
const folder = join(import.meta.dirname, "surface")
const root = dirname(import.meta.dirname)

test.each(readdirSync(folder).filter((name) => name.endsWith(".appl")))("%s", async (name) => {
  const [before = "", after = ""] = readFileSync(join(folder, name), "utf8").split("# ---\n")
  const [old, now] = [checked(before, "1.2.3"), checked(after, "1.2.3")]
  const comparison = compareModules(old, now)!
  const lines = comparison.findings.map(({ weight, message, span }) => {
    const line = span.source.text.slice(0, span.start).split("\n").length
    return `${weight} ${span.source.path.replace("kit/", "")}:${line} ${message}\n`
  })
  const young = compareModules(checked(before, "0.2.3"), now)!
  const report = `${lines.join("")}1.2.3 → ${comparison.needed}, 0.2.3 → ${young.needed}\n`
  await expect(report).toMatchFileSnapshot(join(folder, name.replace(/\.appl$/, ".txt")))
})

test("a module is compatible with itself", () => {
  for (const name of readdirSync(folder).filter((name) => name.endsWith(".appl"))) {
    for (const text of readFileSync(join(folder, name), "utf8").split("# ---\n")) {
      expect(compareModules(checked(text, "1.0.0"), checked(text, "1.0.0"))).toMatchObject({
        findings: [],
        needed: "1.0.1",
      })
    }
  }
})

test.each(readdirSync(join(root, "modules")))("the standard module %s is compatible with itself", (name) => {
  const read = () =>
    checkModule({ root: `${root}/modules/${name}`, files: diskFiles, standard: `${root}/modules`, modules: null })
  expect(compareModules(read(), read())).toMatchObject({ findings: [] })
})

test.each([
  ["1.3.0", "1.3.0", true],
  ["1.3.0-rc.1", "1.3.0", true],
  ["2.0.0", "1.3.0", true],
  ["1.2.9", "1.3.0", false],
])("the version %s is enough where %s is needed: %s", (version, needed, enough) => {
  expect(isEnough(version, needed)).toBe(enough)
})

function checked(text: string, version: string): CheckedModule {
  const names = [...text.matchAll(/^(?:appliance|service|type|fn|cluster|let) ([A-Za-z-]+)/gm)].map(
    (match) => match[1]!,
  )
  const exports = Object.fromEntries(names.filter((name) => !/^own/i.test(name)).map((name) => [name, "./kit.appl"]))
  const json = JSON.stringify({ name: "kit", version, edition: "2026", licence: "MIT", exports })
  const own = memoryFiles({ "kit/module.json": json, "kit/kit.appl": text })
  const files: Files = {
    read: (path) => own.read(path) ?? diskFiles.read(path),
    list: (path) => own.list(path) ?? diskFiles.list(path),
    resolve: (path) => own.resolve(path) ?? diskFiles.resolve(path),
  }
  const module = checkModule({ root: "kit", files, standard: `${root}/modules`, modules: null })
  expect(render(module.diagnostics, { color: "never", width: 100 })).toBe("")
  return module
}
