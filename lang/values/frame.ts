import type { AnySymbol, Bindings, Program, Unit } from "../names/symbol.ts"
import type { Code as DiagnosticCode } from "../report/codes.ts"
import type { Details, Report } from "../report/diagnostic.ts"
import type { Spanned } from "../syntax/tree.ts"
import type { Span } from "../text/source.ts"
import type { Types } from "../types/type.ts"
import type { GivenField } from "./cluster-thing.ts"
import type { Clusters } from "./compiled.ts"
import type { Library } from "./content.ts"
import { limits } from "./limits.ts"
import type { ApplianceThing, CheckThing, Facts } from "./model.ts"
import { invalid, type Value } from "./value.ts"

/**
 * An expression made ready: compiled once per place in a source, run once per frame. `reach` is how many frames outward the
 * nearest value that it reads stands: 0 reads its own frame, Infinity reads none, so one run serves all.
 */
export type Code = { readonly run: (frame: Frame) => Value; readonly reach: number; readonly depth: number }

/** The values of one body: a cluster's, an instance's, one turn of a loop. `self` is the thing that it belongs to. */
export type Frame = {
  readonly parent: Frame | null
  readonly slots: Slot[]
  readonly self: ApplianceThing | null
}

/** `undefined`: not worked out yet; `pending`: being worked out, so who reads it closes a cycle. */
export type Slot = Value | undefined | typeof pending
export const pending = Symbol("pending")

/** What is known of a frame while compiling: how each of its names is read. */
export type Scope = {
  readonly parent: Scope | null
  readonly readers: Map<AnySymbol, Reader>
  /** How many slots its frames have. */
  slots: number
  /** Whether its frames say what `self` is. */
  readonly self: boolean
  /** Reads that `finish` makes for each frame, so that nothing stays unchecked. */
  readonly lazies: ((frame: Frame) => Value)[]
}
export type Reader = (frame: Frame) => Value

/** Where an expression is compiled: its file, and the names around it. */
export type Place = {
  readonly evaluation: Evaluation
  readonly unit: Unit
  readonly scope: Scope | null
  /** What was made of the nodes of a body that many declarations share, such as a class: see `keptOf`. */
  readonly kept?: Map<object, unknown>
}

/** Everything that one evaluation shares. */
export type Evaluation = {
  readonly program: Program
  readonly bindings: Bindings
  readonly types: Types
  readonly library: Library
  readonly report: Report
  readonly facts: Facts
  readonly limit: number
  /** Compiles the clusters that a test names; null outside of tests. */
  readonly clusters: Clusters | null
  /** Values that are being worked out, outermost first. */
  readonly reads: Read[]
  /** What was reported already, by code and place: a mistake in a class is one mistake, not one per instance. */
  readonly reported: Set<string>
  /** The readers of what stands at the top of files. */
  readonly globals: Map<AnySymbol, () => Value>
  /** The params that were given from outside, with where. */
  readonly given: Map<AnySymbol, Span>
  /** The values of secrets that were given from outside, by the name of the reference that stands for each. */
  readonly secrets: Map<string, string>
  /** The secrets that may have to be made, with the first call that says so. */
  readonly generated: Map<string, { readonly length: number; readonly span: Span }>
  /** What the cluster whose body a frame is that of was given for a param or need; null when nothing. */
  givenAt: (frame: Frame, name: string) => GivenField | null
  /** The compiled heads of `for` and `if` items: each is compiled once, however often it is entered. */
  readonly blocks: Map<object, object>
  /** The checks that stand in the cluster, by the appliance that each asks. */
  clusterChecks: () => ReadonlyMap<ApplianceThing, readonly CheckThing[]>
  steps: number
  things: number
  /** How much waits at this moment, in nested expressions. */
  depth: number
  /** How deep the expression is nested that is being compiled. */
  nesting: number
  stopped: boolean
}
/** `owner` is the thing whose field it is; empty for a let or param. Joined only for a diagnostic. */
export type Read = { readonly owner: string; readonly name: string; readonly span: Span }

export function makeScope(parent: Scope | null, self: boolean): Scope {
  return { parent, readers: new Map(), slots: 0, self, lazies: [] }
}

/** What compiled parts make together: as near as the nearest, one deeper than the deepest. */
export function code(run: (frame: Frame) => Value, parts: readonly Code[]): Code {
  let reach = Number.POSITIVE_INFINITY
  let depth = 0
  for (const part of parts) {
    reach = Math.min(reach, part.reach)
    depth = Math.max(depth, part.depth)
  }
  return { run, reach, depth: depth + 1 }
}

export function makeFrame(scope: Scope, parent: Frame | null, self: ApplianceThing | null): Frame {
  return { parent, slots: scope.slots === 0 ? noSlots : new Array<Slot>(scope.slots).fill(undefined), self }
}
const noSlots: Slot[] = []

/** What `make` gives for a node of a body: made once where the body is shared by many declarations, else each time. */
export function keptOf<T extends object>({ kept }: Place, node: object, make: () => T): T {
  const known = kept?.get(node) as T | undefined
  if (known !== undefined) return known
  const made = make()
  kept?.set(node, made)
  return made
}

