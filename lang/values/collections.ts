import type * as tree from "../syntax/tree.ts"
import type { RecordTypeOf, Type } from "../types/type.ts"
import { conformerOf } from "./conform.ts"
import { compile, compileAs, countThings, defaultOf } from "./expressions.ts"
import {
  type Code,
  code,
  type Frame,
  fail,
  makeFrame,
  makeScope,
  outerReach,
  type Place,
  type Scope,
  spanOf,
  step,
} from "./frame.ts"
import { armFrame, compileArm } from "./match.ts"
import { display, isList, isObject } from "./show.ts"
import { invalid, type Value } from "./value.ts"

/** Adds what a part of a list, record or map gives; false when something in it failed and was reported. */
type Adder<Target> = { readonly add: (frame: Frame, into: Target) => boolean; readonly code: Code }

/** `[a, if c: b, for x in xs: f]`. */
export function compileList(place: Place, expression: tree.List, type: Type | null): Code {
  const of = type?.kind === "list" ? type.of : null
  const parts = expression.elements.map((element) => compileElement(place, element, of))
  const length = type?.kind === "list" ? conformerOf({ ...type, of: { kind: "unknown" } }, defaultOf) : null
  const where = () => ({ span: spanOf(place.unit, expression) })
  const run: Code["run"] = (frame) => {
    const elements: Value[] = []
    let valid = true
    for (const part of parts) valid = part.add(frame, elements) && valid
    if (!valid) return invalid
    return length === null ? elements : length(elements, place.evaluation, where)
  }
  return code(
    run,
    parts.map((part) => part.code),
  )
}

function compileElement(place: Place, element: tree.Element, of: Type | null): Adder<Value[]> {
  if (element.kind === "element-if") {
    return conditionalAdder(compile(place, element.condition), compileElement(place, element.element, of), null)
  }
  if (element.kind === "element-for") {
    return compileLoop(place, element.head, (inner) => compileElement(inner, element.element, of))
  }
  const value = compileAs(place, element, of)
  const add = (frame: Frame, into: Value[]) => {
    const made = value.run(frame)
    into.push(made)
    return made !== invalid
  }
  return { add, code: value }
}

/** What a record, map or amendment collects: values by name, and where each was written, to tell what is there twice. */
export type Collected = {
  readonly values: Map<string | number, Value>
  /** What was given with `+=`; null while nothing was. */
  plus: Set<string | number> | null
}
export type ItemsPlace = Place & {
  /** The type of a field, or of all values of a map; null: not known. */
  readonly typeOf: (name: string) => Type | null
}

/** `{ a = 1 }`, a record, or a map where one is expected. */
export function compileRecord(place: Place, expression: tree.RecordExpression, type: Type | null): Code {
  const natural = type ?? place.evaluation.types.of.get(expression) ?? null
  const map = natural?.kind === "map" ? natural : null
  const record = natural?.kind === "record" ? natural : null
  const typeOf = (name: string) => map?.value ?? record?.fields.get(name)?.type ?? null
  const items = compileItems({ ...place, typeOf }, expression.items)
  const is_whole = record === null || saysAll(expression.items, record)
  const run: Code["run"] = (frame) => {
    const collected: Collected = { values: new Map(), plus: null }
    if (!items.add(frame, collected)) return invalid
    if (map !== null) return { kind: "map", entries: collected.values }
    const fields = collected.values as Map<string, Value>
    return is_whole ? { kind: "record", tag: null, fields } : finishRecord(place, fields, record)
  }
  return code(run, [items.code])
}

/** Whether a record gives all fields of its type, in their order: then there is nothing to fill in. */
function saysAll(items: readonly tree.Item[], type: RecordTypeOf): boolean {
  const names = [...type.fields.keys()]
  return (
    items.length === names.length &&
    items.every((item, index) => item.kind === "field" && item.name.text === names[index])
  )
}

