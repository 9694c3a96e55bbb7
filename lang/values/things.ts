import type { ClassSymbol } from "../names/symbol.ts"
import type { Span } from "../text/source.ts"
import { addTo } from "./amend.ts"
import { conformerOf } from "./conform.ts"
import { defaultOf } from "./expressions.ts"
import {
  begin,
  type Evaluation,
  end,
  enter,
  type Frame,
  fail,
  outward,
  pending,
  type Read,
  reportCycle,
  type Slot,
} from "./frame.ts"
import type { Entry, FrameOf, InstancePlan, Layout, SlotPlan } from "./layout.ts"
import type {
  AllowThing,
  ApplianceThing,
  CheckThing,
  ClusterThing,
  Facts,
  NeedThing,
  NetworkThing,
  Provided,
  Traced,
} from "./model.ts"
import { Need, ProvidedService } from "./services.ts"
import { display, isObject } from "./show.ts"
import { invalid, type Value } from "./value.ts"

// Classes, unlike elsewhere in lang/: there may be a hundred thousand of each of these, and a method costs an instance nothing.

/** What a thing is called, and where it stands. */
export type Identity = {
  readonly name: string
  readonly key: string | number | null
  readonly id: string
  readonly within: ClusterThing | null
}

/** An appliance whose fields are worked out when they are read, once each. */
export class Appliance implements ApplianceThing {
  readonly kind = "appliance"
  readonly evaluation: Evaluation
  readonly class: ClassSymbol
  readonly name: string
  readonly key: string | number | null
  readonly id: string
  readonly hostname: string
  readonly within: ClusterThing | null
  readonly span: Span
  /** How it was made, once for all things of a declaration. */
  readonly plan: InstancePlan
  /** One frame for each level of the class, its bases first, then that of the instance's body, then those of what `every` adds. */
  frames: readonly Frame[] = []
  #layout: Layout
  /** Unfolds the `for` and `if` of its bodies; null when there are none, or when that is done. */
  #unfold: (() => Layout) | null
  /** What the conditions read while they are unfolded; null at all other times. */
  #asked: Set<string> | null = null
  #values: Slot[] | null = null
  #here: Traced | null = null
  #needs: readonly NeedThing[] | null = null
  #provides: readonly ProvidedService[] | null = null

  constructor(
    evaluation: Evaluation,
    plan: InstancePlan,
    identity: Identity & { readonly hostname: string },
    span: Span,
    unfold: (() => Layout) | null,
  ) {
    this.evaluation = evaluation
    this.plan = plan
    this.class = plan.class
    this.within = identity.within
    this.name = identity.name
    this.key = identity.key
    this.id = identity.id
    this.hostname = identity.hostname
    this.span = span
    this.#layout = plan.layout()
    this.#unfold = unfold
  }

  /** Gives it what `every` adds: what was read of it before saw it as it was. */
  extend(layout: Layout, frames: readonly Frame[]): void {
    this.frames = frames
    this.#unfold = null
    this.#become(layout)
  }

