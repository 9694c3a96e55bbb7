import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative, sep } from "node:path"
import { describe, expect, test } from "vitest"

// Who may import whom. A key is a folder or a file, the most specific one counts; its list names what it may import beside itself.
// `type x` allows types only: they are gone when the program runs. What is not listed here may not import anything of ours.
const table: Readonly<Record<string, readonly string[]>> = {
  "lang/text": [],
  "lang/report": ["lang/text"],
  "lang/modules": ["lang/report", "lang/text"],
  "lang/syntax": ["lang/report", "lang/text"],
  // The tables of built-ins come before names: what they know is what a name may mean.
  "lang/names": [
    "lang/types/schema.ts",
    "lang/types/functions.ts",
    "lang/types/named.ts",
    "lang/graph/graph.ts",
    "lang/modules",
    "lang/syntax",
    "lang/report",
    "lang/text",
    "type lang/types",
  ],
  "lang/surface": ["lang/types", "lang/names", "lang/modules", "lang/syntax", "lang/text"],
  "lang/types": [
    "lang/names",
    "lang/syntax",
    "lang/report",
    "lang/text",
    "lang/graph/graph.ts",
    "lang/values/show.ts",
    "lang/values/forms.ts",
    "lang/values/patterns.ts",
    "type lang/values",
  ],
  "lang/data": ["lang/text", "type lang/report"],
  "lang/values": ["lang/data", "lang/types", "lang/names", "lang/syntax", "lang/report", "lang/text"],
  "lang/graph": ["lang/text"],
  "lang/addresses": ["lang/values", "lang/report", "lang/text", "type lang/desired"],
  "lang/wiring": [
    "lang/addresses",
    "lang/graph",
    "lang/values",
    "lang/names",
    "lang/syntax",
    "lang/report",
    "lang/text",
    "type lang/desired",
  ],
  "lang/placement/place.ts": ["type lang/desired"],
  "lang/placement": ["lang/values", "lang/report", "lang/text", "type lang/desired"],
  "lang/desired": [
    "lang/modules",
    "lang/data",
    "lang/graph/drawing.ts",
    "lang/placement",
    "lang/wiring",
    "lang/addresses",
    "lang/values",
    "lang/report",
    "lang/text",
  ],
  "lang/editor": [
    "lang/realise.ts",
    "lang/graph/graph.ts",
    "type lang/desired",
    "lang/values",
    "lang/types",
    "lang/names",
    "lang/syntax",
    "lang/report",
    "lang/text",
    "type lang/desired",
  ],
  "lang/server": ["lang/editor", "lang/syntax", "lang/report", "lang/text"],
  "lang/realise.ts": ["lang"],
  "lang/test.ts": ["lang"],
  "lang/why.ts": ["lang"],
  "lang/repl.ts": ["lang"],
  "lang/testing": [
    "lang/addresses/ipv4.ts",
    "lang/values",
    "lang/report",
    "lang/text",
    "lang/desired/parts.ts",
    "type lang/desired",
    "type lang/names",
    "lang/syntax",
    "type lang/types",
  ],
  "lang/compile.ts": ["lang"],
  "lang/module.ts": ["lang"],
  "lang/lint": ["lang"],
  "lang/mend.ts": ["lang"],
  "lang/index.ts": ["lang"],
  "runtime/model": ["lang/index.ts", "type runtime/drivers/driver.ts", "type runtime/plan", "type runtime/apply"],
  "runtime/hosts": [
    "lang/index.ts",
    "runtime/model",
    "runtime/apply/slots.ts",
    "type runtime/world.ts",
    "type runtime/apply/lease.ts",
  ],
  "runtime/plan": [
    "lang/index.ts",
    "runtime/model",
    "type runtime/drivers/driver.ts",
    "type runtime/world.ts",
    "type runtime/secrets.ts",
  ],
  "runtime/images": [
    "lang/index.ts",
    "runtime/model",
    "runtime/hosts",
    "runtime/plan/objects.ts",
    "type runtime/drivers/driver.ts",
  ],
  "runtime/apply": [
    "lang/index.ts",
    "runtime/model",
    "runtime/plan",
    "type runtime/drivers/driver.ts",
    "type runtime/world.ts",
  ],
  "runtime/drivers/driver.ts": [
    "lang/index.ts",
    "runtime/model",
    "type runtime/plan",
    "type runtime/apply",
    "type runtime/hosts",
  ],
  "runtime/drivers/registry.ts": ["runtime", "lang/index.ts"],
  "runtime/drivers/simulated": [
    "lang/index.ts",
    "runtime/model",
    "runtime/plan",
    "runtime/apply",
    "runtime/drivers/driver.ts",
    "type runtime/hosts",
    "type runtime/world.ts",
  ],
  "runtime/drivers/linux": [
    "lang/index.ts",
    "runtime/model",
    "runtime/plan",
    "runtime/apply",
    "runtime/hosts",
    "runtime/images",
    "runtime/drivers/driver.ts",
  ],
  "runtime/world.ts": ["runtime", "lang/index.ts"],
  "runtime/secrets.ts": ["runtime/model"],
  "runtime/converge.ts": [
    "runtime/apply",
    "runtime/plan",
    "runtime/model",
    "runtime/world.ts",
    "lang/index.ts",
    "type runtime/drivers/driver.ts",
    "type runtime/secrets.ts",
  ],
  "runtime/discard.ts": ["runtime/apply", "runtime/plan", "runtime/model", "runtime/world.ts", "lang/index.ts"],
  "runtime/index.ts": ["runtime"],
  "cli/commands/lsp.ts": ["cli", "lang/server/serve.ts"],
  cli: ["lang/index.ts", "runtime/index.ts"],
}

