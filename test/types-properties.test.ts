import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { bind } from "../lang/names/bind.ts"
import { load } from "../lang/names/load.ts"
import type { ClusterSymbol } from "../lang/names/symbol.ts"
import type { Report } from "../lang/report/diagnostic.ts"
import { render } from "../lang/report/render.ts"
import { makeReport } from "../lang/report/report.ts"
import { memoryFiles } from "../lang/text/files.ts"
import { isSubtype } from "../lang/types/assignable.ts"
import { check } from "../lang/types/check.ts"
import { showType } from "../lang/types/show.ts"
import type { QuantityKind, Type } from "../lang/types/type.ts"
import { arithmetic, isFailure } from "../lang/values/arithmetic.ts"
import { conformerOf } from "../lang/values/conform.ts"
import { makeLibrary } from "../lang/values/content.ts"
import { expand, makeEvaluation } from "../lang/values/evaluate.ts"
import { valueOfText } from "../lang/values/inputs.ts"
import { display, showAddress } from "../lang/values/show.ts"
import { templateChecker } from "../lang/values/templates.ts"
import { invalid, type Value } from "../lang/values/value.ts"
import { asked } from "./asked.ts"
import { evaluate } from "./evaluating.ts"
import { inhabits } from "./inhabits.ts"
import { programFrom, type RandomProgram } from "./random-programs.ts"
import { aValueOf, randomType, wider } from "./random-types.ts"
import { makeTape } from "./tape.ts"

// Rule 9 of the language: what else than a budget may fail while a program is evaluated that checks.
const allowed = new Set([
  ...["A0301", "A0416", "A0701", "A0702", "A0703", "A0704", "A0705", "A0706", "A0708", "A0714"],
  ...["A0715", "A0716", "A0717", "A0806", "A0807", "A0808"],
])

const { count, seed } = asked(400)
const replay = process.env.APPL_PATH === undefined ? {} : { path: process.env.APPL_PATH }
const tapes = fc.array(fc.nat({ max: 255 }), { maxLength: 400, size: "max" })

test("a program that checks fails in evaluation only as rule 9 says, and its values are of their types", () => {
  let checked = 0
  let valued = 0
  fc.assert(
    fc.property(tapes, (tape) => {
      const program = programFrom(tape)
      const found = run(program)
      if (found === null) return
      checked++
      if (found.wrong.length > 0) throw new Error(`${program.text}\n${found.wrong.join("\n")}`)
      if (found.whole) valued++
    }),
    { numRuns: count, seed, ...replay },
  )
  // Else the generator tells nothing.
  if (process.env.APPL_PATH === undefined) {
    expect(checked).toBeGreaterThan(count * 0.5)
    expect(valued).toBeGreaterThan(count * 0.1)
  }
})

test("a value of a type conforms to every type that the first is a subtype of", () => {
  let related = 0
  fc.assert(
    fc.property(tapes, (tape) => {
      const choices = makeTape(tape)
      const from = randomType(choices, 3)
      const to = choices.upTo(3) === 0 ? randomType(choices, 3) : wider(from, choices)
      if (!isSubtype(from, to, new Map())) return
      related++
      const value = aValueOf(from, choices)
      const report = makeReport()
      const evaluation = nothingElse(report)
      const source = { path: "", text: "" }
      const where = () => ({ span: { source, start: 0, end: 0 } })
      const conform = conformerOf(to, () => null)
      const given = conform === null ? value : conform(value, evaluation, where)
      const said = report.diagnostics.map(({ code, message }) => `${code} ${message}`)
      if (given === invalid || said.length > 0 || !inhabits(given, to)) {
        throw new Error(`${display(value)} of ${showType(from)} becomes ${display(given)} in ${showType(to)}: ${said}`)
      }
    }),
    { numRuns: count, seed, ...replay },
  )
  if (process.env.APPL_PATH === undefined) expect(related).toBeGreaterThan(count * 0.3)
})

describe("quantities", () => {
  const kinds = fc.constantFrom(
    "size" as const,
    "duration" as const,
    "rate" as const,
    "cpus" as const,
    "percent" as const,
  )
  const amounts = fc.integer({ min: 0, max: 2 ** 40 })
  const options = { numRuns: count, seed, ...replay }
  const quantity = (of: QuantityKind, amount: number): Value => ({ kind: "quantity", of, amount })

  test("of one measure add up in any order, and what was added can be taken away", () => {
    fc.assert(
      fc.property(kinds, amounts, amounts, (of, a, b) => {
        const sum = arithmetic("+", quantity(of, a), quantity(of, b)) as Value
        expect(sum).toEqual(arithmetic("+", quantity(of, b), quantity(of, a)))
        expect(arithmetic("-", sum, quantity(of, b))).toEqual(quantity(of, a))
      }),
      options,
    )
  })

  test("times a number are that many of them, and divided by it what they were", () => {
    fc.assert(
      fc.property(
        kinds,
        fc.integer({ min: 1, max: 2 ** 30 }),
        fc.integer({ min: 1, max: 1000 }),
        (of, amount, times) => {
          const product = arithmetic("*", quantity(of, amount), times) as Value
          expect(product).toEqual(arithmetic("*", times, quantity(of, amount)))
          if (of === "percent") return
          expect(product).toEqual(quantity(of, amount * times))
          expect(arithmetic("/", product, times)).toEqual(quantity(of, amount))
          expect(arithmetic("/", product, quantity(of, amount))).toBe(times)
        },
      ),
      options,
    )
  })

  test("less than nothing are an error, and so is what cannot be counted", () => {
    fc.assert(
      fc.property(kinds, amounts, fc.integer({ min: 1, max: 1000 }), (of, a, more) => {
        const less = arithmetic("-", quantity(of, a), quantity(of, a + more))
        expect(isFailure(less)).toBe(of !== "percent")
        const most = quantity(of, Number.MAX_SAFE_INTEGER)
        expect(isFailure(arithmetic("+", most, quantity(of, more)))).toBe(true)
      }),
      options,
    )
  })

  test("are read as they are written", () => {
    fc.assert(
      fc.property(kinds, amounts, (of, amount) => {
        const value = quantity(of, amount)
        const type: Type = { kind: "quantity", of, bounds: { least: null, most: null } }
        expect(valueOfText(display(value), type)).toEqual(value)
      }),
      options,
    )
  })
})

