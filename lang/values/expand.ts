import type { ClassSymbol, ThingSymbol, Unit } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import { networkSchema } from "../types/schema.ts"
import { visitFor, visitIf, visitMatch } from "./blocks.ts"
import { compile, compileAs } from "./expressions.ts"
import {
  type Evaluation,
  type Frame,
  fail,
  makeFrame,
  makeScope,
  makeThings,
  type Place,
  type Scope,
  spanOf,
} from "./frame.ts"
import type { AssertPlan, Layout } from "./layout.ts"
import { declareLets, memo } from "./lets.ts"
import { applianceLayout, assertOf, type ClassLevels, classLevels, fieldSlots, hasOneLayout } from "./make-layout.ts"
import type { AllowThing, CheckThing, HostThing, OutputThing, PublishThing } from "./model.ts"
import { display } from "./show.ts"
import { Appliance, Network } from "./things.ts"
import { invalid, type Value } from "./value.ts"

type Inner = Place & { readonly scope: Scope }
type Thing = Appliance | Network | HostThing

/** Everything that expansion makes. Lists are in the order in which things were made. */
export type Expansion = {
  readonly evaluation: Evaluation
  /** All things of a symbol, by key; null is the key of one without. */
  readonly families: Map<ThingSymbol, Map<string | number | null, Thing>>
  readonly appliances: Appliance[]
  readonly networks: Network[]
  readonly hosts: HostThing[]
  readonly publishes: PublishThing[]
  readonly allows: AllowThing[]
  readonly outputs: OutputThing[]
  readonly checks: CheckThing[]
  readonly asserts: { readonly plan: AssertPlan; readonly frame: Frame }[]
  /** The frames whose lets `finish` reads. */
  readonly frames: { readonly scope: Scope; readonly frame: Frame }[]
  readonly hostnames: Map<string, Appliance>
  readonly classes: Map<ClassSymbol, ClassLevels>
  readonly declarations: Map<tree.Item, object>
}

export function makeExpansion(evaluation: Evaluation): Expansion {
  return {
    evaluation,
    families: new Map(),
    appliances: [],
    networks: [],
    hosts: [],
    publishes: [],
    allows: [],
    outputs: [],
    checks: [],
    asserts: [],
    frames: [],
    hostnames: new Map(),
    classes: new Map(),
    declarations: new Map(),
  }
}

/** Makes what the items of a cluster's body, or of a file, declare: `for` and `if` unfolded, each thing with its identity. */
export function expandItems(expansion: Expansion, items: readonly tree.Item[], place: Inner, frame: Frame): void {
  if (place.scope.lazies.length > 0) expansion.frames.push({ scope: place.scope, frame })
  for (const item of items) {
    if (expansion.evaluation.stopped) return
    expandItem(expansion, item, place, frame)
  }
}

/** What a thing's symbol stands for: the thing, or null when its `if` is not taken; a family as a map by key. */
export function thingValue(expansion: Expansion, symbol: ThingSymbol): Value {
  const family = expansion.families.get(symbol)
  if (!symbol.keyed) {
    const only = family?.get(null)
    return only === undefined ? null : { kind: "reference", to: only }
  }
  const entries = new Map<string | number, Value>()
  for (const [key, thing] of family ?? []) if (key !== null) entries.set(key, { kind: "reference", to: thing })
  return { kind: "map", entries }
}

/** Makes what one item declares. */
export function expandItem(expansion: Expansion, item: tree.Item, place: Inner, frame: Frame): void {
  const { unit } = place
  const visit = (items: readonly tree.Item[], inner: Inner, inner_frame: Frame) =>
    expandItems(expansion, items, inner, inner_frame)
  switch (item.kind) {
    case "if":
      visitIf(place, item, frame, visit)
      return
    case "for":
      visitFor(place, item, frame, visit)
      return
    case "match":
      visitMatch(place, item, frame, visit)
      return
    case "instance":
      addAppliance(expansion, item, place, frame)
      return
    case "network":
      addNetwork(expansion, item, place, frame)
      return
    case "host":
      addHost(expansion, item, place, frame)
      return
    case "publish":
      addPublish(expansion, item, place, frame)
      return
    case "allow": {
      const codes = once(expansion, item, () => [item.from, item.to, item.ports].map((part) => compile(place, part)))
      const [from, to, ports] = codes.map((code) => () => code.run(frame))
      expansion.allows.push({ from: from!, to: to!, ports: ports!, self: null, span: spanOf(unit, item) })
      return
    }
    case "output":
      addOutput(expansion, item, place, frame)
      return
    case "check": {
      const code = once(expansion, item, () => compile(place, item.value))
      const title = item.title.parts.filter((part) => typeof part === "string").join("")
      expansion.checks.push({ title, value: () => code.run(frame), span: spanOf(unit, item.value) })
      return
    }
    case "assert": {
      const plan = once(expansion, item, () => assertOf(item, place, { level: 0 }))
      expansion.asserts.push({ plan, frame })
    }
  }
}

