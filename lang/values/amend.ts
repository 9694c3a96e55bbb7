import type * as tree from "../syntax/tree.ts"
import { checkSchema, hostSchema, imageSchema } from "../types/schema.ts"
import type { RecordTypeOf, Type } from "../types/type.ts"
import { arithmetic, isFailure } from "./arithmetic.ts"
import { compileClusterAmend } from "./clusters.ts"
import { type Collected, compileItems, finishRecord } from "./collections.ts"
import { compile } from "./expressions.ts"
import { type Code, code, fail, type Place, spanOf } from "./frame.ts"
import { describe, isList, isObject } from "./show.ts"
import { invalid, type ProbeValue, type Value } from "./value.ts"

/** `value { field = new, list += [more] }`: a copy with changes; on the name of a variant, a new value of it. */
export function compileAmend(place: Place, expression: tree.Amend, type: Type | null): Code {
  const { bindings, types } = place.evaluation
  const natural = types.of.get(expression) ?? type
  const symbol = expression.of.kind === "name" ? bindings.uses.get(expression.of) : undefined
  if (symbol?.kind === "variant") return compileVariant(place, expression, symbol.name, natural)
  if (natural?.kind === "compiled") return compileClusterAmend(place, expression, natural.cluster)
  const of = compile(place, expression.of)
  const items = compileItems({ ...place, typeOf: (name) => fieldType(natural, name) }, expression.body.items)
  const run: Code["run"] = (frame) => {
    const value = of.run(frame)
    const changes: Collected = { values: new Map(), plus: null }
    if (value === invalid || !items.add(frame, changes)) return invalid
    return amend(place, expression, value, changes)
  }
  return code(run, [of, items.code])
}

function compileVariant(place: Place, expression: tree.Amend, tag: string, type: Type | null): Code {
  const variants = type?.kind === "union" ? type.variants : type?.kind === "record" ? [type] : []
  const variant: RecordTypeOf | null = variants.find((candidate) => candidate.name === tag) ?? null
  const typeOf = (name: string) => variant?.fields.get(name)?.type ?? null
  const items = compileItems({ ...place, typeOf }, expression.body.items)
  const run: Code["run"] = (frame) => {
    const given: Collected = { values: new Map(), plus: null }
    if (!items.add(frame, given)) return invalid
    const record = finishRecord(place, given.values as Map<string, Value>, variant)
    return isObject(record) && record.kind === "record" ? { ...record, tag } : record
  }
  return code(run, [items.code])
}

function fieldType(type: Type | null, name: string): Type | null {
  switch (type?.kind) {
    case "optional":
      return fieldType(type.of, name)
    case "record":
      return type.fields.get(name)?.type ?? null
    case "map":
      return type.value
    case "image":
      return imageSchema.get(name)?.type ?? null
    case "probe":
      return checkSchema.get(name)?.type ?? null
    case "connection":
      return hostSchema.get(name)?.type ?? null
    default:
      return null
  }
}

function amend(place: Place, expression: tree.Amend, value: Value, changes: Collected): Value {
  if (!isObject(value)) return cannot(place, expression, value)
  const change = (before: ReadonlyMap<string | number, Value>) => merge(place, expression, before, changes)
  switch (value.kind) {
    case "record": {
      const fields = change(value.fields)
      return fields === null ? invalid : { ...value, fields: fields as Map<string, Value> }
    }
    case "map": {
      const entries = change(value.entries)
      return entries === null ? invalid : { kind: "map", entries }
    }
    case "image": {
      const fields = change(new Map([["packages", value.packages]]))
      return fields === null ? invalid : { ...value, packages: fields.get("packages") as readonly string[] }
    }
    case "connection": {
      const fields = change(
        new Map<string, Value>([
          ["capacity", { kind: "record", tag: null, fields: value.capacity }],
          ["labels", { kind: "map", entries: value.labels }],
        ]),
      )
      if (fields === null) return invalid
      return { ...value, capacity: fieldsOf(fields.get("capacity")), labels: fieldsOf(fields.get("labels")) }
    }
    case "probe":
      return amendProbe(value, change)
    default:
      return cannot(place, expression, value)
  }
}

function amendProbe(
  value: ProbeValue,
  change: (before: Map<string, Value>) => Map<string | number, Value> | null,
): Value {
  const fields = change(
    new Map(Object.entries(value.times).map(([name, amount]) => [name.replace("_ms", ""), milliseconds(amount)])),
  )
  if (fields === null) return invalid
  const amount = (name: string) => {
    const given = fields.get(name)!
    return isObject(given) && given.kind === "quantity" ? given.amount : 0
  }
  return {
    ...value,
    times: { every_ms: amount("every"), timeout_ms: amount("timeout"), within_ms: amount("within") },
  }
}

function milliseconds(amount: number): Value {
  return { kind: "quantity", of: "duration", amount }
}

/** The fields of a record or entries of a map, without those that say nothing. */
export function fieldsOf(value: Value | undefined): ReadonlyMap<string, Value> {
  if (!isObject(value)) return new Map()
  const fields =
    value.kind === "record" ? value.fields : value.kind === "map" ? value.entries : new Map<string, Value>()
  return new Map([...fields].filter(([, field]) => field !== null).map(([name, field]) => [String(name), field]))
}

/** `=` replaces, `+=` adds to what is there. Null: something could not be added, which was reported. */
function merge(
  place: Place,
  expression: tree.Amend,
  before: ReadonlyMap<string | number, Value>,
  changes: Collected,
): Map<string | number, Value> | null {
  const merged = new Map(before)
  for (const [name, value] of changes.values) {
    if (changes.plus?.has(name) !== true) {
      merged.set(name, value)
      continue
    }
    const sum = addTo(merged.get(name) ?? null, value)
    if (sum === null) {
      fail(place.evaluation, "A0718", spanOf(place.unit, expression), `nothing can be added to \`${name}\``)
      return null
    }
    merged.set(name, sum)
  }
  return merged
}

/** What `+=` makes of a value and what is added: longer lists and texts, maps and records with more entries, sums. */
export function addTo(before: Value, more: Value): Value | null {
  if (before === null) return more
  if (isObject(before) && isObject(more)) {
    if (before.kind === "map" && more.kind === "map") {
      return { kind: "map", entries: new Map([...before.entries, ...more.entries]) }
    }
    if (before.kind === "record" && more.kind === "record") {
      return { ...before, fields: new Map([...before.fields, ...more.fields]) }
    }
  }
  const added = isList(before) && !isList(more) ? [...before, more] : arithmetic("+", before, more)
  return isFailure(added) ? null : added
}

function cannot(place: Place, expression: tree.Amend, value: Value): Value {
  return fail(place.evaluation, "A0718", spanOf(place.unit, expression), `${describe(value)} has no fields to change`)
}
