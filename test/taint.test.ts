import fc from "fast-check"
import { expect, test } from "vitest"
import { bind } from "../lang/names/bind.ts"
import { load } from "../lang/names/load.ts"
import { makeReport } from "../lang/report/report.ts"
import { memoryFiles } from "../lang/text/files.ts"
import { check } from "../lang/types/check.ts"
import { taintWithin } from "../lang/types/taint.ts"
import { compileText } from "./compile-text.ts"

// Where a secret or late value may not go stands in `cases/taint/`; here is that none gets lost on the way.

/** An expression with what its type must say of it, and what its value is really made of: of two branches only one. */
type Made = { readonly text: string; readonly typed: Origin; readonly real: Origin }
type Origin = { readonly secret: boolean; readonly late: boolean }

const plain: Origin = { secret: false, late: false }
const union = (...origins: readonly Origin[]): Origin => ({
  secret: origins.some((one) => one.secret),
  late: origins.some((one) => one.late),
})
const leaf = (text: string, origin: Partial<Origin> = {}): Made => {
  const whole = { ...plain, ...origin }
  return { text, typed: whole, real: whole }
}
/** A part of a text. A `match` does not stand there. */
const part = (made: Made): Made => (made.text.includes("match") ? leaf("plain") : made)
const both = (text: string, ...parts: readonly Made[]): Made => ({
  text,
  typed: union(...parts.map((part) => part.typed)),
  real: union(...parts.map((part) => part.real)),
})
/** Of two parts the first is taken, which the types do not know. */
const first = (text: string, one: Made, other: Made): Made => ({
  text,
  typed: union(one.typed, other.typed),
  real: one.real,
})

/** No name hides another, so each loop has one of its own. */
const loopName = (() => {
  let count = 0
  return () => `t${++count}`
})()

const { texts } = fc.letrec<{ texts: Made; numbers: Made }>((tie) => ({
  texts: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(
      leaf("plain"),
      leaf('"x${count}"'),
      leaf("hidden", { secret: true }),
      leaf("self.facts.kernel", { late: true }),
    ),
    fc
      .tuple(tie("texts").map(part), tie("texts").map(part))
      .map(([a, b]) => both(`"<\${${a.text}}-\${${b.text}}>"`, a, b)),
    tie("numbers")
      .map(part)
      .map((a) => both(`"\${${a.text}}"`, a)),
    fc.tuple(tie("texts"), tie("texts")).map(([a, b]) => first(`(if count > 2 then ${a.text} else ${b.text})`, a, b)),
    fc.tuple(tie("texts"), tie("texts")).map(([a, b]) => first(`[${a.text}, ${b.text}][0]`, a, b)),
    fc.tuple(tie("texts"), tie("texts")).map(([a, b]) => ({ ...a, text: `{ a = ${a.text}, b = ${b.text} }.a` })),
    fc
      .tuple(tie("texts"), tie("texts"))
      .map(([a, b]) => first(`(match count { 3 -> ${a.text}, else -> ${b.text} })`, a, b)),
    fc.tuple(tie("texts"), tie("texts")).map(([a, b]) => {
      const name = loopName()
      return first(`[for ${name} in [${a.text}, ${b.text}]: "\${${name}}!"][0]`, a, b)
    }),
    fc
      .tuple(tie("texts"), tie("texts"))
      .map(([a, b]) => first(`((if count > 2 then ${a.text} else null) ?? ${b.text})`, a, b)),
    tie("texts").map((a) => {
      const name = loopName()
      return { ...a, text: `{ for ${name} in ["a"]: ${name} = ${a.text} }["a"]` }
    }),
    tie("texts").map((a): Made => {
      const typed = { ...a.typed, secret: true }
      return { text: `keep(${a.text})`, typed: { ...typed, late: true }, real: a.real }
    }),
  ),
  numbers: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(leaf("count"), leaf("5"), leaf("self.facts.cpus", { late: true })),
    fc
      .tuple(fc.constantFrom("+", "*", "-"), tie("numbers"), tie("numbers"))
      .map(([operator, a, b]) => both(`(${a.text} ${operator} ${b.text})`, a, b)),
    fc.tuple(tie("numbers"), tie("numbers")).map(([a, b]) => both(`mod(${a.text}, ${b.text})`, a, b)),
    // A secret has no length.
    tie("texts").map((a) => (a.typed.secret ? leaf("7") : both(`(${a.text}).length`, a))),
  ),
}))

const program = (expression: string) => `
fn keep(text: Secret<late Text>): Secret<late Text> = text
appliance Box {
  param hidden: Secret<Text>
  param plain: Text = "p"
  param count: Int = 3
  image = debian("bookworm")
  start = ["box"]
  let it = ${expression}
  env = { IT = "\${it}", THREE = "\${count}\${plain}", HIDDEN = hidden }
}
cluster c {
  network lan { cidr = 10.0.0.0/24 }
  appliance box: Box { hidden = secret("s") }
}
`

test("a type says secret or late exactly when what it is made of is", () => {
  fc.assert(
    fc.property(texts, ({ text, typed }) => {
      const report = makeReport()
      const files = memoryFiles({ "main.appl": program(text) })
      const loaded = load("main.appl", files, "std", report)
      const bindings = bind(loaded, report)
      const types = check(loaded, bindings, report)
      expect(report.diagnostics.filter((one) => one.severity === "error")).toEqual([])
      const [it] = [...bindings.declared.keys()].filter((item) => item.kind === "let")
      const taint = it?.kind === "let" ? taintWithin(types.of.get(it.value)!) : null
      expect({ secret: taint?.secret !== undefined, late: taint?.late !== undefined }).toEqual(typed)
    }),
    options(500),
  )
})

test("a value holds a secret or late part exactly when it was made of one", () => {
  fc.assert(
    fc.property(texts, ({ text, real }) => {
      const { desired, diagnostics } = compileText("taint-of-a-value.appl", program(text))
      // Numbers may become too large or be divided by nothing: that is told, and there is no value.
      if (desired === null) {
        expect(diagnostics.filter((one) => one.severity === "error").map((one) => one.code)).toContainEqual(
          expect.stringMatching(/A070[23]/),
        )
        return
      }
      const shown = JSON.stringify(desired.appliances[0]!.env.IT)
      expect({ secret: shown.includes('"secret":"s"'), late: shown.includes('"late":') }).toEqual(real)
    }),
    options(150),
  )
})

function options(runs: number) {
  return { numRuns: Number(process.env.APPL_RUNS ?? runs), seed: Number(process.env.APPL_SEED ?? 1) }
}
