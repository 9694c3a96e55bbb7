import type { DesiredAppliance, DesiredState } from "../desired/desired-state.ts"
import type { Bindings } from "../names/symbol.ts"
import type { Diagnostic, Report } from "../report/diagnostic.ts"
import type { Types } from "../types/type.ts"
import type { Clusters, CompiledCluster, Deployable } from "../values/compiled.ts"
import type { ParamInput } from "../values/inputs.ts"
import { memo } from "../values/lets.ts"
import type { ApplianceThing, Model } from "../values/model.ts"
import { display, isObject } from "../values/show.ts"
import { type CompiledValue, invalid, type Value } from "../values/value.ts"
import { isAllowed } from "./allows.ts"
import { decidedOf, memberOf } from "./facts.ts"
import { fingerprint } from "./fingerprint.ts"
import type { Switch } from "./switch.ts"

/** What became of a cluster: without an error a model and its desired state, and what there is to say about it. */
export type Outcome = {
  readonly made: { readonly model: Model; readonly desired: DesiredState } | null
  readonly diagnostics: readonly Diagnostic[]
}

/** What the tests of one file share: clusters that were compiled, by what they were compiled with. */
export type Workshop = {
  readonly bindings: Bindings
  readonly types: Types
  readonly report: Switch
  readonly compile: (of: Deployable, params: readonly ParamInput[], report: Report) => Outcome["made"]
  readonly outcomes: Map<string, Outcome>
}

/** What one case of a test saw of the clusters that it named. */
export type Seen = {
  readonly clusters: Clusters
  /** Compiles what nobody asked yet; gives what is wrong with the clusters and was not expected. Then the next case begins. */
  endCase(): CaseOfClusters
}
export type CaseOfClusters = {
  readonly unexpected: readonly Diagnostic[]
  /** The clusters that compiled, in the order in which they were named. */
  readonly desired: readonly DesiredState[]
}

type Expectation = { readonly outcome: Outcome; readonly codes: Set<string>; everything: boolean; needed: boolean }

type State = {
  readonly workshop: Workshop
  readonly appliances: WeakMap<ApplianceThing, DesiredAppliance>
  readonly results: Map<Outcome, CompiledCluster>
  readonly outcomes: WeakMap<CompiledCluster, Outcome>
  /** What the case that runs has named and seen. */
  named: CompiledValue[]
  seen: Map<Outcome, Expectation>
}

/** The clusters of one test. */
export function makeClusters(workshop: Workshop): Seen {
  const state: State = {
    workshop,
    appliances: new WeakMap(),
    results: new Map(),
    outcomes: new WeakMap(),
    named: [],
    seen: new Map(),
  }
  const clusters: Clusters = {
    make: (of, given) =>
      name(
        state,
        of,
        given,
        memo(() => outcomeFor(workshop, of, given)),
      ),
    withParams: (of, work) => withParams(state, clusters, of, work),
    decided(thing, field) {
      const appliance = state.appliances.get(thing)
      return appliance === undefined ? undefined : decidedOf(appliance, field)
    },
    aside(work) {
      const { named, seen } = state
      state.named = []
      state.seen = new Map()
      const made = work()
      Object.assign(state, { named, seen })
      return made
    },
    fails(call, cluster, code) {
      const by_type = workshop.types.expected.get(call) ?? []
      if (by_type.some(isError)) return expect(note(state, { made: null, diagnostics: by_type }), code)
      const value = cluster()
      if (!isObject(value) || value.kind !== "compiled") return invalid
      return expect(note(state, state.outcomes.get(value.result())!), code)
    },
  }
  return { clusters, endCase: () => endCase(state) }
}

function endCase(state: State): CaseOfClusters {
  const named = new Set(state.named.map((value) => state.outcomes.get(value.result())!))
  const all = [...state.seen.values()]
  state.named = []
  state.seen = new Map()
  return {
    unexpected: all.flatMap(unexpectedOf),
    desired: [...named].flatMap(({ made }) => (made === null ? [] : [made.desired])),
  }
}

/** A value for a cluster of the case that runs; `outcome` is asked for when something of it is first read. */
function name(
  state: State,
  of: Deployable,
  given: ReadonlyMap<string, ParamInput>,
  outcome: () => Outcome,
): CompiledValue {
  const result = () => resultOf(state, of, given, note(state, outcome()))
  const value: CompiledValue = { kind: "compiled", of, given, result }
  state.named.push(value)
  return value
}

