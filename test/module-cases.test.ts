import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { compile, contentFolder, type Files, memoryFiles, render } from "../lang/index.ts"
import { byModule, hashOf, lockedAs, overStandard } from "./fetched.ts"

// Each `module-cases/<name>.case` holds the files of a project, `main.appl` among them, and of the modules that were fetched for it; what
// compiling reports stands beside it in `<name>.txt`. `== path ==` begins a file; one below `fetched/NAME/` belongs to the module NAME,
// which is put into the cache and the lock. Lines at the top change that: `unlocked NAME`, `uncached NAME`, `damaged NAME`, `spec NAME SPEC`
// (what its lock says was asked for), `from FOLDER` (the file that is compiled stands there).
const folder = join(import.meta.dirname, "module-cases")
const cases = readdirSync(folder).filter((name) => name.endsWith(".case"))

test.each(cases.sort())("%s", async (name) => {
  const project = readCase(readFileSync(join(folder, name), "utf8"))
  const { diagnostics } = compile({
    entry: project.entry,
    files: project.files,
    standard: "modules",
    modules: "cache",
    cluster: null,
    deployed: null,
    params: [],
    lock: null,
    limit: 1_000_000,
  })
  const said = diagnostics.filter((one) => one.code !== "A0912")
  const report = render(said, { color: "never", width: 120 })
  await expect(report).toMatchFileSnapshot(join(folder, name.replace(/\.case$/, ".txt")))
})

function readCase(text: string): { files: Files; entry: string } {
  const [head = "", ...sections] = text.split(/^== (?=.* ==$)/m)
  const said = (word: string, name: string) => head.split("\n").find((line) => line.startsWith(`${word} ${name}`))
  const files: Record<string, string> = {}
  const below: Record<string, string> = {}
  for (const section of sections) {
    const end = section.indexOf(" ==\n")
    const [path, content] = [section.slice(0, end), section.slice(end + 4)]
    if (path.startsWith("fetched/")) below[path.slice("fetched/".length)] = content
    else files[path] = content
  }
  const fetched = byModule(below)
  const modules: Record<string, object> = {}
  for (const [name, own] of fetched) {
    const hash = hashOf(own)
    const [, , spec = "^1.0.0"] = said("spec", name)?.split(" ") ?? []
    if (!said("unlocked", name)) modules[name] = lockedAs(own, spec)
    if (said("uncached", name)) continue
    for (const [path, content] of Object.entries(own)) {
      files[`${contentFolder("cache", hash)}/${path}`] = said("damaged", name) ? `${content}\n` : content
    }
  }
  const from = said("from", "")?.split(" ")[1] ?? ""
  if (files["appl.lock"] === undefined) files["appl.lock"] = JSON.stringify({ version: 1, deployed: {}, modules })
  return { files: overStandard(memoryFiles(files)), entry: `${from}main.appl` }
}
