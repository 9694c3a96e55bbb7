import type { ClassSymbol, ServiceSymbol } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import type { Span } from "../text/source.ts"
import { open } from "../types/build.ts"
import { applianceSchema, type Schema } from "../types/schema.ts"
import type { Type } from "../types/type.ts"
import { isStatic, visitFor, visitIf, visitMatch } from "./blocks.ts"
import { drawingOf } from "./drawing.ts"
import { compile, compileAs } from "./expressions.ts"
import { type Evaluation, type Frame, fail, keptOf, makeScope, type Place, spanOf } from "./frame.ts"
import type {
  Addition,
  AllowPlan,
  AssertPlan,
  ClassLevels,
  Entry,
  FrameOf,
  Inner,
  Layout,
  NeedPlan,
  ProvidedField,
  ProvidePlan,
  SlotPlan,
} from "./layout.ts"
import { declareLets, memo } from "./lets.ts"
import { tracerOf } from "./trace.ts"

/** The levels of a class; the caller keeps them, since a class is compiled once. */
export function classLevels(evaluation: Evaluation, symbol: ClassSymbol): ClassLevels {
  const base = evaluation.bindings.bases.get(symbol)
  const below = base === undefined ? [] : classLevels(evaluation, base)
  const scope = makeScope(below.at(-1)?.place.scope ?? null, true)
  const place = { evaluation, unit: symbol.unit, scope, kept: new Map() }
  const { items } = symbol.declaration.body
  declareLets(place, items)
  return [...below, { place, items }]
}

/** An item of a body with the place that it is compiled in and the frame that it is run in. */
type Found = {
  readonly item: tree.Item
  readonly place: Place
  readonly frame: FrameOf
  readonly level: number
  /** The `every` that adds it; null for what the class or the instance says. */
  readonly addition: Addition | null
}

/**
 * Puts together what a class and an instance's body say. `frames` are those of a thing, the instance's last: they are needed only where
 * a body has `for` or `if`, and null when all bodies are static, so that one layout serves all things of a declaration.
 */
export function applianceLayout(
  levels: ClassLevels,
  instance: { readonly place: Inner; readonly items: readonly tree.Item[] },
  frames: readonly Frame[] | null,
  additions: readonly Addition[] = [],
): Layout {
  const own: Found[] = []
  for (const [level, body] of [...levels, instance].entries()) {
    collect(body, level, { level }, frames?.[level] ?? null, own, null)
  }
  const added: Found[] = []
  for (const [index, addition] of additions.entries()) {
    const level = levels.length + 1 + index
    collect(addition, level, { level }, frames?.[level] ?? null, added, addition)
  }
  const found = added.length === 0 ? own : [...own, ...withoutTwins(own, added)]
  const needs = new Map<string, NeedPlan>()
  const provides = new Map<string, ProvidePlan>()
  for (const { item, place, frame, addition } of found) {
    if (item.kind === "needs") addNeed(needs, item, place, addition?.cluster ?? null)
    if (item.kind === "provides") addProvided(provides, item, place, frame)
  }
  const slots = slotsOf(found, applianceSchema)
  return {
    slots,
    written: [...slots.values()].filter((slot) => slot.entries.length > 0).map((slot) => slot.name),
    size: [...slots.values()].filter((slot) => slot.index >= 0).length,
    picks: picksOf(found, needs),
    needs: [...needs.values()],
    provides: [...provides.values()],
    checks: checksOf(found),
    allows: found.flatMap(({ item, place, frame }) => (item.kind === "allow" ? [allowOf(item, place, frame)] : [])),
    asserts: found.flatMap(({ item, place, frame }) => (item.kind === "assert" ? [assertOf(item, place, frame)] : [])),
  }
}

/** The fields of a network, by the same rules. */
export function fieldSlots(
  schema: Schema,
  place: Inner,
  items: readonly tree.Item[],
  frame: Frame,
): ReadonlyMap<string, SlotPlan> {
  const found: Found[] = []
  collect({ place, items }, 0, { level: 0 }, frame, found, null)
  return slotsOf(found, schema)
}

/** Whether all things of a declaration have one layout. */
export function hasOneLayout(levels: ClassLevels, items: readonly tree.Item[]): boolean {
  return isStatic(items) && levels.every((level) => isStatic(level.items))
}

export function assertOf(item: tree.Assert, place: Place, frame: FrameOf): AssertPlan {
  const plan = keptOf(place, item, () => makeAssert(item, place, frame))
  return "level" in frame ? plan : { ...plan, frame }
}

function makeAssert(item: tree.Assert, place: Place, frame: FrameOf): AssertPlan {
  return {
    condition: compile(place, item.condition),
    message: item.message === undefined ? null : compile(place, item.message),
    drawing: memo(() => drawingOf(place, item.condition)),
    frame,
    span: spanOf(place.unit, item.condition),
  }
}

