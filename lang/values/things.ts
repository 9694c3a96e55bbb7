import type { ClassSymbol, ServiceSymbol } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
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
  spanOf,
} from "./frame.ts"
import type { Entry, FrameOf, Layout, NeedPlan, ProvidePlan, SlotPlan } from "./layout.ts"
import type {
  AllowThing,
  ApplianceThing,
  CheckThing,
  Facts,
  NeedThing,
  NetworkThing,
  Provided,
  Traced,
} from "./model.ts"
import { invalid, type Value } from "./value.ts"

// Classes, unlike elsewhere in lang/: there may be a hundred thousand of each of these, and a method costs an instance nothing.

/** An appliance whose fields are worked out when they are read, once each. */
export class Appliance implements ApplianceThing {
  readonly kind = "appliance"
  readonly evaluation: Evaluation
  readonly class: ClassSymbol
  readonly name: string
  readonly key: string | number | null
  readonly id: string
  readonly hostname: string
  readonly span: Span
  /** One frame for each level of the class, its bases first, then that of the instance's body. */
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
    of: ClassSymbol,
    identity: {
      readonly name: string
      readonly key: string | number | null
      readonly id: string
      readonly hostname: string
    },
    span: Span,
    layout: Layout,
    unfold: (() => Layout) | null,
  ) {
    this.evaluation = evaluation
    this.class = of
    this.name = identity.name
    this.key = identity.key
    this.id = identity.id
    this.hostname = identity.hostname
    this.span = span
    this.#layout = layout
    this.#unfold = unfold
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
      this.#layout = unfolded
      this.#unfold = null
      this.#asked = null
      this.#values = null
      this.#needs = null
      this.#provides = null
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
  readonly evaluation: Evaluation
  readonly frame: Frame
  readonly slots: () => ReadonlyMap<string, SlotPlan>
  readonly #values = new Map<string, Value | typeof pending>()

  constructor(
    evaluation: Evaluation,
    identity: { readonly name: string; readonly key: string | number | null; readonly id: string },
    span: Span,
    frame: Frame,
    slots: () => ReadonlyMap<string, SlotPlan>,
  ) {
    this.evaluation = evaluation
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

class Need implements NeedThing {
  readonly #appliance: Appliance
  readonly #plan: NeedPlan

  constructor(appliance: Appliance, plan: NeedPlan) {
    this.#appliance = appliance
    this.#plan = plan
  }

  get how(): "needs" | "uses" {
    return this.#plan.item.how
  }

  get name(): string {
    return this.#plan.item.name.text
  }

  get service(): ServiceSymbol {
    return this.#plan.service
  }

  get count(): NeedThing["count"] {
    return countOf(this.#plan.item.type)
  }

  pick(): Value | undefined {
    const entry = this.#appliance.layout.picks.get(this.name)
    return entry === undefined ? undefined : this.#appliance.run(entry)
  }

  get span(): Span {
    return this.#appliance.layout.picks.get(this.name)?.span ?? this.#appliance.span
  }

  get declaration(): Span {
    return spanOf(this.#plan.unit, this.#plan.item.name)
  }
}

class ProvidedService implements Provided {
  readonly kind = "provided-service"
  readonly appliance: Appliance
  readonly #plan: ProvidePlan
  #values: Map<string, Value | typeof pending> | null = null

  constructor(appliance: Appliance, plan: ProvidePlan) {
    this.appliance = appliance
    this.#plan = plan
  }

  get name(): string {
    return this.#plan.item.name.text
  }

  get service(): ServiceSymbol {
    return this.#plan.service
  }

  get span(): Span {
    return spanOf(this.#plan.unit, this.#plan.item.name)
  }

  field(name: string): Value | undefined {
    const field = this.#plan.fields.get(name)
    if (field === undefined) return undefined
    if (field.entry === null) return field.type.kind === "optional" ? null : invalid
    const known = this.#values?.get(name)
    const { evaluation } = this.appliance
    if (known === pending) return reportCycle(evaluation, `${this.appliance.id}.${this.name}`, name)
    if (known !== undefined) return known
    const { entry } = field
    if (entry.code.reach === Number.POSITIVE_INFINITY) return this.appliance.run(entry)
    this.#values ??= new Map()
    this.#values.set(name, pending)
    const read = { owner: `${this.appliance.id}.${this.name}`, name, span: entry.span }
    const value = enter(evaluation, read, entry.code.depth, () => this.appliance.run(entry))
    this.#values.set(name, value)
    return value
  }

  fieldSpan(name: string): Span {
    return this.#plan.fields.get(name)?.entry?.span ?? this.span
  }

  trace(name: string): Traced {
    const entry = this.#plan.fields.get(name)?.entry ?? null
    return entry === null ? { through: [], span: this.span } : entry.trace(this.appliance.frameOf(entry.frame))
  }

  ports(): readonly { readonly name: string; readonly value: Value; readonly span: Span }[] {
    const ports = [...this.#plan.fields].filter(([, field]) => bare(field.type) === "port")
    return ports.flatMap(([name]) => {
      const value = this.field(name)
      return value === undefined || value === null ? [] : [{ name, value, span: this.fieldSpan(name) }]
    })
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

function countOf(type: tree.TypeExpression): NeedThing["count"] {
  if (type.kind === "optional-type") return { kind: "maybe" }
  if (type.kind === "list-type") return { kind: "many", least: 0, most: null }
  if (type.kind !== "ranged-type" || type.range.kind !== "value-range") return { kind: "one" }
  const { from, to } = type.range
  return { kind: "many", least: from?.kind === "int" ? from.value : 0, most: to?.kind === "int" ? to.value : null }
}

function bare(type: SlotPlan["type"]): string {
  return type.kind === "optional" ? bare(type.of) : type.kind
}
