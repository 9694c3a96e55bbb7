import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { render, toJson } from "../lang/report/render.ts"
import { makeReport } from "../lang/report/report.ts"
import { parse } from "../lang/syntax/parse.ts"
import type { File, Node } from "../lang/syntax/tree.ts"
import { eachChild } from "../lang/syntax/walk.ts"
import { asked } from "./asked.ts"
import { makeRandom, mutate } from "./syntax-mutants.ts"

const cases = join(import.meta.dirname, "cases")
const texts = ["language", "format", "syntax"].flatMap((folder) =>
  readdirSync(join(cases, folder))
    .filter((name) => name.endsWith(".appl"))
    .map((name) => readFileSync(join(cases, folder, name), "utf8")),
)

const { count, seed } = asked(2500)

function spanProblem(file: File): string | null {
  let problem: string | null = null
  const check = (node: Node, from: number, to: number) => {
    if (!(from <= node.start && node.start <= node.end && node.end <= to)) {
      problem ??= `${node.kind} ${node.start}..${node.end} is not inside ${from}..${to}`
    }
    eachChild(node, (child) => check(child, node.start, node.end))
  }
  check(file, 0, file.source.text.length)
  return problem
}

test("any text gives a tree whose nodes lie inside one another, and diagnostics that can be shown", () => {
  const random = makeRandom(seed)
  let broken = 0
  for (let round = 0; round < count; round++) {
    const text = mutate(texts[round % texts.length]!, random, texts)
    const report = makeReport()
    const file = parse({ path: "mutant.appl", text }, report)
    expect(spanProblem(file), text).toBeNull()
    const shown = render(report.diagnostics, { color: "never", width: 80 })
    expect(shown === "", text).toBe(report.diagnostics.length === 0)
    for (const { file: path } of toJson(report.diagnostics).diagnostics) expect(path).toBe("mutant.appl")
    const places = report.diagnostics.map(({ span }) => span.start)
    expect(places, text).toEqual(places.toSorted((left, right) => left - right))
    if (report.failed) broken++
  }
  expect(broken).toBeGreaterThan(count / 3)
})

test("what repeats without end neither overflows nor takes for ever", () => {
  const many = 5_000
  const parts = [
    "[",
    "(",
    "{",
    "{ a = ",
    "not ",
    "- ",
    "if a then ",
    "a.",
    "f(",
    "a[",
    '"${',
    "T?",
    "Map<",
    "1 + ",
    "- - ",
    "match a { ",
    "for x in ",
    "}",
    "]",
    ",",
    "a = ",
    "else if a { } ",
    "if a { } else ",
    "late ",
    "/// x\n",
    '"""',
    "'",
    "\\",
    "a -> ",
    "| A {} ",
    "use { ",
    ": ",
  ]
  for (const part of parts) {
    for (const start of ["", "let x = ", "let x: ", "cluster a { ", "cluster a { if a { } ", "type T = "]) {
      const report = makeReport()
      const file = parse({ path: "long.appl", text: start + part.repeat(many) }, report)
      expect(file.end).toBe(start.length + part.length * many)
      expect(spanProblem(file), start + part).toBeNull()
    }
  }
})
