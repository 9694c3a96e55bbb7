import type { Diagnostic } from "../report/diagnostic.ts"
import type { Span } from "../text/source.ts"
import type { Bounds, QuantityKind, RecordTypeOf, Type } from "../types/type.ts"
import { formProblem } from "./forms.ts"
import { type Evaluation, fail } from "./frame.ts"
import { patternOf } from "./patterns.ts"
import { display, isList, isObject } from "./show.ts"
import { invalid, type RecordValue, type Value } from "./value.ts"

/** Makes a value one of a type, or reports why it is none. The place is asked for only when there is something to report. */
export type Conformer = (value: Value, evaluation: Evaluation, where: () => Where) => Value
/** Where a value stands, and other places that matter. */
export type Where = { readonly span: Span; readonly related?: Diagnostic["related"] }

/** The value of a record's field that is not given; made by the evaluator, since defaults are expressions. */
export type DefaultOf = (evaluation: Evaluation, record: RecordTypeOf, field: string) => Value

/**
 * What is left to check and convert when an expression of the right type has its value: the form, pattern and length of a text,
 * the range of a computed number, the length of a list, the defaults of a record. Null: nothing, as for most types.
 */
export function conformerOf(type: Type, defaultOf: DefaultOf): Conformer | null {
  const known = conformers.get(type)
  if (known !== undefined) return known
  // A type that contains itself needs an entry before its parts are looked at.
  conformers.set(type, (value, evaluation, where) => conformerOf(type, defaultOf)?.(value, evaluation, where) ?? value)
  const made = makeConformer(type, defaultOf)
  conformers.set(type, made)
  return made
}
const conformers = new WeakMap<Type, Conformer | null>()

/** A range as a type writes it. */
export function showBounds(bounds: Bounds, of: QuantityKind | null): string {
  const end = (amount: number | null) =>
    amount === null ? "" : of === null ? String(amount) : display({ kind: "quantity", of, amount })
  return `${end(bounds.least)}..${end(bounds.most)}`
}

function makeConformer(type: Type, defaultOf: DefaultOf): Conformer | null {
  switch (type.kind) {
    case "int":
    case "float":
      return isOpen(type.bounds) ? null : numberIn(type.bounds)
    case "quantity":
      return quantityIn(type.of, type.bounds)
    case "port":
      return isOpen(type.bounds) ? null : portIn(type.bounds)
    case "text":
      return textOf(type)
    // What is not known yet is of its type, or the checker would have said so; what is known already is looked at.
    case "late":
    case "secret":
      return conformerOf(type.of, defaultOf)
    case "optional": {
      const inner = conformerOf(type.of, defaultOf)
      return inner === null
        ? null
        : (value, evaluation, where) => (value === null ? null : inner(value, evaluation, where))
    }
    case "list":
      return listOf(type, defaultOf)
    case "map":
      return mapOf(conformerOf(type.value, defaultOf))
    case "record":
      return recordOf(type, defaultOf)
    case "union":
      return unionOf(type.variants, defaultOf)
    default:
      return null
  }
}

function numberIn(bounds: Bounds): Conformer {
  return (value, evaluation, where) =>
    typeof value !== "number" || inside(bounds, value)
      ? value
      : outOfRange(evaluation, where, display(value), bounds, null)
}

/** A number stands for that many cpus; every other quantity is written with its unit. */
function quantityIn(of: QuantityKind, bounds: Bounds): Conformer | null {
  if (of !== "cpus" && isOpen(bounds)) return null
  return (given, evaluation, where) => {
    const value: Value = typeof given === "number" ? { kind: "quantity", of, amount: given } : given
    if (!isObject(value) || value.kind !== "quantity" || inside(bounds, value.amount)) return value
    return outOfRange(evaluation, where, display(value), bounds, of)
  }
}

function portIn(bounds: Bounds): Conformer {
  return (value, evaluation, where) => {
    if (!isObject(value) || value.kind !== "port") return value
    if (inside(bounds, value.from) && inside(bounds, value.to)) return value
    return outOfRange(evaluation, where, display(value), bounds, null)
  }
}