/** All items of a body; those of an `if` that is taken and of each turn of a `for`, in their own frames. */
function collect(
  body: { readonly place: Inner; readonly items: readonly tree.Item[] },
  level: number,
  frame: FrameOf,
  actual: Frame | null,
  found: Found[],
  addition: Addition | null,
): void {
  const { place } = body
  for (const item of body.items) {
    const visit = (items: readonly tree.Item[], inner: Inner, inner_frame: Frame) =>
      collect({ place: inner, items }, level, { frame: inner_frame }, inner_frame, found, addition)
    if (item.kind === "if" && actual !== null) visitIf(place, item, actual, visit)
    else if (item.kind === "for" && actual !== null) visitFor(place, item, actual, visit)
    else if (item.kind === "match" && actual !== null) visitMatch(place, item, actual, visit)
    else found.push({ item, place, frame, level, addition })
  }
}

function slotsOf(found: readonly Found[], schema: Schema): ReadonlyMap<string, SlotPlan> {
  const entries = new Map<string, Entry[]>()
  const types = new Map<string, Type>()
  for (const [name, field] of schema) if (field.set !== "never") types.set(name, field.type)
  for (const { item, place, frame } of found) {
    if (item.kind !== "param") continue
    const { text } = item.name
    types.set(text, place.evaluation.types.declared.get(item.type) ?? { kind: "unknown" })
    entries.set(text, item.value === undefined ? [] : [entryOf("=", item.value, types.get(text)!, place, frame)])
  }
  const given_at = new Map<string, Span>()
  for (const { item, place, frame, level, addition } of found) {
    if (item.kind === "output") addOutput(entries, types, item, place, frame)
    if (item.kind !== "field") continue
    const type = types.get(item.name.text)
    if (type === undefined || isGivenTwice(given_at, item, place, level)) continue
    const made = entryOf(item.operator, item.value, type, place, frame)
    const entry = addition === null ? made : { ...made, isAdded: true }
    const before = item.operator === "=" ? [] : (entries.get(item.name.text) ?? [])
    entries.set(item.name.text, [...before, entry])
  }
  let size = 0
  const slots = new Map<string, SlotPlan>()
  for (const [name, type] of types) {
    const given = entries.get(name) ?? []
    const [first] = given
    const is_shared = first === undefined || (given.length === 1 && first.code.reach > 0)
    const make = () => slotOf(schema, name, type, given, is_shared ? -1 : size++)
    slots.set(name, is_shared && first !== undefined ? oncePer(first, make) : make())
  }
  return slots
}

function slotOf(schema: Schema, name: string, type: Type, entries: readonly Entry[], index: number): SlotPlan {
  const depth = entries.reduce((total, entry) => total + entry.code.depth, 2)
  const shared = { at: null, value: undefined }
  return { name, type, entries, default: schema.get(name)?.default, index, depth, shared }
}

const shared_slots = new WeakMap<Entry, SlotPlan>()

/** The declarations of a class share what it alone says of a field, and with that its value. */
function oncePer(entry: Entry, make: () => SlotPlan): SlotPlan {
  const known = shared_slots.get(entry)
  if (known !== undefined) return known
  const made = make()
  shared_slots.set(entry, made)
  return made
}

/** What one body gives twice is found by types, but for what a `for` or two conditions give. */
function isGivenTwice(given_at: Map<string, Span>, item: tree.Field, place: Place, level: number): boolean {
  if (item.operator === "+=") return false
  const key = `${level} ${item.name.text}`
  const span = spanOf(place.unit, item.name)
  const first = given_at.get(key)
  given_at.set(key, span)
  if (first === undefined) return false
  fail(place.evaluation, "A0714", span, `\`${item.name.text}\` is given more than once`, {
    related: first.start === span.start ? [] : [{ message: "here too", span: first }],
    hint: "`=` replaces, so only one may stand in a body; `+=` adds",
  })
  return true
}

/** An output of a class is read as a field is, and nobody can set it. */
function addOutput(
  entries: Map<string, Entry[]>,
  types: Map<string, Type>,
  item: tree.Output,
  place: Place,
  frame: FrameOf,
): void {
  const { declared, of } = place.evaluation.types
  const said = item.type === undefined ? undefined : declared.get(item.type)
  const type = said ?? of.get(item.value) ?? { kind: "unknown" }
  types.set(item.name.text, type)
  entries.set(item.name.text, [entryOf("=", item.value, type, place, frame)])
}

function entryOf(
  operator: tree.Operator,
  expression: tree.Expression,
  type: Type,
  place: Place,
  frame: FrameOf,
): Entry {
  const entry = keptOf(place, expression, () => makeEntry(operator, expression, type, place, frame))
  return "level" in frame ? entry : { ...entry, frame }
}

/** `+=` adds a part, so the length that a list must have is not that of what is added. */
function makeEntry(
  operator: tree.Operator,
  expression: tree.Expression,
  type: Type,
  place: Place,
  frame: FrameOf,
): Entry {
  const bare = type.kind === "optional" ? type.of : type
  const wanted = operator === "+=" && bare.kind === "list" ? { ...bare, bounds: open } : type
  const tracer = memo(() => tracerOf(place, expression))
  return {
    operator,
    code: compileAs(place, expression, wanted),
    frame,
    span: spanOf(place.unit, expression),
    trace: (at) => tracer()(at),
    written: { place, expression },
    isAdded: false,
  }
}