type Identity = { readonly name: string; readonly key: string | number | null; readonly id: string }

/** The identity of a thing; null when its key is no key or is taken, which is reported. */
function identityOf(
  expansion: Expansion,
  item: tree.Instance | tree.Network | tree.Host,
  place: Inner,
  frame: Frame,
): (Identity & { readonly family: Map<string | number | null, Thing> }) | null {
  const { evaluation } = expansion
  const { unit } = place
  const symbol = evaluation.bindings.declared.get(item)
  const name = item.name.text
  if (symbol?.kind !== "thing" || !makeThings(evaluation, () => spanOf(unit, item.name))) return null
  let key: string | number | null = null
  if (item.key !== undefined) {
    const expression = item.key
    const given = once(expansion, item, () => ({ key: compile(place, expression) })).key.run(frame)
    if (given === invalid || !isKey(given)) {
      if (given !== invalid) reportKey(evaluation, unit, expression, given)
      return null
    }
    key = given
  }
  const family = expansion.families.get(symbol) ?? new Map<string | number | null, Thing>()
  expansion.families.set(symbol, family)
  const twin = family.get(key)
  const id = key === null ? name : `${name}[${key}]`
  if (twin !== undefined) {
    fail(evaluation, "A0714", spanOf(unit, item.key ?? item.name), `there is a \`${id}\` already`, {
      related: twin.span.start === item.name.start ? [] : [{ message: "the first one", span: twin.span }],
      hint: key === null ? "what a `for` makes has a key: `name[i]`" : undefined,
    })
    return null
  }
  return { name, key, id, family }
}

function isKey(value: Value): value is string | number {
  if (typeof value === "number") return Number.isInteger(value) && value >= 0
  return typeof value === "string" && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(value)
}

function reportKey(evaluation: Evaluation, unit: Unit, expression: tree.Expression, key: Value): void {
  fail(evaluation, "A0711", spanOf(unit, expression), `${display(key)} cannot be a key`, {
    label: display(key),
    hint: "a key is a whole number that is not negative, or a text of `a-z`, `0-9` and `-` without a `-` at either end",
  })
}

/** Every declaration is compiled once, for all its turns. */
function once<T extends object>(expansion: Expansion, item: tree.Item, make: () => T): T {
  const known = expansion.declarations.get(item) as T | undefined
  if (known !== undefined) return known
  const made = make()
  expansion.declarations.set(item, made)
  return made
}

type InstancePlan = {
  readonly class: ClassSymbol
  readonly levels: ClassLevels
  readonly body: { readonly place: Inner; readonly items: readonly tree.Item[] }
  /** What stands outside of `for` and `if`: all there is, where `unfolds` is false. */
  readonly layout: () => Layout
  readonly unfolds: boolean
}
const instancePlans = new WeakMap<Expansion, Map<tree.Instance, InstancePlan>>()

function addAppliance(expansion: Expansion, item: tree.Instance, place: Inner, frame: Frame): void {
  const { evaluation } = expansion
  const plan = instancePlan(expansion, item, place)
  const identity = identityOf(expansion, item, place, frame)
  if (plan === null || identity === null) return
  const span = spanOf(place.unit, item.name)
  const hostname = identity.key === null ? identity.name : `${identity.name}-${identity.key}`
  const unfold = plan.unfolds ? (): Layout => applianceLayout(plan.levels, plan.body, thing.frames) : null
  const names = { ...identity, hostname }
  const thing: Appliance = new Appliance(evaluation, plan.class, names, span, plan.layout(), unfold)
  thing.frames = framesOf(plan, frame, thing)
  if (!isNewName(expansion, thing)) return
  identity.family.set(identity.key, thing)
  expansion.appliances.push(thing)
}