function textOf(type: Type & { kind: "text" }): Conformer | null {
  const { form, pattern, bounds } = type
  if (form === null && pattern === null && isOpen(bounds)) return null
  return (value, evaluation, where) => {
    if (typeof value !== "string") return value
    if (!isOpen(bounds) && !inside(bounds, [...value].length)) {
      return outOfRange(evaluation, where, `${[...value].length} characters`, bounds, null)
    }
    const wanted = form === null ? null : formProblem(form, value)
    if (wanted !== null) {
      const { span, related } = where()
      return fail(evaluation, "A0705", span, `${display(value)} is no ${form}`, {
        label: display(value),
        related,
        hint: `it is ${wanted}`,
      })
    }
    const matches = pattern === null ? null : patternOf(pattern)
    if (typeof matches !== "function" || matches(value)) return value
    const { span, related } = where()
    return fail(evaluation, "A0706", span, `${display(value)} does not match /${pattern}/`, {
      label: display(value),
      related,
    })
  }
}

function listOf(type: Type & { kind: "list" }, defaultOf: DefaultOf): Conformer | null {
  const inner = conformerOf(type.of, defaultOf)
  if (inner === null && isOpen(type.bounds)) return null
  return (value, evaluation, where) => {
    if (!isList(value)) return value
    if (!inside(type.bounds, value.length)) {
      const what = `${value.length} element${value.length === 1 ? "" : "s"}`
      return outOfRange(evaluation, where, what, type.bounds, null)
    }
    if (inner === null) return value
    const elements = value.map((element) => inner(element, evaluation, where))
    if (elements.includes(invalid)) return invalid
    return elements.every((element, index) => element === value[index]) ? value : elements
  }
}

function mapOf(inner: Conformer | null): Conformer | null {
  if (inner === null) return null
  return (value, evaluation, where) => {
    if (!isObject(value) || value.kind !== "map") return value
    const entries = new Map<string | number, Value>()
    let same = true
    for (const [key, entry] of value.entries) {
      const made = inner(entry, evaluation, where)
      if (made === invalid) return invalid
      same &&= made === entry
      entries.set(key, made)
    }
    return same ? value : { kind: "map", entries }
  }
}

function recordOf(type: RecordTypeOf, defaultOf: DefaultOf): Conformer {
  return (value, evaluation, where) => {
    if (!isObject(value) || value.kind !== "record") return value
    return completeRecord(type, value, defaultOf, evaluation, where)
  }
}

function unionOf(variants: readonly RecordTypeOf[], defaultOf: DefaultOf): Conformer {
  return (value, evaluation, where) => {
    if (!isObject(value) || value.kind !== "record") return value
    const variant = variants.find((candidate) => candidate.name === value.tag)
    return variant === undefined ? value : completeRecord(variant, value, defaultOf, evaluation, where)
  }
}

/**
 * The record with its fields in the order of the type, each conformed, and those that are not given by their defaults. One that is so
 * already is given back as it is: where it was read from is known of that very value.
 */
function completeRecord(
  type: RecordTypeOf,
  value: RecordValue,
  defaultOf: DefaultOf,
  evaluation: Evaluation,
  where: () => Where,
): Value {
  const fields = new Map<string, Value>()
  const order = value.fields.keys()
  let same = value.fields.size === type.fields.size
  for (const [name, field] of type.fields) {
    const given = value.fields.get(name)
    const conform = conformerOf(field.type, defaultOf)
    const made =
      given === undefined
        ? defaultOf(evaluation, type, name)
        : conform === null
          ? given
          : conform(given, evaluation, where)
    if (made === invalid) return invalid
    same &&= made === given && order.next().value === name
    fields.set(name, made)
  }
  return same ? value : { kind: "record", tag: value.tag, fields }
}

function outOfRange(
  evaluation: Evaluation,
  where: () => Where,
  what: string,
  bounds: Bounds,
  of: QuantityKind | null,
): Value {
  const { span, related } = where()
  return fail(
    evaluation,
    "A0301",
    span,
    `${what} ${what.endsWith(" elements") ? "are" : "is"} outside ${showBounds(bounds, of)}`,
    { label: what, related },
  )
}
function isOpen(bounds: Bounds): boolean {
  return bounds.least === null && bounds.most === null
}

function inside(bounds: Bounds, amount: number): boolean {
  return (bounds.least === null || amount >= bounds.least) && (bounds.most === null || amount <= bounds.most)
}