/** The frame `distance` frames outward. */
export function outward(frame: Frame, distance: number): Frame {
  let at = frame
  for (let left = distance; left > 0; left--) at = at.parent!
  return at
}

export function spanOf(unit: Unit, node: Spanned): Span {
  return { source: unit.source, start: node.start, end: node.end }
}

/** Reports a problem once per place, and gives the value that stands for it. */
export function fail(
  evaluation: Evaluation,
  code: DiagnosticCode,
  span: Span,
  message: string,
  details: Details = {},
): Value {
  const key = `${code} ${span.source.path} ${span.start} ${span.end}`
  if (!evaluation.reported.has(key)) {
    evaluation.reported.add(key)
    evaluation.report.add(code, span, message, details)
  }
  return invalid
}

/** Counts steps; false when the budget is used up, which is reported where it was noticed first. */
export function step(evaluation: Evaluation, place: () => Span, count = 1): boolean {
  evaluation.steps += count
  if (evaluation.stopped) return false
  if (evaluation.steps <= evaluation.limit * limits.steps_per_thing) return true
  return stop(evaluation, place(), `${evaluation.limit * limits.steps_per_thing} steps`)
}

/** Counts what takes memory: things, elements, entries. */
export function makeThings(evaluation: Evaluation, place: () => Span, count = 1): boolean {
  evaluation.things += count
  if (evaluation.stopped) return false
  if (evaluation.things <= evaluation.limit) return true
  return stop(evaluation, place(), `${evaluation.limit} things, elements and entries`)
}

/** Works a value out while its slot says that it is pending. Deep chains end in a diagnostic, not in a stack overflow. */
export function enter(evaluation: Evaluation, read: Read, depth: number, run: () => Value): Value {
  if (!begin(evaluation, read, depth)) return invalid
  const value = run()
  end(evaluation, depth)
  return value
}

/** The two halves of `enter`, for what is read so often that a closure each time would count. False: it is too deep, which is reported. */
export function begin(evaluation: Evaluation, read: Read, depth: number): boolean {
  if (evaluation.depth + depth > limits.waiting) {
    // One chain is hit again from each of its values that is read later.
    if (evaluation.reported.has("too deep")) return false
    evaluation.reported.add("too deep")
    fail(evaluation, "A0716", read.span, `\`${labelOf(read)}\` is at the end of too long a chain of values`, {
      hint: `at most ${limits.waiting} expressions may wait for one another`,
    })
    return false
  }
  evaluation.depth += depth
  evaluation.reads.push(read)
  return true
}

export function end(evaluation: Evaluation, depth: number): void {
  evaluation.reads.pop()
  evaluation.depth -= depth
}

/** Reports that a value is being worked out already: the loop, from its first read to the one that closes it. */
export function reportCycle(evaluation: Evaluation, owner: string, name: string): Value {
  const { reads } = evaluation
  // Things of one loop share what is the same for all of them, so the loop may close at another of them.
  const same = reads.findLastIndex((read) => read.owner === owner && read.name === name)
  const start = same >= 0 ? same : reads.findLastIndex((read) => read.name === name)
  const loop = reads.slice(Math.max(0, start))
  const first = loop[0]!
  // One loop is one mistake, wherever it was entered.
  const places = loop.map((read) => `${read.span.source.path} ${read.span.start}`)
  const key = `cycle ${places.sort().join(" ")}`
  if (evaluation.reported.has(key)) return invalid
  evaluation.reported.add(key)
  const names = [...loop, first].map(labelOf)
  return fail(evaluation, "A0709", first.span, `\`${names[0]}\` needs itself: ${names.join(" → ")}`, {
    related: loop.slice(1).map((read) => ({ message: `reads \`${labelOf(read)}\``, span: read.span })),
  })
}

function labelOf(read: Read): string {
  return read.owner === "" ? read.name : `${read.owner}.${read.name}`
}

/** The code of an expression whose value is already known. */
export function constantCode(value: Value): Code {
  return { run: () => value, reach: Number.POSITIVE_INFINITY, depth: 1 }
}

/** The reach of code in an inner scope, as seen from the scope around it. */
export function outerReach(reach: number): number {
  return reach === 0 ? Number.POSITIVE_INFINITY : reach - 1
}

/** Code that is run once per frame that it reaches: for one that reaches none once, for what a loop does not change once per loop. */
export function runOnce(code: Code): Code {
  if (code.reach === 0) return code
  let last: Frame | null = null
  let value: Value | undefined
  const { reach } = code
  const run = (frame: Frame): Value => {
    const at = reach === Number.POSITIVE_INFINITY ? null : outward(frame, reach)
    if (value === undefined || at !== last) {
      value = code.run(frame)
      last = at
    }
    return value
  }
  return { run, reach, depth: code.depth }
}

function stop(evaluation: Evaluation, span: Span, what: string): false {
  evaluation.stopped = true
  fail(evaluation, "A0715", span, `this goes beyond ${what}`, {
    hint: "look for a loop over a long range; `--limit` allows more",
  })
  return false
}
