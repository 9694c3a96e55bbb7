import type { ClassSymbol } from "../names/symbol.ts"
import { floatType, optional, textType } from "./build.ts"
import { bareOf, both, taintOf, withTaint } from "./taint.ts"
import type { Bounds, RecordTypeOf, Type } from "./type.ts"

/** The class that each class specialises. */
export type Bases = ReadonlyMap<ClassSymbol, ClassSymbol>

/**
 * `subtype`: every value of one type is a value of the other; reflexive and transitive. `check`: also where evaluation has to look at
 * the value: plain text for a form or pattern, a computed number for a range; and where it fills in what a record leaves out.
 */
type Rule = { readonly bases: Bases; readonly by: "subtype" | "check" }

/** Whether every value of `from` is a value of `to`. Patterns only when they are the same. */
export function isSubtype(from: Type, to: Type, bases: Bases): boolean {
  return relates(from, to, { bases, by: "subtype" })
}

/** Whether a value of type `from` may be given where `to` is declared; the rest is checked when it is evaluated. */
export function isAssignable(from: Type, to: Type, bases: Bases): boolean {
  return relates(from, to, { bases, by: "check" })
}

/** Whether some value could be of both types: what `==` may compare, ranges and forms aside. */
export function isComparable(left: Type, right: Type, bases: Bases): boolean {
  const [one, other] = [withoutRanges(left), withoutRanges(right)]
  if (one.kind === "null" || other.kind === "null") return true
  return isAssignable(one, other, bases) || isAssignable(other, one, bases)
}

/** The smallest type here that holds values of both, or null when they have nothing in common. */
export function join(left: Type, right: Type, bases: Bases): Type | null {
  const isBelow = isSubtype(left, right, bases)
  const isAbove = isSubtype(right, left, bases)
  // Nothing is known of the elements of an empty list: the other side knows more.
  if (isBelow && isAbove) return hasUnknown(right) ? left : right
  if (isBelow) return right
  if (isAbove) return left
  if (left.kind === "null") return optional(right)
  if (right.kind === "null") return optional(left)
  if (left.kind === "optional" || right.kind === "optional") {
    const of = join(bare(left), bare(right), bases)
    return of === null ? null : optional(of)
  }
  const taint = both(taintOf(left), taintOf(right))
  if (taint !== null) {
    const of = join(bareOf(left), bareOf(right), bases)
    return of === null ? null : withTaint(of, taint)
  }
  return joinSame(left, right, bases)
}

/** `T` of `T?`. */
export function bare(type: Type): Type {
  return type.kind === "optional" ? type.of : type
}

/** Bounds that hold both. */
export function joinBounds(left: Bounds, right: Bounds): Bounds {
  const least = left.least === null || right.least === null ? null : Math.min(left.least, right.least)
  const most = left.most === null || right.most === null ? null : Math.max(left.most, right.most)
  return left.computed || right.computed ? { least, most, computed: true } : { least, most }
}

function joinSame(left: Type, right: Type, bases: Bases): Type | null {
  if (isTextual(left) && isTextual(right)) {
    if (left.kind === "enum" && right.kind === "enum") {
      return { kind: "enum", name: null, values: [...new Set([...left.values, ...right.values])] }
    }
    return textType
  }
  if (isNumber(left) && isNumber(right) && left.kind !== right.kind) return floatType
  if (left.kind === "quantity" && right.kind === "quantity" && left.of !== right.of) return null
  if (left.kind === "list" && right.kind === "list") {
    const of = join(left.of, right.of, bases)
    return of === null ? null : { kind: "list", of, bounds: joinBounds(left.bounds, right.bounds) }
  }
  if (left.kind === "appliance" && right.kind === "appliance") return { kind: "appliance", class: null }
  if (left.kind === "service" && right.kind === "service") return { kind: "service", service: null }
  if (left.kind === "union" && right.kind === "union" && left.name === right.name) {
    const added = right.variants.filter((variant) => !left.variants.some((own) => own.name === variant.name))
    return { ...left, variants: [...left.variants, ...added] }
  }
  if (left.kind === right.kind && "bounds" in left && "bounds" in right) {
    return { ...left, bounds: joinBounds(left.bounds, right.bounds) } as Type
  }
  return null
}

function hasUnknown(type: Type): boolean {
  switch (type.kind) {
    case "unknown":
      return true
    case "list":
    case "optional":
      return hasUnknown(type.of)
    case "map":
      return hasUnknown(type.value)
    case "record":
      return type.name === null && [...type.fields.values()].some((field) => hasUnknown(field.type))
    default:
      return false
  }
}

function relates(from: Type, to: Type, rule: Rule): boolean {
  if (from === to || from.kind === "unknown" || to.kind === "unknown") return true
  if (from.kind === "either") return from.of.every((type) => relates(type, to, rule))
  if (from.kind === "null") return to.kind === "optional" || to.kind === "null" || alternative(from, to, rule)
  if (from.kind === "optional") {
    if (to.kind === "optional") return relates(from.of, to.of, rule)
    return alternative(from, to, rule)
  }
  if (to.kind === "optional") return relates(from, to.of, rule)
  if (to.kind === "either") return alternative(from, to, rule)
  if (to.kind === "secret" || to.kind === "late") return relatesTainted(from, to, rule)
  return relatesPlain(from, to, rule)
}