function withParams(
  state: State,
  clusters: Clusters,
  of: () => Value,
  work: Parameters<Clusters["withParams"]>[1],
): Value {
  const before = state.named.length
  const base = of()
  if (!isObject(base) || base.kind !== "compiled") return invalid
  // What is changed is not asked for itself.
  state.named = state.named.filter((value, index) => index < before || value !== base)
  const { value: given, diagnostics } = state.workshop.report.during(work)
  if (given !== null && !diagnostics.some(isError)) {
    return clusters.make(base.of, new Map([...base.given, ...given]))
  }
  const outcome: Outcome = { made: null, diagnostics }
  return name(state, base.of, base.given, () => outcome)
}

function note(state: State, outcome: Outcome): Expectation {
  const known = state.seen.get(outcome) ?? { outcome, codes: new Set(), everything: false, needed: false }
  state.seen.set(outcome, known)
  return known
}

function resultOf(
  state: State,
  of: Deployable,
  given: ReadonlyMap<string, ParamInput>,
  { outcome }: Expectation,
): CompiledCluster {
  const known = state.results.get(outcome)
  if (known !== undefined) return known
  const result = makeResult(of, given, outcome, () => {
    note(state, outcome).needed = true
  })
  state.results.set(outcome, result)
  state.outcomes.set(result, outcome)
  const desired = new Map(outcome.made?.desired.appliances.map((one) => [one.id, one]))
  for (const thing of outcome.made?.model.appliances ?? []) {
    const own = desired.get(thing.id)
    if (own !== undefined) state.appliances.set(thing, own)
  }
  return result
}

/** Whether it fails as asked; what is asked for is expected from then on. */
function expect(expectation: Expectation, code: string | null): boolean {
  const { diagnostics } = expectation.outcome
  if (code === null) {
    expectation.everything = true
    return diagnostics.some(isError)
  }
  expectation.codes.add(code)
  return diagnostics.some((diagnostic) => diagnostic.code === code)
}

/** A hint is no reason to fail, and what is read of a cluster that does not compile is never there. */
function unexpectedOf({ outcome, codes, everything, needed }: Expectation): readonly Diagnostic[] {
  const told = outcome.diagnostics.filter((diagnostic) => diagnostic.severity !== "hint")
  if (needed) return told
  return everything ? [] : told.filter((diagnostic) => !codes.has(diagnostic.code))
}

function isError(diagnostic: Diagnostic): boolean {
  return diagnostic.severity === "error"
}

function outcomeFor(workshop: Workshop, of: Deployable, given: ReadonlyMap<string, ParamInput>): Outcome {
  const key = fingerprint(of, given)
  const known = key === null ? undefined : workshop.outcomes.get(key)
  if (known !== undefined) return known
  const { value: made, diagnostics } = workshop.report.during((report) =>
    workshop.compile(of, [...given.values()], report),
  )
  const outcome: Outcome = { made, diagnostics }
  // A diagnostic may point to where a param was given, which is another place each time.
  if (key !== null && diagnostics.length === 0) workshop.outcomes.set(key, outcome)
  return outcome
}

function makeResult(
  { cluster, set }: Deployable,
  given: ReadonlyMap<string, ParamInput>,
  { made, diagnostics }: Outcome,
  need: () => void,
): CompiledCluster {
  const failed = [...new Set(diagnostics.filter(isError).map(({ code }) => code))]
  const params = [...given.values()].map((input) => `${input.name} = ${shownInput(input)}`)
  const named = set === null ? cluster.name : set.name
  const written = params.length === 0 ? named : `${named} { ${params.join(", ")} }`
  const needing = (): Value => {
    need()
    return invalid
  }
  return {
    shown: failed.length === 0 ? written : `${written}, which fails with ${failed.join(" and ")}`,
    member: (name) => (made === null ? needing() : memberOf(made.model, made.desired, name)),
    allows: (from, to, ports) => (made === null ? needing() : isAllowed(made.desired, from, to, ports)),
  }
}

function shownInput(input: ParamInput): string {
  return "evaluated" in input.value ? display(input.value.evaluated) : input.name
}