test("a range fits into another exactly when each of its values does", () => {
  const end = fc.option(fc.integer({ min: -3, max: 3 }))
  const numbers = Array.from({ length: 11 }, (_, index) => index - 5)
  fc.assert(
    fc.property(end, end, end, end, (a, b, c, d) => {
      const [inner, outer]: Type[] = [
        { kind: "int", bounds: { least: a, most: b } },
        { kind: "int", bounds: { least: c, most: d } },
      ]
      const own = numbers.filter((one) => inhabits(one, inner!))
      // An empty range has no values that could stick out, and is compared by its ends all the same.
      if (own.length > 0) expect(isSubtype(inner!, outer!, new Map())).toBe(own.every((one) => inhabits(one, outer!)))
    }),
    { numRuns: count, seed, ...replay },
  )
})

test("the parts of a network are in it, side by side, and end where it ends", () => {
  const address = fc.integer({ min: 0, max: 2 ** 32 - 1 })
  fc.assert(
    fc.property(
      address,
      fc.integer({ min: 8, max: 24 }),
      fc.integer({ min: 0, max: 8 }),
      fc.nat(),
      (of, prefix, longer, nth) => {
        const index = nth % 2 ** longer
        const net = `${showAddress(of)}/${prefix}`
        const { model, problems } = evaluate(`cluster c {
  output part = subnet(${net}, ${prefix + longer}, ${index})
  output inside = subnet(${net}, ${prefix + longer}, ${index}).first in ${net}
  output last = subnet(${net}, ${prefix + longer}, -1)
  output end = address(${net}, -1) == address(subnet(${net}, ${prefix + longer}, -1), -1)
  output start = address(subnet(${net}, ${prefix + longer}, ${index}), 0)
}
`)
        expect(problems).toEqual([])
        const values = Object.fromEntries(model!.outputs.map((output) => [output.name, output.value()]))
        const size = 2 ** (32 - prefix - longer)
        const first = Math.floor(of / 2 ** (32 - prefix)) * 2 ** (32 - prefix)
        expect(values.part).toEqual({ kind: "cidr", address: first + index * size, prefix: prefix + longer })
        expect(values.start).toEqual({ kind: "ip", address: first + index * size })
        expect([values.inside, values.end]).toEqual([true, true])
      },
    ),
    { numRuns: Math.min(count, 200), seed, ...replay },
  )
})

/** The evaluation of an empty program: enough for a value that stands in none. */
function nothingElse(report: Report) {
  const files = memoryFiles({ "main.appl": "" })
  const program = load("main.appl", files, "modules", report)
  const bindings = bind(program, report)
  const library = makeLibrary(files, report)
  return makeEvaluation({ program, bindings, types: check(program, bindings, report), library, limit: 1000 }, report)
}

/** What is wrong with the evaluation of a program; null when it does not check. */
function run({ text, files }: RandomProgram): { readonly wrong: readonly string[]; readonly whole: boolean } | null {
  const report = makeReport()
  const all = memoryFiles({ "project/main.appl": text, ...files })
  const program = load("project/main.appl", all, "modules", report)
  const bindings = bind(program, report)
  const library = makeLibrary(all, report)
  const types = check(program, bindings, report, templateChecker(library, report))
  if (process.env.APPL_SHOW !== undefined && report.failed)
    console.log(render(report.diagnostics, { color: "never", width: 160 }))
  if (report.failed) return null
  const item = program.entry.tree.items.find((candidate) => candidate.kind === "cluster")!
  const cluster = bindings.declared.get(item) as ClusterSymbol
  const before = report.diagnostics.length
  const model = expand(
    { program, bindings, types, library, cluster, deployed: null, params: [], limit: 10_000 },
    report,
  )
  model?.finish()
  const failures = report.diagnostics.slice(before).filter((one) => one.severity === "error")
  // A key that is not there may be missing; a field that a type has may not.
  const isAllowed = ({ code, message }: { readonly code: string; readonly message: string }) =>
    allowed.has(code) && (code !== "A0708" || message.startsWith("there is no"))
  const wrong = failures.filter((one) => !isAllowed(one)).map((one) => `${one.code} ${one.message}`)
  for (const output of model?.outputs ?? []) {
    const value = output.value()
    if (value !== null && typeof value === "object" && "kind" in value && value.kind === "invalid") {
      if (failures.length === 0) wrong.push(`${output.name} has no value, and nobody says why`)
      continue
    }
    const declared = item.body.items.find((one) => one.kind === "output" && one.name.text === output.name)
    const type = declared?.kind === "output" ? types.of.get(declared.value) : undefined
    if (type === undefined) wrong.push(`${output.name} has no type`)
    else if (!inhabits(value, type)) wrong.push(`${output.name} is ${display(value)}, which is no ${showType(type)}`)
  }
  return { wrong, whole: failures.length === 0 }
}
