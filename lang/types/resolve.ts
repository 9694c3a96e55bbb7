import type { ServiceSymbol, TypeSymbol, Unit } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import { units } from "../syntax/units.ts"
import { listOf, optional, unknownType } from "./build.ts"
import { type Check, keptSpan, problem, topOf, want } from "./context.ts"
import { typeOf } from "./expression.ts"
import { namedTypes } from "./named.ts"
import { showType } from "./show.ts"
import { withTaint } from "./taint.ts"
import type { Bounds, FieldType, RecordTypeOf, Type } from "./type.ts"

/** The type that is written there, found once. Reports A0322 and A0324. */
export function resolveType(check: Check, type: tree.TypeExpression, unit: Unit): Type {
  const known = check.declared.get(type)
  if (known !== undefined) return known
  const found = find(check, type, unit, null)
  check.declared.set(type, found)
  return found
}

/** The type that a declaration gives a name. One that contains itself is A0322. */
export function resolveDeclaration(check: Check, symbol: TypeSymbol): Type {
  const known = check.symbols.get(symbol)
  if (known !== undefined && known !== null) return known
  if (known === null) {
    const { name } = symbol.declaration
    problem(check, topOf(symbol.unit), name, "A0322", `${symbol.name} would contain itself`, {
      hint: "a type that contains itself has no end",
    })
    check.symbols.set(symbol, unknownType)
    return unknownType
  }
  check.symbols.set(symbol, null)
  const found = find(check, symbol.declaration.type, symbol.unit, symbol.name)
  const type = check.symbols.get(symbol) ?? found
  check.symbols.set(symbol, type)
  check.declared.set(symbol.declaration.type, type)
  return type
}

/** The fields that a service promises. */
export function contractOf(check: Check, service: ServiceSymbol): RecordTypeOf {
  const type = resolveType(check, service.declaration.type, service.unit)
  return type as RecordTypeOf
}

/** A literal's amount in the base of its measure: bytes, milliseconds, or the number itself; null for what is no number. */
export function amountOf(literal: tree.Literal): number | null {
  switch (literal.kind) {
    case "int":
    case "float":
      return literal.value
    case "quantity":
      return literal.amount * units[literal.unit].factor
    default:
      return null
  }
}

function find(check: Check, type: tree.TypeExpression, unit: Unit, name: string | null): Type {
  switch (type.kind) {
    case "named-type":
      return findNamed(check, type, unit)
    case "text-type":
      return { kind: "enum", name, values: [type.value] }
    case "union-type":
      return findUnion(check, type, unit, name)
    case "variant-type":
      return { kind: "union", name: name ?? type.name.text, variants: [variantOf(check, type, unit)] }
    case "record-type":
      return recordType(check, type, unit, name)
    case "optional-type":
      return optional(resolveType(check, type.of, unit))
    case "list-type":
      return listOf(resolveType(check, type.of, unit))
    case "ranged-type":
      return findRanged(check, type, unit)
    case "late-type":
      return tainted(check, type, type.of, "late", unit)
    case "missing-type":
      return unknownType
  }
}

function findNamed(check: Check, type: tree.NamedType, unit: Unit): Type {
  const last = type.path.at(-1)!
  const symbol = check.bindings.uses.get(last)
  const count = type.arguments.length
  if (symbol === undefined && last.text === "Map" && type.path.length === 1) return findMap(check, type, unit)
  if (symbol === undefined && last.text === "Secret" && type.path.length === 1) return findSecret(check, type, unit)
  // An unknown name was reported with all that hangs on it.
  const known = symbol !== undefined || namedTypes.has(last.text)
  if (count > 0 && known) {
    problem(check, topOf(unit), type, "A0324", `${last.text} takes no types between \`<\` and \`>\``)
  }
  if (symbol === undefined) return (type.path.length === 1 && namedTypes.get(last.text)) || unknownType
  if (symbol.kind === "type") return resolveDeclaration(check, symbol)
  if (symbol.kind === "service") return { kind: "service", service: symbol }
  return symbol.kind === "class" ? { kind: "appliance", class: symbol } : unknownType
}

function findMap(check: Check, type: tree.NamedType, unit: Unit): Type {
  const [key, value, ...rest] = type.arguments
  if (key === undefined || value === undefined || rest.length > 0) {
    problem(check, topOf(unit), type, "A0324", "a map's type says those of its keys and its values: `Map<Text, Int>`")
    return unknownType
  }
  const keys = resolveType(check, key, unit)
  if (keys.kind !== "text" && keys.kind !== "enum" && keys.kind !== "int" && keys.kind !== "unknown") {
    problem(check, topOf(unit), key, "A0324", `keys are texts or Ints, this is ${showType(keys)}`)
  }
  return { kind: "map", key: keys, value: resolveType(check, value, unit) }
}

function findUnion(check: Check, type: tree.UnionType, unit: Unit, name: string | null): Type {
  const values: string[] = []
  const variants: RecordTypeOf[] = []
  for (const alternative of type.alternatives) {
    if (alternative.kind === "text-type") values.push(alternative.value)
    else if (alternative.kind === "variant-type") variants.push(variantOf(check, alternative, unit))
    // The parser has said what the alternatives of a type may be (A0128).
    else return unknownType
  }
  if (values.length > 0 && variants.length > 0) return unknownType
  return values.length > 0
    ? { kind: "enum", name, values }
    : { kind: "union", name: name ?? variants.map((variant) => variant.name).join(" | "), variants }
}

