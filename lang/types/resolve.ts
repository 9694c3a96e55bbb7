import type { ServiceSymbol, TypeSymbol, Unit } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import { units } from "../syntax/units.ts"
import { listOf, optional, unknownType } from "./build.ts"
import { type Check, keptSpan, problem, topOf, want } from "./context.ts"
import { typeOf } from "./expression.ts"
import { namedTypes } from "./named.ts"
import { showType } from "./show.ts"
import type { Bounds, FieldType, RecordTypeOf, Type } from "./type.ts"

/** The type that is written there, found once. Reports A0322 and A0324, and A0299 for `late` and `Secret`. */
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
      return later(check, type, unit, "a `late` type")
    case "missing-type":
      return unknownType
  }
}

function findNamed(check: Check, type: tree.NamedType, unit: Unit): Type {
  const last = type.path.at(-1)!
  const symbol = check.bindings.uses.get(last)
  const count = type.arguments.length
  if (symbol === undefined && last.text === "Map" && type.path.length === 1) return findMap(check, type, unit)
  if (symbol === undefined && last.text === "Secret") return later(check, type, unit, "`Secret`")
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

function later(check: Check, type: tree.TypeExpression, unit: Unit, what: string): Type {
  problem(check, topOf(unit), type, "A0299", `${what} comes in a later version`)
  return unknownType
}