/** What each part may use of Node. What is not listed is pure. */
const node_table: Readonly<Record<string, readonly string[]>> = {
  "lang/text/digest.ts": ["node:crypto"],
  "lang/text/libraries.ts": ["node:module"],
  "lang/server": ["node:url"],
  lang: [],
  "runtime/model/schema.ts": ["node:module"],
  "runtime/drivers/driver.ts": ["node:stream"],
  "runtime/apply/carrying.ts": ["node:stream"],
  "runtime/drivers/linux/carry.ts": ["node:crypto", "node:stream", "node:stream/promises"],
  "runtime/drivers/simulated/driver.ts": ["node:stream/consumers"],
  "runtime/drivers/simulated/enter.ts": ["node:stream"],
  "runtime/hosts/local.ts": ["node:child_process", "node:crypto", "node:fs", "node:os", "node:path", "node:stream"],
  "runtime/hosts/local-process.ts": ["node:child_process"],
  "runtime/hosts/local-streams.ts": ["node:child_process", "node:fs", "node:net", "node:stream"],
  "runtime/hosts/host.ts": ["node:stream"],
  "runtime/hosts/collect.ts": ["node:string_decoder"],
  "runtime/hosts/ssh/configuration.ts": ["node:fs", "node:module", "node:path"],
  "runtime/hosts/ssh/keys.ts": ["node:fs"],
  "runtime/hosts/ssh/library.ts": ["node:module"],
  "runtime/hosts/ssh/stranger.ts": ["node:fs", "node:path"],
  "runtime/hosts/ssh/settings.ts": ["node:os"],
  "runtime/hosts/ssh": ["node:crypto", "node:stream"],
  "runtime/hosts/program.ts": ["node:fs"],
  runtime: ["node:crypto"],
  cli: ["node:"],
}

type Import = { readonly from: string; readonly to: string; readonly only_types: boolean }

const root = join(import.meta.dirname, "..")
const files = ["lang", "runtime", "cli"].flatMap(sourcesBelow)
const imports = files.flatMap(importsOf)

test("enough files were read to believe what follows", () => {
  expect(files.length).toBeGreaterThan(100)
  expect(imports.length).toBeGreaterThan(300)
})

describe("who imports whom", () => {
  test("is as the table says", () => {
    const wrong = imports.filter((one) => one.to.endsWith(".ts") && !isAllowed(one))
    expect(wrong.map(({ from, to, only_types }) => `${from} imports ${only_types ? "types of " : ""}${to}`)).toEqual([])
  })

  test("no part imports a story", () => {
    const stories = [
      "lang/compile.ts",
      "lang/test.ts",
      "lang/why.ts",
      "lang/repl.ts",
      "lang/module.ts",
      "lang/mend.ts",
      "lang/index.ts",
      "runtime/converge.ts",
      "runtime/discard.ts",
      "runtime/index.ts",
    ]
    const wrong = imports.filter(({ from, to }) => {
      const [room] = from.split("/")
      return stories.includes(to) && to.startsWith(`${room}/`) && !stories.includes(from)
    })
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([])
  })

  test("every file has a row in the table", () => {
    expect(files.filter((file) => rowOf(file, table) === null)).toEqual([])
  })

  test("Node is met at the edges only", () => {
    const wrong = imports.filter(({ from, to }) => {
      const row = rowOf(from, node_table)
      return to.startsWith("node:") && !(row !== null && node_table[row]!.some((allowed) => to.startsWith(allowed)))
    })
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([])
  })

  test("what a row allows is there", () => {
    const named = [
      ...Object.keys(table),
      ...Object.values(table)
        .flat()
        .map((one) => one.replace("type ", "")),
    ]
    const known = new Set(files.flatMap((file) => [file, ...foldersOf(file)]))
    expect([...new Set(named)].filter((name) => !known.has(name))).toEqual([])
  })
})

test("no file has more than 400 lines", () => {
  const long = files.filter((file) => readFileSync(join(root, file), "utf8").split("\n").length > 401)
  expect(long).toEqual([])
})

function sourcesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `${folder}/${name.split(sep).join("/")}`)
    .sort()
}

/** Static and dynamic imports, and what is exported again. A clause in which every name is a type is one of types only. */
function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), "utf8")
  const found: Import[] = []
  const pattern =
    /^(?:import|export)\s+(type\s+)?(\*(?:\s+as\s+\w+)?|[\w\s{},*]*?)\s*from\s*"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)/gm
  for (const match of text.matchAll(pattern)) {
    const target = match[3] ?? match[4]!
    const to = target.startsWith(".")
      ? relative(root, join(root, dirname(file), target))
          .split(sep)
          .join("/")
      : target
    found.push({ from: file, to, only_types: match[1] !== undefined || hasOnlyTypes(match[2] ?? "") })
  }
  return found
}

function hasOnlyTypes(clause: string): boolean {
  const names = clause
    .replace(/[{}]/g, "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "")
  return names.length > 0 && names.every((name) => name.startsWith("type "))
}

function isAllowed({ from, to, only_types }: Import): boolean {
  const row = rowOf(from, table)
  if (row === null) return false
  return [row, ...table[row]!].some((entry) => {
    const place = entry.replace("type ", "")
    return (only_types || place === entry) && (to === place || to.startsWith(`${place}/`))
  })
}

/** The most specific row that a file falls under. */
function rowOf(file: string, rows: Readonly<Record<string, unknown>>): string | null {
  return [file, ...foldersOf(file)].find((name) => name in rows) ?? null
}

/** The folders around a file, the nearest first. */
function foldersOf(file: string): string[] {
  const parts = file.split("/").slice(0, -1)
  return parts.map((_, index) => parts.slice(0, parts.length - index).join("/"))
}