/** Fills in the fields that are not given; the ones that are have been checked where they stand. */
export function finishRecord(place: Place, given: Map<string, Value>, type: RecordTypeOf | null): Value {
  if (type === null) return { kind: "record", tag: null, fields: given }
  const fields = new Map<string, Value>()
  for (const name of type.fields.keys()) {
    const value = given.get(name) ?? (given.has(name) ? null : defaultOf(place.evaluation, type, name))
    if (value === invalid) return invalid
    fields.set(name, value)
  }
  return { kind: "record", tag: null, fields }
}

/** The items of a record, map or amendment, in order: fields, entries, `if` and `for`. */
export function compileItems(place: ItemsPlace, items: readonly tree.Item[]): Adder<Collected> {
  const parts = items.map((item) => compileItem(place, item)).filter((part) => part !== null)
  const add = (frame: Frame, into: Collected) => {
    let valid = true
    for (const part of parts) valid = part.add(frame, into) && valid
    return valid
  }
  return {
    add,
    code: code(
      () => null,
      parts.map((part) => part.code),
    ),
  }
}

function compileItem(place: ItemsPlace, item: tree.Item): Adder<Collected> | null {
  switch (item.kind) {
    case "field":
      return compileEntry(place, item, item.name, item.name.text)
    case "entry": {
      const [key] = item.key.parts
      if (item.key.parts.length === 1 && typeof key === "string") return compileEntry(place, item, item.key, key)
      return computedEntry(place, item.key, compile(place, item.key), item.value)
    }
    case "map-for":
      return compileLoop(place, item.head, (inner) =>
        computedEntry({ ...place, ...inner }, item.key, compile(inner, item.key), item.value),
      )
    case "for":
      return compileLoop(place, item.head, (inner) => compileItems({ ...place, ...inner }, item.body.items))
    case "if":
      return compileIf(place, item)
    case "match":
      return compileMatchItems(place, item)
    default:
      return null
  }
}

function compileIf(place: ItemsPlace, item: tree.IfItem): Adder<Collected> {
  const otherwise =
    item.else === undefined
      ? null
      : item.else.kind === "if"
        ? compileIf(place, item.else)
        : compileItems(place, item.else.items)
  return conditionalAdder(compile(place, item.condition), compileItems(place, item.then.items), otherwise)
}

function compileMatchItems(place: ItemsPlace, item: tree.MatchItem): Adder<Collected> {
  const value = compile(place, item.value)
  const arms = item.arms.map((arm) => {
    const made = compileArm(place, arm.pattern)
    return { ...made, items: compileItems({ ...place, ...made.inner }, arm.body.items) }
  })
  const add = (frame: Frame, into: Collected) => {
    const given = value.run(frame)
    if (given === invalid) return false
    const arm = arms.find((candidate) => candidate.takes(given, frame))
    return arm === undefined || arm.items.add(armFrame(arm.inner.scope, frame, given), into)
  }
  const parts = arms.map((arm): Code => ({ ...arm.items.code, reach: outerReach(arm.items.code.reach) }))
  return { add, code: code(() => null, [value, ...parts]) }
}

function compileEntry(
  place: ItemsPlace,
  item: tree.Field | tree.Entry,
  at: tree.Spanned,
  key: string,
): Adder<Collected> {
  const value = compileAs(place, item.value, place.typeOf(key))
  const add = (frame: Frame, into: Collected) => {
    if (item.operator === "+=") {
      into.plus ??= new Set()
      into.plus.add(key)
    }
    return addEntry(place, at, into, key, value.run(frame))
  }
  return { add, code: value }
}

function computedEntry(
  place: ItemsPlace,
  at: tree.Spanned,
  key_code: Code,
  expression: tree.Expression,
): Adder<Collected> {
  const value = compileAs(place, expression, place.typeOf(""))
  const add = (frame: Frame, into: Collected) => {
    const key = key_code.run(frame)
    if (typeof key !== "string" && typeof key !== "number") return false
    return addEntry(place, at, into, key, value.run(frame))
  }
  return { add, code: code(() => null, [key_code, value]) }
}