function variantOf(check: Check, type: tree.VariantType, unit: Unit): RecordTypeOf {
  return recordType(check, type.fields, unit, type.name.text)
}

function recordType(check: Check, type: tree.RecordType, unit: Unit, name: string | null): RecordTypeOf {
  const fields = new Map<string, FieldType>()
  for (const field of type.fields) {
    if (fields.has(field.name.text)) {
      problem(check, topOf(unit), field.name, "A0309", `${field.name.text} is a field already`)
      continue
    }
    const of = resolveType(check, field.type, unit)
    const declared = keptSpan(unit, field.name)
    fields.set(field.name.text, { type: of, default: field.value ?? null, doc: field.doc ?? null, declared })
    const span = { source: unit.source, start: field.type.start, end: field.type.end }
    if (field.value) typeOf(check, field.value, topOf(unit), want(of, field.name.text, span))
  }
  return { kind: "record", name, fields }
}

function findRanged(check: Check, type: tree.RangedType, unit: Unit): Type {
  const of = resolveType(check, type.of, unit)
  const { range } = type
  if (of.kind === "unknown") return of
  if (range.kind === "text-pattern") {
    if (of.kind === "text" && of.form === null) return { ...of, pattern: range.pattern }
    problem(check, topOf(unit), range, "A0324", `a pattern is for Text, not for ${showType(of)}`)
    return of
  }
  if (!("bounds" in of)) {
    problem(check, topOf(unit), range, "A0324", `${showType(of)} has no ranges`)
    return of
  }
  const least = boundOf(check, range.from, of, unit)
  const most = boundOf(check, range.to, of, unit)
  if (least !== null && most !== null && least > most) {
    problem(check, topOf(unit), range, "A0324", "nothing is in this range: it ends before it starts")
  }
  const bounds: Bounds = { least, most }
  return { ...of, bounds }
}

function boundOf(check: Check, literal: tree.Literal | undefined, of: Type, unit: Unit): number | null {
  if (literal === undefined) return null
  const measure = literal.kind === "quantity" ? units[literal.unit].measure : null
  const wanted = of.kind === "quantity" && of.of !== "cpus" ? of.of : null
  const amount = literal.kind === "port" ? literal.from : amountOf(literal)
  const isWhole = of.kind === "float" || of.kind === "quantity" || Number.isInteger(amount)
  if (amount !== null && measure === wanted && isWhole) return amount
  const hint =
    wanted === null ? undefined : `its ends have units, as in ${showType({ ...of, bounds: example(wanted) } as Type)}`
  problem(check, topOf(unit), literal, "A0324", `this is no end of a range of ${showType(of)}`, { hint })
  return null
}

function example(measure: string): Bounds {
  return measure === "size" ? { least: 64 * 2 ** 20, most: null } : { least: 1000, most: null }
}

function findSecret(check: Check, type: tree.NamedType, unit: Unit): Type {
  const [of, ...rest] = type.arguments
  if (of !== undefined && rest.length === 0) return tainted(check, type, of, "secret", unit)
  problem(check, topOf(unit), type, "A0324", "a secret says of what type it is: `Secret<Text>`")
  return unknownType
}

/** `late T` and `Secret<T>`: of a record, list or map each part, since how many there are and what they are called decides things. */
function tainted(
  check: Check,
  type: tree.TypeExpression,
  inner: tree.TypeExpression,
  kind: "secret" | "late",
  unit: Unit,
): Type {
  const of = resolveType(check, inner, unit)
  const stranger = kind === "secret" ? noSecret(of) : neverLate(of)
  if (stranger === null) return withTaint(of, { [kind]: { from: keptSpan(unit, type) } })
  const message =
    kind === "secret"
      ? `a secret is a text, or is made of texts, and this is ${showType(stranger)}`
      : `${showType(stranger)} is always known while compiling, so it is never late`
  problem(check, topOf(unit), inner, "A0324", message)
  return unknownType
}

/** The part of a type that cannot be a secret; null when there is none. A store holds texts. */
function noSecret(type: Type): Type | null {
  switch (type.kind) {
    case "text":
    case "unknown":
      return null
    case "late":
    case "secret":
    case "optional":
    case "list":
      return noSecret(type.of)
    case "map":
      return noSecret(type.value)
    case "record":
      return [...type.fields.values()].map((field) => noSecret(field.type)).find((found) => found !== null) ?? null
    default:
      return type
  }
}

/** The part of a type that is never late: what is no plain value. */
function neverLate(type: Type): Type | null {
  switch (type.kind) {
    case "late":
    case "secret":
    case "optional":
    case "list":
      return neverLate(type.of)
    case "map":
      return neverLate(type.value)
    case "record":
      return [...type.fields.values()].map((field) => neverLate(field.type)).find((found) => found !== null) ?? null
    case "bool":
    case "int":
    case "float":
    case "text":
    case "enum":
    case "quantity":
    case "ip":
    case "unknown":
      return null
    default:
      return type
  }
}
