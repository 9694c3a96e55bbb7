import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { render } from "../lang/report/render.ts"
import { makeReport } from "../lang/report/report.ts"
import { format } from "../lang/syntax/format.ts"
import { parse } from "../lang/syntax/parse.ts"
import { asked } from "./asked.ts"
import { makeRandom, mutate, respace } from "./syntax-mutants.ts"

const cases = join(import.meta.dirname, "cases")
const { count, seed } = asked(1000)

const files = ["language", "format", "tree", "syntax"].flatMap((folder) =>
  readdirSync(join(cases, folder))
    .filter((name) => name.endsWith(".appl"))
    .map((name) => join(folder, name)),
)
const texts = files.filter((name) => !name.startsWith("syntax")).map((name) => readFileSync(join(cases, name), "utf8"))

/** All that a text means, without the offsets: its tree, and its comments in their order. */
function meaning(text: string): { problems: string; tree: string; comments: string[] } {
  const report = makeReport()
  const file = parse({ path: "x.appl", text }, report)
  return {
    problems: render(report.diagnostics, { color: "never", width: 100 }),
    tree: JSON.stringify(file.items, (key, value) => (key === "start" || key === "end" ? undefined : value), 1),
    comments: file.comments.map((comment) => text.slice(comment.start, comment.end).trimEnd()),
  }
}

function formatted(text: string): string {
  return format({ path: "x.appl", text }, makeReport())
}

function expectKept(text: string): void {
  const once = formatted(text)
  expect(meaning(once), text).toEqual(meaning(text))
  expect(formatted(once), text).toBe(once)
}

describe("one style", () => {
  test.each(files.filter((name) => name.startsWith("format")))("%s", async (name) => {
    const text = readFileSync(join(cases, name), "utf8")
    expect(meaning(text).problems).toBe("")
    await expect(formatted(text)).toMatchFileSnapshot(join(cases, name.replace(/\.appl$/, ".formatted.txt")))
  })
})

test.each(files)("%s means the same when it is formatted, and formatting it again changes nothing", (name) => {
  expectKept(readFileSync(join(cases, name), "utf8"))
})

test("a text with a mistake is given back as it is, with its diagnostics", () => {
  const report = makeReport()
  expect(format({ path: "x.appl", text: "let   a  =\n" }, report)).toBe("let   a  =\n")
  expect(report.diagnostics.map(({ code }) => code)).toEqual(["A0102"])
})

test("any text without a mistake means the same when it is formatted", () => {
  const random = makeRandom(seed)
  let right = 0
  for (let round = 0; round < count; round++) {
    const spaced = respace(texts[round % texts.length]!, random)
    const text = random() < 0.7 ? spaced : mutate(spaced, random, texts)
    if (meaning(text).problems !== "") continue
    right++
    expectKept(text)
  }
  expect(right).toBeGreaterThan(count / 3)
})