function instancePlan(expansion: Expansion, item: tree.Instance, place: Inner): InstancePlan | null {
  const plans = instancePlans.get(expansion) ?? new Map<tree.Instance, InstancePlan>()
  instancePlans.set(expansion, plans)
  const known = plans.get(item)
  if (known !== undefined) return known
  const { evaluation } = expansion
  const symbol = evaluation.bindings.uses.get(item.class.path.at(-1)!)
  if (symbol?.kind !== "class") return null
  const levels = expansion.classes.get(symbol) ?? classLevels(evaluation, symbol)
  expansion.classes.set(symbol, levels)
  const items = item.body?.items ?? []
  const inner: Inner = { ...place, scope: makeScope(place.scope, true) }
  declareLets(inner, items)
  const body = { place: inner, items }
  const layout = memo(() => applianceLayout(levels, body, null))
  const plan: InstancePlan = { class: symbol, levels, body, layout, unfolds: !hasOneLayout(levels, items) }
  plans.set(item, plan)
  return plan
}

function framesOf(plan: InstancePlan, outer: Frame, thing: Appliance): readonly Frame[] {
  const frames: Frame[] = []
  for (const level of plan.levels) frames.push(makeFrame(level.place.scope, frames.at(-1) ?? null, thing))
  frames.push(makeFrame(plan.body.place.scope, outer, thing))
  return frames
}

/** Host names are told apart in the whole cluster, and fit into a DNS label. */
function isNewName(expansion: Expansion, thing: Appliance): boolean {
  const { evaluation, hostnames } = expansion
  const twin = hostnames.get(thing.hostname)
  if (twin !== undefined) {
    fail(evaluation, "A0712", thing.span, `\`${thing.id}\` and \`${twin.id}\` are both called \`${thing.hostname}\``, {
      related: [{ message: `\`${twin.id}\` stands here`, span: twin.span }],
    })
    return false
  }
  if (thing.hostname.length > 63) {
    const length = thing.hostname.length
    fail(evaluation, "A0713", thing.span, `the host name \`${thing.hostname}\` has ${length} characters`, {
      hint: "63 is the most that a host name may have",
    })
    return false
  }
  hostnames.set(thing.hostname, thing)
  return true
}

function addNetwork(expansion: Expansion, item: tree.Network, place: Inner, frame: Frame): void {
  const identity = identityOf(expansion, item, place, frame)
  if (identity === null) return
  const { evaluation } = expansion
  const scope = makeScope(place.scope, false)
  const inner = { ...place, scope }
  declareLets(inner, item.body.items)
  const own = makeFrame(scope, frame, null)
  const slots = memo(() => fieldSlots(networkSchema, inner, item.body.items, own))
  const network = new Network(evaluation, identity, spanOf(place.unit, item.name), own, slots)
  identity.family.set(identity.key, network)
  expansion.networks.push(network)
}

function addHost(expansion: Expansion, item: tree.Host, place: Inner, frame: Frame): void {
  const identity = identityOf(expansion, item, place, frame)
  if (identity === null) return
  const { family, ...names } = identity
  const type = { kind: "connection" } as const
  const value = memo(() => compileAs(place, item.value, type).run(frame))
  const span = spanOf(place.unit, item.name)
  const host: HostThing = {
    kind: "host",
    ...names,
    span,
    connection: value,
    field: (name) => hostField(value(), name),
    fieldSpan: () => spanOf(place.unit, item.value),
  }
  family.set(identity.key, host)
  expansion.hosts.push(host)
}

function hostField(connection: Value, name: string): Value | undefined {
  if (typeof connection !== "object" || connection === null || !("kind" in connection)) return undefined
  if (connection.kind !== "connection") return connection.kind === "invalid" ? invalid : undefined
  if (name === "capacity") return { kind: "record", tag: null, fields: connection.capacity }
  return name === "labels" ? { kind: "map", entries: connection.labels } : undefined
}

function addPublish(expansion: Expansion, item: tree.Publish, place: Inner, frame: Frame): void {
  const codes = once(expansion, item, () => ({ port: compile(place, item.port), target: compile(place, item.target) }))
  expansion.publishes.push({
    port: () => codes.port.run(frame),
    target: () => codes.target.run(frame),
    span: spanOf(place.unit, item),
    portSpan: spanOf(place.unit, item.port),
    targetSpan: spanOf(place.unit, item.target),
  })
}

function addOutput(expansion: Expansion, item: tree.Output, place: Inner, frame: Frame): void {
  const { types } = place.evaluation
  const declared = item.type === undefined ? undefined : types.declared.get(item.type)
  const code = once(expansion, item, () => compileAs(place, item.value, declared ?? types.of.get(item.value) ?? null))
  expansion.outputs.push({ name: item.name.text, value: () => code.run(frame), span: spanOf(place.unit, item.value) })
}