  #become(layout: Layout): void {
    this.#layout = layout
    this.#values = null
    this.#needs = null
    this.#provides = null
  }

  /**
   * Where a body has `if` or `for`, its conditions are worked out when the layout is first needed; they see what stands outside of
   * them, and may not read what they decide.
   */
  get layout(): Layout {
    if (this.#unfold !== null && this.#asked === null) {
      this.#asked = new Set()
      const unfolded = this.#unfold()
      for (const name of this.#asked) this.#reportDecided(name, unfolded)
      this.#unfold = null
      this.#asked = null
      this.#become(unfolded)
    }
    return this.#layout
  }

  #reportDecided(name: string, unfolded: Layout): void {
    const before = this.#layout.slots.get(name)?.entries.length ?? 0
    const after = unfolded.slots.get(name)?.entries ?? []
    if (
      before === after.length &&
      this.#layout.slots.get(name)?.entries.at(-1)?.span.start === after.at(-1)?.span.start
    )
      return
    fail(
      this.evaluation,
      "A0709",
      after.at(-1)?.span ?? this.span,
      `\`${name}\` is set by an \`if\` or \`for\` that reads it`,
      {
        hint: "what a condition reads cannot be what it decides",
      },
    )
  }

  field(name: string): Value | undefined {
    const { layout } = this
    this.#asked?.add(name)
    const slot = layout.slots.get(name)
    if (slot === undefined) return undefined
    if (slot.index < 0) return sharedValue(this.evaluation, slot, this, this.id)
    this.#values ??= new Array<Slot>(layout.size).fill(undefined)
    const known = this.#values[slot.index]
    if (known === pending) return reportCycle(this.evaluation, this.id, name)
    if (known !== undefined) return known
    this.#values[slot.index] = pending
    const read = { owner: this.id, name, span: slot.entries.at(-1)?.span ?? this.span }
    const value = workOut(this.evaluation, slot, this, read)
    this.#values[slot.index] = value
    return value
  }

  get facts(): Facts {
    return this.evaluation.facts
  }

  fieldSpan(name: string): Span {
    return this.layout.slots.get(name)?.entries.at(-1)?.span ?? this.span
  }

  trace(name: string): Traced {
    const entry = this.layout.slots.get(name)?.entries.at(-1)
    if (entry !== undefined) return entry.trace(this.frameOf(entry.frame))
    this.#here ??= { through: [], span: this.span }
    return this.#here
  }

  frameOf(frame: FrameOf): Frame {
    return "frame" in frame ? frame.frame : this.frames[frame.level]!
  }

  run(entry: Entry): Value {
    return entry.code.run(this.frameOf(entry.frame))
  }

  get needs(): readonly NeedThing[] {
    this.#needs ??= this.layout.needs.map((plan) => new Need(this, plan))
    return this.#needs
  }

  get provides(): readonly Provided[] {
    this.#provides ??= this.layout.provides.map((plan) => new ProvidedService(this, plan))
    return this.#provides
  }

  get checks(): readonly CheckThing[] {
    const own = this.layout.checks.map(({ title, entry }) => ({
      title,
      value: () => this.run(entry),
      span: entry.span,
    }))
    return [...own, ...(this.evaluation.clusterChecks().get(this) ?? [])]
  }

  get allows(): readonly AllowThing[] {
    return this.layout.allows.map((allow) => {
      const frame = this.frameOf(allow.frame)
      return {
        from: () => allow.from.run(frame),
        to: () => allow.to.run(frame),
        ports: () => allow.ports.run(frame),
        self: this,
        span: allow.span,
      }
    })
  }
}

/** A network: its fields follow the rules of an appliance's, without classes. */
export class Network implements NetworkThing {
  readonly kind = "network"
  readonly name: string
  readonly key: string | number | null
  readonly id: string
  readonly span: Span
  readonly within: ClusterThing | null
  readonly evaluation: Evaluation
  readonly frame: Frame
  readonly slots: () => ReadonlyMap<string, SlotPlan>
  readonly #values = new Map<string, Value | typeof pending>()

  constructor(
    evaluation: Evaluation,
    identity: Identity,
    span: Span,
    frame: Frame,
    slots: () => ReadonlyMap<string, SlotPlan>,
  ) {
    this.evaluation = evaluation
    this.within = identity.within
    this.name = identity.name
    this.key = identity.key
    this.id = identity.id
    this.span = span
    this.frame = frame
    this.slots = slots
  }

  field(name: string): Value | undefined {
    const slot = this.slots().get(name)
    if (slot === undefined) return undefined
    const known = this.#values.get(name)
    if (known === pending) return reportCycle(this.evaluation, this.id, name)
    if (known !== undefined) return known
    this.#values.set(name, pending)
    const read = { owner: this.id, name, span: slot.entries.at(-1)?.span ?? this.span }
    let value: Value | undefined
    enter(this.evaluation, read, slot.depth, () => {
      value = slotValue(this.evaluation, slot, this)
      return value ?? null
    })
    if (value === undefined) this.#values.delete(name)
    else this.#values.set(name, value)
    return value
  }

