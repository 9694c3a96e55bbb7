import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { DataNode, Stretch } from "../lang/data/node.ts"
import { parseData, parserFor } from "../lang/data/parse.ts"
import { asked } from "./asked.ts"
import { makeRandom, mutate } from "./syntax-mutants.ts"

// What a data file may do to the compiler: nothing but be read or be refused. What it is read as stands in `cases/data/`.

const { count, seed } = asked(300)
const endings = ["csv", "json", "yaml", "toml"]
const folder = join(import.meta.dirname, "cases", "data")

describe.each(endings)("a file that ends in .%s", (ending) => {
  const texts = readdirSync(folder)
    .filter((name) => name.endsWith(`.${ending}`))
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .filter((text) => text.length < 10_000)

  test("is read or refused, whatever is in it, and every place is one of it", () => {
    const random = makeRandom(seed)
    for (let round = 0; round < count; round++) {
      const text = mutate(texts[round % texts.length]!, random, texts)
      const read = parse(text, ending)
      const outside = stretchesOf(read).filter(({ start, end }) => !(0 <= start && start <= end && end <= text.length))
      expect(outside, `APPL_SEED=${seed}, round ${round}:\n${text}`).toEqual([])
    }
  })

  test.each([
    ["brackets", "[".repeat(50_000)],
    ["closed brackets", `${"[".repeat(5_000)}${"]".repeat(5_000)}`],
    ["braces", '{"a":'.repeat(50_000)],
    ["a value of brackets", `a = ${"[".repeat(5_000)}${"]".repeat(5_000)}`],
    ["dashes", "- ".repeat(50_000)],
    ["questions", "? ".repeat(50_000)],
    ["inline tables", `a = ${"{a=".repeat(5_000)}1${"}".repeat(5_000)}`],
    ["dots", `${"a.".repeat(20_000)}a = 1`],
    ["dots with quotes", `${'"a".'.repeat(20_000)}a = 1`],
    [
      "tables",
      Array.from({ length: 200 }, (_, depth) => `[${Array.from({ length: depth + 1 }, () => "a").join(".")}]`).join(
        "\n",
      ),
    ],
    ["steps", Array.from({ length: 2_000 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n")],
    ["quotes", '"'.repeat(50_001)],
    ["anchors", Array.from({ length: 20_000 }, (_, index) => `- &a${index} *a${index - 1}`).join("\n")],
    ["tags", "!".repeat(50_000)],
    ["commas", `a\n${",".repeat(100_000)}`],
    // Each of these took the square of its length.
    ["letters", `a = "${"a".repeat(1_000_000)}"`],
    ["quotes behind backslashes", `a = "${'\\\\"'.repeat(500_000)}`],
    ["digits", `a = ${"1".repeat(300_000)}`],
    ["zero characters", "\0".repeat(1000)],
    ["a lone surrogate", '"\\ud800"'],
  ])("that is full of %s does not end the compiler", (_, text) => {
    const read = parse(text, ending)
    expect("problem" in read || "root" in read).toBe(true)
  })
})

test("a JSON file is read as what it says, each part where it stands", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(0, 2), (value, indent) => {
      const text = JSON.stringify(value, null, indent)
      const read = parse(text, "json")
      if ("problem" in read) throw new Error(read.problem.message)
      expect(plain(read.root)).toEqual(JSON.parse(text))
      checkPlaces(read.root, text)
    }),
    { numRuns: count, seed },
  )
})

test("a CSV file is read as what it says, each cell where it stands", () => {
  const cell = fc.string({ unit: fc.constantFrom("a", " ", ",", '"', "\n", "\r\n", "é", "😀", "7") })
  const rows = fc.array(fc.tuple(cell, cell), { minLength: 1 })
  fc.assert(
    fc.property(rows, fc.constantFrom("\n", "\r\n"), fc.constantFrom(",", ";"), (cells, end, separator) => {
      const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
      const lines = cells.map((row) => row.map(quoted).join(separator))
      const text = [`first${separator}second`, ...lines].join(end)
      const read = parse(text, "csv")
      if ("problem" in read || read.root.kind !== "list") throw new Error("it is not read")
      expect(read.root.elements.map((row) => Object.values(plain(row) as object))).toEqual(cells)
      for (const [index, row] of read.root.elements.entries()) {
        if (row.kind !== "fields") throw new Error("a row is no record")
        const places = [...row.entries.values()].map(({ node }) => text.slice(node.start, node.end))
        expect(places).toEqual(cells[index]!.map(quoted))
      }
    }),
    { numRuns: count, seed },
  )
})

function parse(text: string, ending: string) {
  return parseData(new TextEncoder().encode(text), `data.${ending}`, parserFor(`data.${ending}`)!)
}

function plain(node: DataNode): unknown {
  switch (node.kind) {
    case "list":
      return node.elements.map(plain)
    case "fields":
      return Object.fromEntries([...node.entries].map(([name, entry]) => [name, plain(entry.node)]))
    case "null":
      return null
    case "text":
    case "bare":
      return node.text
    default:
      return node.value
  }
}

/** What stands at the place of a part is that part. */
function checkPlaces(node: DataNode, text: string): void {
  expect(JSON.parse(text.slice(node.start, node.end))).toEqual(plain(node))
  if (node.kind === "list") for (const element of node.elements) checkPlaces(element, text)
  if (node.kind === "fields") for (const entry of node.entries.values()) checkPlaces(entry.node, text)
}

function stretchesOf(read: ReturnType<typeof parse>): Stretch[] {
  if ("problem" in read) return [read.problem.at, ...(read.problem.related ? [read.problem.related.at] : [])]
  const seen = new Set<DataNode>()
  const all: Stretch[] = []
  const visit = (node: DataNode) => {
    if (seen.has(node)) return
    seen.add(node)
    all.push(node)
    if (node.kind === "list") for (const element of node.elements) visit(element)
    if (node.kind === "fields")
      for (const entry of node.entries.values()) {
        all.push(entry.name)
        visit(entry.node)
      }
  }
  visit(read.root)
  return all
}
