import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import {
  type CodeEntry,
  codes,
  compile,
  contentFolder,
  type Diagnostic,
  type Example,
  type ExampleFiles,
  lintFiles,
  memoryFiles,
  type ParamInput,
  readLock,
  render,
} from "../lang/index.ts"
import { byModule, hashOf, lockedAs, overStandard } from "./fetched.ts"

// What `appl explain` shows is what the compiler does: a wrong example gives exactly its code, a right one compiles without any.
const entries: [string, CodeEntry][] = Object.entries(codes)

describe.each(entries.filter(([, entry]) => entry.elsewhere === undefined))("%s", (code, entry) => {
  test("is what its wrong example gives, and nothing else", () => {
    const found = foundIn(entry.wrong ?? "", code, entry)
    expect([...new Set(found.map((one) => one.code))], shown(found)).toEqual([code])
  })

  test("is not in its right example, which compiles", () => {
    const found = foundIn(entry.right ?? "there is none", code, entry)
    expect(found, shown(found)).toEqual([])
  })
})

/** Where a code without an example is shown to come. */
const proofs: Readonly<Record<string, string>> = {
  A0237: "modules-of-others/author.test.ts",
  A0238: "modules-of-others/fetch.test.ts",
  A0239: "module-cases/folder-changed.txt",
  A0240: "modules-of-others/fetch.test.ts",
  A0241: "modules-of-others/hostile.test.ts",
  A0243: "modules-of-others/fetch.test.ts",
  A0718: "values.test.ts",
  A0727: "cases/tests/cases-of-for.txt",
  A0804: "cases/files/not-text.txt",
}

test.each(entries.filter(([, entry]) => entry.elsewhere !== undefined))("%s comes elsewhere, in a test", (code) => {
  expect(readFileSync(join(import.meta.dirname, proofs[code] ?? "nowhere"), "utf8")).toContain(code)
})

test("each code stands in one table, so that it has one meaning", () => {
  const folder = join(import.meta.dirname, "../lang/report/codes")
  const all = readdirSync(folder).flatMap(
    (name) => readFileSync(join(folder, name), "utf8").match(/^ {2}A\d{4}(?=: )/gm) ?? [],
  )
  expect(all.filter((code, at) => all.indexOf(code) !== at)).toEqual([])
  expect(all).toHaveLength(entries.length)
})

test("what comes elsewhere is in no list without need", () => {
  expect(Object.keys(proofs)).toEqual(
    entries.filter(([, entry]) => entry.elsewhere !== undefined).map(([code]) => code),
  )
})

test.each(entries)("%s is explained in sentences, under a headline without a full stop", (_, entry) => {
  expect(entry.explain).toMatch(/^\S.*\.$/s)
  expect(entry.elsewhere ?? entry.explain).toMatch(/^\S.*\.$/s)
  expect(entry.title).not.toMatch(/[.:]$/)
})

test("each code is in a golden report, where its words and its place can be read", () => {
  const reported = new Set(
    ["cases", "module-cases", "lint"].flatMap((folder) =>
      readdirSync(join(import.meta.dirname, folder), { recursive: true, withFileTypes: true })
        .filter((one) => one.name.endsWith(".txt"))
        .flatMap(
          (one) => readFileSync(join(one.parentPath, one.name), "utf8").match(/^(?:error|warning|hint) A\d{4}/gm) ?? [],
        )
        .map((headline) => headline.slice(-5)),
    ),
  )
  const without = entries.filter(([code, entry]) => !reported.has(code) && entry.elsewhere === undefined)
  expect(without.map(([code]) => code)).toEqual([])
})

/** All but hints, such as the one that a file without a cluster gets, unless the code is itself one. */
function foundIn(example: Example, code: string, entry: CodeEntry): readonly Diagnostic[] {
  const {
    files,
    fetched = {},
    command,
  }: ExampleFiles = typeof example === "string" ? { files: { "example.appl": example } } : example
  const said = readCommand(command ?? `appl check ${Object.keys(files).find((path) => path.endsWith(".appl"))}`, files)
  const lock = files["appl.lock"] === undefined ? null : readLock(files["appl.lock"])
  const input = {
    files: overStandard(memoryFiles(withFetched(files, fetched))),
    standard: "modules",
    modules: "cache",
    limit: 1_000_000,
  }
  const kept = lock?.ok === true ? lock.value : null
  const diagnostics =
    entry.rule === undefined
      ? compile({ ...input, ...said, lock: kept }).diagnostics
      : lintFiles({ ...input, entries: [said.entry], root: ".", lockOf: () => kept })
  return diagnostics.filter((one) => one.severity !== "hint" || one.code === code)
}

/** The files with a cache of the modules, as the lock has them; without a lock, with one for them. */
function withFetched(files: ExampleFiles["files"], fetched: ExampleFiles["files"]): Record<string, string> {
  const all = { ...files }
  const modules: Record<string, object> = {}
  for (const [name, own] of byModule(fetched)) {
    modules[name] = lockedAs(own, "^1.0.0")
    const [, locked = hashOf(own)] = /"sha256": "(\w+)"/.exec(files["appl.lock"] ?? "") ?? []
    const folder = contentFolder("cache", locked)
    for (const [path, text] of Object.entries(own)) all[`${folder}/${path}`] = text
  }
  if (Object.keys(modules).length > 0) all["appl.lock"] ??= JSON.stringify({ version: 1, deployed: {}, modules })
  return all
}

/** What `VARIABLE=value appl check FILE --option value …` says. */
function readCommand(command: string, files: ExampleFiles["files"]) {
  const match = /^((?:[A-Z_]+=\S+ )*)appl (?:check|lint) (\S+\.appl)((?: --[a-z]+ \S+)*)$/.exec(command)
  if (match === null) throw new Error(`no command that examples have: ${command}`)
  const [, environment, entry, rest] = match
  const options = [...rest!.matchAll(/ --([a-z]+) (\S+)/g)].map(([, name, value]) => ({ name: name!, value: value! }))
  const last = (name: string) => options.findLast((option) => option.name === name)?.value ?? null
  const params: ParamInput[] = options
    .filter((option) => option.name === "set")
    .map(({ value }) => given(value, "--set "))
  for (const [variable] of environment!.matchAll(/\S+/g)) {
    const { name, ...one } = given(variable, "")
    params.push({ name: name.replace("APPL_PARAM_", "").toLowerCase().replaceAll("_", "-"), ...one, ambient: true })
  }
  const named = last("params")
  const file = named === null ? undefined : files[named]
  for (const [name, json] of Object.entries(JSON.parse(file ?? "{}") as object))
    params.push({ name, value: { json }, said: `${name} in ${named}` })
  const set = file === undefined ? named : null
  return { entry: entry!, cluster: last("cluster"), deployed: last("as"), params, set }
}

function given(text: string, prefix: string): ParamInput {
  const at = text.indexOf("=")
  return { name: text.slice(0, at), value: { text: text.slice(at + 1) }, said: `${prefix}${text}` }
}

function shown(diagnostics: readonly Diagnostic[]): string {
  return render(diagnostics, { color: "never", width: 100 })
}
