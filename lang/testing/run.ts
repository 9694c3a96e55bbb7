import type { Unit } from "../names/symbol.ts"
import type { Diagnostic } from "../report/diagnostic.ts"
import type * as tree from "../syntax/tree.ts"
import type { Span } from "../text/source.ts"
import { makeExpansion } from "../values/expansion.ts"
import { type Evaluation, spanOf } from "../values/frame.ts"
import { addGlobals } from "../values/globals.ts"
import { openTest, runCase, unfoldCase } from "../values/test-cases.ts"
import type { CaseOfClusters, Seen } from "./clusters.ts"
import type { Switch } from "./switch.ts"

/** One test of a file, with an evaluation of its own. */
export type TestRun = {
  readonly unit: Unit
  readonly item: tree.Test
  readonly evaluation: Evaluation
  readonly seen: Seen
  readonly report: Switch
  readonly wants: (title: string) => boolean
}

type Result = {
  readonly title: string
  readonly span: Span
  readonly diagnostics: readonly Diagnostic[]
  readonly desired: CaseOfClusters["desired"]
}

/** Runs the cases of a test in turn. One that checks nothing fails (A0727), for it would pass for ever. */
export function* runTest(run: TestRun): Iterable<Result> {
  const { unit, item, evaluation, seen, report } = run
  const span = spanOf(unit, item.title)
  const { value: test, diagnostics: before } = report.during(() => {
    addGlobals(makeExpansion(evaluation))
    return openTest(evaluation, unit, item)
  })
  const told: Diagnostic[] = [...before]
  const bodies = [test.body]
  let checked = 0
  for (let body = bodies.shift(); body !== undefined; body = bodies.shift()) {
    const title = body.keys.length === 0 ? test.title : `${test.title} [${body.keys.join(", ")}]`
    const wanted = run.wants(title)
    evaluation.reported.clear()
    const one = body
    const { value: found, diagnostics: own } = report.during(() => {
      const unfolded = unfoldCase(one)
      const complete = wanted ? runCase(evaluation, unfolded) : unfolded.complete
      return { ...unfolded, complete, ...seen.endCase() }
    })
    // The turns of a loop stand where the loop does.
    bodies.unshift(...found.turns)
    told.push(...own, ...found.unexpected)
    const checks = found.asserts.length + found.desired.length
    checked += checks + found.turns.length
    if (!wanted) continue
    const diagnostics = unique([...found.unexpected, ...own])
    // What has no value because of something that an earlier case was told of fails here too.
    const because = found.complete || diagnostics.length > 0 ? diagnostics : reasonsOf(told, report, span)
    if (checks > 0 || because.length > 0) yield { title, span, diagnostics: because, desired: found.desired }
  }
  if (checked === 0 && told.length === 0 && run.wants(test.title)) {
    yield { title: test.title, span, diagnostics: checksNothing(report, span), desired: [] }
  }
}

function reasonsOf(told: readonly Diagnostic[], report: Switch, span: Span): readonly Diagnostic[] {
  if (told.length > 0) return unique(told)
  return report.during((own) => own.add("A0701", span, "something that this asserts has no value")).diagnostics
}

function checksNothing(report: Switch, span: Span): readonly Diagnostic[] {
  const { diagnostics } = report.during((own) =>
    own.add("A0727", span, "this test checks nothing", {
      hint: "`assert` says what shall hold; a cluster that a test names is compiled",
    }),
  )
  return diagnostics
}

function unique(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...new Set(diagnostics)]
}