  fieldSpan(name: string): Span {
    return this.slots().get(name)?.entries.at(-1)?.span ?? this.span
  }

  frameOf(frame: FrameOf): Frame {
    return "frame" in frame ? frame.frame : this.frame
  }
}

/** Asks for everything that an appliance has; what nobody wrote is as it was built in. */
export function readAll(thing: Appliance): void {
  const { layout, provides } = thing
  for (const name of layout.written) thing.field(name)
  for (const check of thing.checks) check.value()
  for (const need of thing.needs) need.pick()
  for (const [index, plan] of layout.provides.entries()) {
    for (const name of plan.fields.keys()) provides[index]!.field(name)
  }
}

/** A value that does not differ from thing to thing: kept with the declaration, for the frame that it was worked out in. */
function sharedValue(evaluation: Evaluation, slot: SlotPlan, thing: Appliance, id: string): Value | undefined {
  const [entry] = slot.entries
  if (entry === undefined) return slotValue(evaluation, slot, thing)
  const { reach } = entry.code
  const frame = thing.frameOf(entry.frame)
  const at = reach === Number.POSITIVE_INFINITY ? null : outward(frame, reach)
  const { shared } = slot
  if (shared.at === at && shared.value !== undefined) {
    return shared.value === pending ? reportCycle(evaluation, id, slot.name) : shared.value
  }
  shared.at = at
  shared.value = pending
  const read = { owner: id, name: slot.name, span: entry.span }
  const value = workOut(evaluation, slot, thing, read)
  shared.at = at
  shared.value = value
  return value
}

/** No closures here and in `slotValue`: this is done for each field of each thing. */
function workOut(evaluation: Evaluation, slot: SlotPlan, thing: Appliance, read: Read): Value {
  if (!begin(evaluation, read, slot.depth)) return invalid
  const value = slotValue(evaluation, slot, thing) ?? invalid
  end(evaluation, slot.depth)
  return value
}

/** The default, then what is written, the weakest first: `=` replaces and `+=` adds. `undefined`: nobody gave a value. */
function slotValue(
  evaluation: Evaluation,
  slot: SlotPlan,
  thing: { frameOf(frame: FrameOf): Frame },
): Value | undefined {
  const [first] = slot.entries
  if (first === undefined) {
    return slot.default === undefined && slot.type.kind === "optional" ? null : slot.default
  }
  if (slot.entries.length === 1 && first.operator === "=") return first.code.run(thing.frameOf(first.frame))
  let value: Value = slot.default ?? null
  for (const entry of slot.entries) {
    const given = entry.code.run(thing.frameOf(entry.frame))
    if (given === invalid) return invalid
    const twin = entry.isAdded ? entryInBoth(value, given) : null
    if (twin !== null) return reportTwin(evaluation, slot, entry, twin)
    const sum = entry.operator === "=" ? given : addTo(value, given)
    if (sum === null && given !== null) {
      return fail(evaluation, "A0718", entry.span, `nothing can be added to \`${slot.name}\``)
    }
    value = sum
  }
  return conformed(evaluation, slot, value)
}

function conformed(evaluation: Evaluation, slot: SlotPlan, value: Value): Value {
  const conform = conformerOf(slot.type, defaultOf)
  return conform === null ? value : conform(value, evaluation, () => ({ span: slot.entries.at(-1)!.span }))
}

/** A key that both maps have; null when there is none, or when they are no maps. */
function entryInBoth(before: Value, more: Value): string | number | null {
  if (!isObject(before) || before.kind !== "map" || !isObject(more) || more.kind !== "map") return null
  return more.entries.keys().find((key) => before.entries.has(key)) ?? null
}

function reportTwin(evaluation: Evaluation, slot: SlotPlan, entry: Entry, key: string | number): Value {
  const others = slot.entries.slice(0, slot.entries.indexOf(entry))
  return fail(
    evaluation,
    "A0723",
    entry.span,
    `\`${slot.name}\` has ${display(key)} already, and \`every\` only adds`,
    {
      related: others.slice(0, 3).map(({ span }) => ({ message: "given here", span })),
    },
  )
}