function alternative(from: Type, to: Type, rule: Rule): boolean {
  return to.kind === "either" && to.of.some((type) => relates(from, type, rule))
}

function relatesPlain(from: Type, to: Type, rule: Rule): boolean {
  switch (to.kind) {
    case "int":
      return from.kind === "int" && within(from.bounds, to.bounds, rule)
    case "float":
      return isNumber(from) && within(from.bounds, to.bounds, rule)
    case "quantity":
      if (to.of === "cpus" && isNumber(from)) return within(from.bounds, to.bounds, rule)
      return from.kind === "quantity" && from.of === to.of && within(from.bounds, to.bounds, rule)
    case "port":
      return from.kind === "port" && within(from.bounds, to.bounds, rule)
    case "port-range":
      return from.kind === "port" || from.kind === "port-range"
    case "text":
      return relatesText(from, to, rule)
    case "enum":
      return from.kind === "enum" && from.values.every((value) => to.values.includes(value))
    case "content":
      return from.kind === "content" && from.of === to.of
    case "range":
      return from.kind === "range" && relates(from.of, to.of, rule)
    case "list":
      return from.kind === "list" && relates(from.of, to.of, rule) && within(from.bounds, to.bounds, rule)
    case "map":
      return from.kind === "map" && relates(from.key, to.key, rule) && relates(from.value, to.value, rule)
    case "record":
      return from.kind === "record" && relatesRecord(from, to, rule)
    case "union":
      return (
        from.kind === "union" &&
        from.name === to.name &&
        from.variants.every((variant) => to.variants.some((other) => other.name === variant.name))
      )
    case "appliance":
      return from.kind === "appliance" && (to.class === null || specialises(from.class, to.class, rule.bases))
    case "service":
      return from.kind === "service" && (to.service === null || from.service === to.service)
    case "cluster":
      return from.kind === "cluster" && from.cluster === to.cluster
    case "compiled":
      return from.kind === "compiled" && from.cluster === to.cluster
    default:
      return from.kind === to.kind
  }
}

function relatesText(from: Type, to: Type & { kind: "text" }, rule: Rule): boolean {
  if (from.kind === "enum") {
    if (to.form !== null || to.pattern !== null) return rule.by === "check"
    return from.values.every((value) => within({ least: value.length, most: value.length }, to.bounds, rule))
  }
  if (from.kind !== "text") return false
  const isPlain = from.form === null && from.pattern === null
  if (isPlain && rule.by === "check") return true
  if (to.form !== null && from.form !== to.form) return false
  if (to.pattern !== null && from.pattern !== to.pattern) return false
  return within(from.bounds, to.bounds, rule)
}

/**
 * What anybody may know fits where a secret may stand, and what is known now where it may be known later; never the other way. What
 * is known to nobody while compiling cannot be looked at, so it must be of the type.
 */
function relatesTainted(from: Type, to: Type & { kind: "secret" | "late" }, rule: Rule): boolean {
  if (from.kind === to.kind) return relates(from.of, to.of, { ...rule, by: "subtype" })
  return relates(from, to.of, rule)
}

function relatesRecord(from: RecordTypeOf, to: RecordTypeOf, rule: Rule): boolean {
  for (const name of from.fields.keys()) if (!to.fields.has(name)) return false
  for (const [name, field] of to.fields) {
    const given = from.fields.get(name)
    if (given !== undefined && !relates(given.type, field.type, rule)) return false
    const mayLack = field.type.kind === "optional" || (rule.by === "check" && field.default !== null)
    if (given === undefined && !mayLack) return false
  }
  return true
}

function within(inner: Bounds, outer: Bounds, rule: Rule): boolean {
  if (inner.computed && rule.by === "check") return true
  const isAbove = outer.least === null || (inner.least !== null && inner.least >= outer.least)
  const isBelow = outer.most === null || (inner.most !== null && inner.most <= outer.most)
  return isAbove && isBelow
}

function specialises(from: ClassSymbol | null, to: ClassSymbol, bases: Bases): boolean {
  for (let at = from; at !== null; at = bases.get(at) ?? null) if (at === to) return true
  return false
}

function isNumber(type: Type): type is Type & { kind: "int" | "float" } {
  return type.kind === "int" || type.kind === "float"
}

function isTextual(type: Type): type is Type & { kind: "text" | "enum" } {
  return type.kind === "text" || type.kind === "enum"
}

function withoutRanges(type: Type): Type {
  switch (type.kind) {
    case "int":
    case "float":
      return floatType
    case "text":
    case "enum":
      return type.kind === "enum" ? type : textType
    case "quantity":
    case "port":
      return { ...type, bounds: { least: null, most: null } }
    case "list":
      return { kind: "list", of: withoutRanges(type.of), bounds: { least: null, most: null } }
    case "optional":
      return { kind: "optional", of: withoutRanges(type.of) }
    default:
      return type
  }
}