function addEntry(place: Place, at: tree.Spanned, into: Collected, key: string | number, value: Value): boolean {
  if (into.values.has(key)) {
    fail(place.evaluation, "A0714", spanOf(place.unit, at), `${display(key)} is there twice`)
    return false
  }
  into.values.set(key, value)
  return value !== invalid
}

function conditionalAdder<Target>(
  condition: Code,
  when_true: Adder<Target>,
  when_false: Adder<Target> | null,
): Adder<Target> {
  const add = (frame: Frame, into: Target) => {
    const chosen = condition.run(frame)
    if (chosen === invalid) return false
    const part = chosen === true ? when_true : when_false
    return part === null || part.add(frame, into)
  }
  const codes = [condition, when_true.code, ...(when_false === null ? [] : [when_false.code])]
  return { add, code: code(() => null, codes) }
}

function compileLoop<Target>(
  place: Place,
  head: tree.ForHead,
  compileBody: (inner: Place) => Adder<Target>,
): Adder<Target> {
  const loop = compileHead(place, head)
  const body = compileBody(loop.inner)
  const add = (frame: Frame, into: Target) => {
    let valid = true
    const ended = loop.each(frame, (inner) => {
      // Counted at each turn, so that a list without end is stopped before it fills the memory.
      valid = countThings(place, head, 1) && body.add(inner, into) && valid
    })
    return ended && valid
  }
  const inner: Code = { run: () => null, reach: outerReach(body.code.reach), depth: body.code.depth }
  return { add, code: code(() => null, [loop.code, inner]) }
}

/** The head of a `for`: makes a frame for each turn. `each` gives false when the loop could not be run to its end. */
export type Loop = {
  readonly inner: Place & { readonly scope: Scope }
  readonly each: (frame: Frame, turn: (inner: Frame) => void) => boolean
  /** What it reads of the scope around it. */
  readonly code: Code
}

export function compileHead(place: Place, head: tree.ForHead): Loop {
  const { evaluation, unit } = place
  const over = compile(place, head.in)
  const scope = makeScope(place.scope, false)
  for (const name of head.names) {
    const symbol = evaluation.bindings.declared.get(name)
    const slot = scope.slots++
    if (symbol !== undefined) scope.readers.set(symbol, (frame) => frame.slots[slot] as Value)
  }
  const inner = { ...place, scope }
  const filter = head.filter === undefined ? null : compile(inner, head.filter)
  const span = () => spanOf(unit, head.in)
  const each = (frame: Frame, turn: (inner: Frame) => void): boolean => {
    const value = over.run(frame)
    if (value === invalid) return false
    for (const [key, element] of turnsOf(value)) {
      if (!step(evaluation, span)) return false
      const made = makeFrame(scope, frame, null)
      if (head.names.length > 1) made.slots[0] = key
      made.slots[head.names.length - 1] = element
      const wanted = filter === null ? true : filter.run(made)
      if (wanted === invalid) return false
      if (wanted === true) turn(made)
    }
    return true
  }
  const reach = filter === null ? Number.POSITIVE_INFINITY : outerReach(filter.reach)
  const filter_code: Code = { run: () => null, reach, depth: filter?.depth ?? 0 }
  return { inner, each, code: code(() => null, [over, filter_code]) }
}

/** What a loop goes over: positions and elements of a list, keys and values of a map, the numbers or addresses of a range. */
function* turnsOf(value: Value): Iterable<readonly [Value, Value]> {
  if (isList(value)) yield* value.entries()
  else if (isObject(value) && value.kind === "map") yield* value.entries
  else if (isObject(value) && value.kind === "record") yield* value.fields
  else if (isObject(value) && value.kind === "range") {
    for (let at = value.from; at <= value.to; at++) {
      yield [at - value.from, value.of === "int" ? at : { kind: "ip", address: at }]
    }
  }
}
