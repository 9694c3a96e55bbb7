import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { bind } from "../lang/names/bind.ts"
import { load } from "../lang/names/load.ts"
import type { Diagnostic } from "../lang/report/diagnostic.ts"
import { render } from "../lang/report/render.ts"
import { makeReport } from "../lang/report/report.ts"
import { memoryFiles } from "../lang/text/files.ts"
import { check } from "../lang/types/check.ts"
import { asked } from "./asked.ts"
import { makeRandom, mutate, type Random } from "./syntax-mutants.ts"

const cases = join(import.meta.dirname, "cases")
const texts = ["language", "names", "types", "wiring"].flatMap((folder) =>
  readdirSync(join(cases, folder))
    .filter((name) => name.endsWith(".appl"))
    .map((name) => readFileSync(join(cases, folder, name), "utf8")),
)
const modules = join(import.meta.dirname, "..", "modules")
const standard = Object.fromEntries(
  readdirSync(modules, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".appl") || name.endsWith("module.json"))
    .map((name) => [`std/${name}`, readFileSync(join(modules, name), "utf8")]),
)

const { count, seed } = asked(2000)

test("any text is checked to its end, and what is reported can be shown", () => {
  const random = makeRandom(seed)
  let wrong = 0
  for (let round = 0; round < count; round++) {
    const text = texts[round % texts.length]!
    const changed = round % 3 === 0 ? mutate(text, random, texts) : exchange(text, random)
    const where = `APPL_SEED=${seed}, round ${round}:\n${changed}`
    const diagnostics = diagnose(changed, where)
    if (diagnostics.some((one) => /^A0[23]/.test(one.code))) wrong++
    const outside = diagnostics.find(
      ({ span }) => !(0 <= span.start && span.start <= span.end && span.end <= span.source.text.length),
    )
    expect(outside, where).toBeUndefined()
    expect(render(diagnostics, { color: "never", width: 100 })).not.toMatch(/undefined|\[object|NaN/)
  }
  // Many changes must be mistakes of names or types, or this proves little. Where the syntax is broken too, only that is reported.
  expect(wrong).toBeGreaterThan(count / 5)
})

function diagnose(text: string, where: string): readonly Diagnostic[] {
  const report = makeReport()
  try {
    const program = load("mutant.appl", memoryFiles({ ...standard, "mutant.appl": text }), "std", report)
    check(program, bind(program, report), report, () => () => undefined)
  } catch (thrown) {
    throw new Error(where, { cause: thrown })
  }
  return report.diagnostics
}

const word = /"[^"\n]*"|[0-9]+(\.[0-9]+)*(\/?[a-zA-Z0-9]+)?|[A-Za-z][A-Za-z0-9-]*|[-+*/<>=!.?]+/g

/** Puts one word of a text in the place of another, so that it mostly can still be parsed. */
function exchange(text: string, random: Random): string {
  const words = [...text.matchAll(word)]
  const [from, to] = [words[Math.floor(random() * words.length)], words[Math.floor(random() * words.length)]]
  if (from === undefined || to === undefined) return text
  return text.slice(0, to.index) + from[0] + text.slice(to.index + to[0].length)
}