function addNeed(needs: Map<string, NeedPlan>, item: tree.Needs, place: Place, met: NeedPlan["met"]): void {
  const service = neededService(item, place)
  if (service !== null) needs.set(item.name.text, { item, service, unit: place.unit, met })
}

/** The service that a need is of; null where that was reported. */
export function neededService(item: tree.Needs, place: Place): ServiceSymbol | null {
  let type = item.type
  while (type.kind === "optional-type" || type.kind === "list-type" || type.kind === "ranged-type") type = type.of
  if (type.kind !== "named-type") return null
  const service = place.evaluation.bindings.uses.get(type.path.at(-1)!)
  return service?.kind === "service" ? service : null
}

/** What `every` adds, without what is there already, which is reported at both ends. */
function withoutTwins(own: readonly Found[], added: readonly Found[]): readonly Found[] {
  const taken = new Map<string, Found>()
  for (const found of own) {
    const name = nameOf(found.item)
    if (name !== null) taken.set(name, found)
  }
  return added.filter((found) => {
    const name = nameOf(found.item)
    const twin = name === null ? undefined : taken.get(name)
    if (name === null) return true
    if (twin === undefined) {
      taken.set(name, found)
      return true
    }
    fail(found.place.evaluation, "A0723", spanOfName(found), `there is a ${name} already, and \`every\` only adds`, {
      related: [{ message: `${name} is here`, span: spanOfName(twin) }],
      hint: `leave those out that have one, with \`where\`, or take another name`,
    })
    return false
  })
}

/** The name of what may stand in a body only once beside what is inherited; null for all else. */
function nameOf(item: tree.Item): string | null {
  switch (item.kind) {
    case "needs":
    case "provides":
    case "param":
    case "output":
      return item.name.text
    case "check":
      return `check ${JSON.stringify(item.title.parts.filter((part) => typeof part === "string").join(""))}`
    default:
      return null
  }
}

function spanOfName({ item, place }: Found): Span {
  if (item.kind === "check") return spanOf(place.unit, item.title)
  return spanOf(place.unit, "name" in item && item.name !== undefined ? item.name : item)
}

function addProvided(provides: Map<string, ProvidePlan>, item: tree.Provides, place: Place, frame: FrameOf): void {
  const service = place.evaluation.bindings.uses.get(item.service.path.at(-1)!)
  if (service?.kind !== "service") return
  const plan = () => ({ item, service, unit: place.unit, fields: contractFields(item, service, place, frame) })
  provides.set(item.name.text, "level" in frame ? keptOf(place, item, plan) : plan())
}

function contractFields(
  item: tree.Provides,
  service: ServiceSymbol,
  place: Place,
  frame: FrameOf,
): ReadonlyMap<string, ProvidedField> {
  const { evaluation } = place
  const given = new Map(
    (item.body?.items ?? []).flatMap((field) => (field.kind === "field" ? [[field.name.text, field]] : [])),
  )
  const contract: Place = { evaluation, unit: service.unit, scope: null }
  const fields = new Map<string, ProvidedField>()
  for (const field of service.declaration.type.fields) {
    const type = evaluation.types.declared.get(field.type) ?? { kind: "unknown" }
    const said = given.get(field.name.text)
    const entry =
      said !== undefined
        ? entryOf("=", said.value, type, place, frame)
        : field.value === undefined
          ? null
          : entryOf("=", field.value, type, contract, frame)
    fields.set(field.name.text, { type, entry })
  }
  return fields
}

function picksOf(found: readonly Found[], needs: ReadonlyMap<string, NeedPlan>): ReadonlyMap<string, Entry> {
  const picks = new Map<string, Entry>()
  for (const { item, place, frame } of found) {
    if (item.kind !== "field" || !needs.has(item.name.text)) continue
    picks.set(item.name.text, entryOf("=", item.value, { kind: "unknown" }, place, frame))
  }
  return picks
}

/** A check of the same name replaces the one before. */
function checksOf(found: readonly Found[]): Layout["checks"] {
  const checks = new Map<string, Layout["checks"][number]>()
  for (const { item, place, frame } of found) {
    if (item.kind !== "check") continue
    const title = item.title.parts.filter((part) => typeof part === "string").join("")
    checks.set(title, { title, entry: entryOf("=", item.value, { kind: "probe" }, place, frame) })
  }
  return [...checks.values()]
}

function allowOf(item: tree.Allow, place: Place, frame: FrameOf): AllowPlan {
  const plan = keptOf(place, item, () => makeAllow(item, place, frame))
  return "level" in frame ? plan : { ...plan, frame }
}

function makeAllow(item: tree.Allow, place: Place, frame: FrameOf): AllowPlan {
  return {
    from: compile(place, item.from),
    to: compile(place, item.to),
    ports: compile(place, item.ports),
    frame,
    span: spanOf(place.unit, item),
  }
}
