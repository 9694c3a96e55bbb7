import type { Span } from "../text/source.ts"
import type { FieldType, Type } from "./type.ts"

/**
 * What keeps a value from places that show or decide something: that it holds a secret, that it is known only while applying. Each
 * with the place that says so; null for what is late by the tables of built-ins. Both are of single values: a list of secrets has a
 * length, and a map of them has public keys.
 */
export type Taint = {
  readonly secret?: { readonly from: Span | null }
  readonly late?: { readonly from: Span | null }
}

/** The taint of a value itself, not of its parts; that it may be null is not part of it. Null: none. */
export function taintOf(type: Type): Taint | null {
  if (type.kind === "optional") return taintOf(type.of)
  if (type.kind === "secret") return { ...taintOf(type.of), secret: { from: type.from } }
  return type.kind === "late" ? { late: { from: type.from } } : null
}

/** The taint of a value and of all its parts; of each kind the first that is found. */
export function taintWithin(type: Type): Taint | null {
  switch (type.kind) {
    case "secret":
    case "late":
    case "optional":
      return both(taintOf(type), type.kind === "optional" ? taintWithin(type.of) : null)
    case "list":
      return taintWithin(type.of)
    case "map":
      return taintWithin(type.value)
    case "either":
      return all(type.of)
    case "record":
      return all([...type.fields.values()].map((field) => field.type))
    case "union":
      return all(type.variants)
    default:
      return null
  }
}

/** Both taints together; the place of the first one stands. */
export function both(left: Taint | null, right: Taint | null): Taint | null {
  if (left === null) return right
  return right === null ? left : { ...right, ...left }
}

/** The type of the value without its own taint; parts keep theirs. */
export function bareOf(type: Type): Type {
  if (type.kind === "optional") {
    const of = bareOf(type.of)
    return of === type.of ? type : { kind: "optional", of }
  }
  return type.kind === "secret" || type.kind === "late" ? bareOf(type.of) : type
}

/** The type without any taint, of parts neither. */
export function purged(type: Type): Type {
  switch (type.kind) {
    case "secret":
    case "late":
      return purged(type.of)
    case "optional":
      return { kind: "optional", of: purged(type.of) }
    case "list":
      return { ...type, of: purged(type.of) }
    case "map":
      return { ...type, value: purged(type.value) }
    case "either":
      return { kind: "either", of: type.of.map(purged) }
    case "record":
      return { ...type, fields: new Map([...type.fields].map(([name, field]) => [name, purgedField(field)])) }
    default:
      return type
  }
}

/** The type of the same value with a taint: of a list, map or record that of its parts, of what may be null that of what is there. */
export function withTaint(type: Type, taint: Taint | null): Type {
  if (taint === null) return type
  switch (type.kind) {
    case "unknown":
    case "null":
      return type
    case "optional":
      return { kind: "optional", of: withTaint(type.of, taint) }
    case "list":
      return { ...type, of: withTaint(type.of, taint) }
    case "map":
      return { ...type, value: withTaint(type.value, taint) }
    case "record":
      return {
        ...type,
        fields: new Map(
          [...type.fields].map(([name, field]) => [name, { ...field, type: withTaint(field.type, taint) }]),
        ),
      }
    default:
      return wrapped(type, taint)
  }
}

/** Secret outside, late inside, each once: one order, so that equal types look the same. */
function wrapped(type: Type, taint: Taint): Type {
  const whole = both(taintOf(type), taint)!
  const plain = bareOf(type)
  const late: Type = whole.late === undefined ? plain : { kind: "late", of: plain, from: whole.late.from }
  return whole.secret === undefined ? late : { kind: "secret", of: late, from: whole.secret.from }
}

function all(types: readonly Type[]): Taint | null {
  return types.map(taintWithin).reduce(both, null)
}

function purgedField(field: FieldType): FieldType {
  return { ...field, type: purged(field.type) }
}
