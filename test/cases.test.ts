import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { diskFiles } from "../cli/files.ts"
import { givenParams } from "../cli/inputs.ts"
import {
  compile,
  type DesiredState,
  type Lock,
  type ParamInput,
  readDesiredState,
  readLock,
  render,
} from "../lang/index.ts"

// Each `cases/<area>/<name>.appl` is compiled, and what it reports stands beside it in `<name>.txt`; one that reports nothing has an
// empty file there. Lines `# --set name=value`, `# --environment APPL_PARAM_NAME=value`, `# --params name`, `# --cluster name` and `# --as name` at its top are the command line; `<name>.lock`
// is the lock. What the area `desired` compiles to stands in `<name>.json`, checked against its schema too. `npm run update` rewrites what is expected. Some areas have tests of their own.
const root = join(import.meta.dirname, "cases")
const own_tests = ["format", "language", "repl", "syntax", "tests", "tree", "why"]
const areas = readdirSync(root).filter((area) => !own_tests.includes(area))

for (const area of areas.sort())
  describe(area, () => {
    const names = readdirSync(join(root, area)).filter((name) => name.endsWith(".appl"))
    test.each(names.sort())("%s", async (name) => {
      const path = `test/cases/${area}/${name}`
      const { report, desired } = compileCase(path)
      const beside = join(root, area, name.replace(/\.appl$/, ""))
      await expect(report).toMatchFileSnapshot(`${beside}.txt`)
      if (area !== "desired" || desired === null) return
      expect(readDesiredState(JSON.parse(JSON.stringify(desired)))).toMatchObject({ ok: true })
      await expect(`${JSON.stringify(desired, null, 2)}\n`).toMatchFileSnapshot(`${beside}.json`)
    })
  })

function compileCase(path: string): { report: string; desired: DesiredState | null } {
  const options = optionsOf(readFileSync(path, "utf8"))
  const { desired, diagnostics } = compile({
    entry: path,
    files: diskFiles,
    standard: "modules",
    cluster: options.get("cluster")?.[0] ?? null,
    deployed: options.get("as")?.[0] ?? null,
    params: paramsOf(options),
    set: options.get("params")?.[0] ?? null,
    lock: lockOf(path.replace(/\.appl$/, ".lock")),
    limit: Number(options.get("limit")?.[0] ?? 1_000_000),
  })
  const failed = diagnostics.some((diagnostic) => diagnostic.severity === "error")
  const has_cluster = !diagnostics.some((diagnostic) => diagnostic.code === "A0912")
  expect(desired === null, "a desired state comes exactly when there is no error").toBe(failed || !has_cluster)
  return { report: render(diagnostics, { color: "never", width: 120 }), desired }
}

function optionsOf(text: string): Map<string, string[]> {
  const options = new Map<string, string[]>()
  for (const [, name, value] of text.matchAll(/^# --(\w+) (.*)$/gm))
    options.set(name!, [...(options.get(name!) ?? []), value!.trim()])
  return options
}

function paramsOf(options: Map<string, string[]>): readonly ParamInput[] {
  const environment = (options.get("environment") ?? []).map((said) => {
    const equals = said.indexOf("=")
    return [said.slice(0, equals), said.slice(equals + 1)]
  })
  const given = givenParams({
    set: options.get("set") ?? [],
    environment: Object.fromEntries(environment),
    file: null,
  })
  if (!given.ok) throw new Error(given.problem.message)
  return given.value
}

function lockOf(path: string): Lock | null {
  if (!existsSync(path)) return null
  const read = readLock(readFileSync(path, "utf8"))
  if (!read.ok) throw new Error(`${path}: ${read.why}`)
  return read.value
}
