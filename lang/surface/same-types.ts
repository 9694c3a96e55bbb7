import type { AnySymbol, ClassSymbol, ServiceSymbol } from "../names/symbol.ts"
import { entryOf } from "../text/entry.ts"
import { isSubtype } from "../types/assignable.ts"
import type { FieldType, RecordTypeOf, Type } from "../types/type.ts"
import type { Entry, Surface } from "./surface.ts"

/** Compares types of two versions of a module, in which a class or service of one name is one. */
export type Comparer = {
  /**
   * Whether a place of the type `wide` takes every value of the type `narrow`; each may be of either version. `declared` is the name of
   * the type that is compared itself, null for all else.
   */
  accepts(wide: Type, narrow: Type, declared: string | null): boolean
  /** Whether the class of `after` still specialises what that of `before` did. */
  stillSpecialises(before: Entry, after: Entry): boolean
}

/**
 * Symbols are compared by identity, and each version has its own: they are replaced by one of each module and name. A named type that
 * both versions export is compared where it is exported, and counts as the same wherever it is used, so that one change is found once.
 */
export function makeComparer(before: Surface, after: Surface): Comparer {
  const interned = new Map<string, AnySymbol>()
  const bases = new Map<ClassSymbol, ClassSymbol>()
  const exported = new Set(
    before.entries
      .filter(
        (entry) => entry.kind === "type" && after.entries.some((one) => one.kind === "type" && one.name === entry.name),
      )
      .map(({ name }) => name),
  )
  const intern = <Symbol extends AnySymbol & { readonly unit: { readonly module: { readonly name: string } } }>(
    symbol: Symbol,
  ): Symbol => {
    const { name } = symbol.unit.module
    const key = `${symbol.kind} ${name === after.description.name ? "" : name} ${symbol.name}`
    const known = interned.get(key)
    if (known !== undefined) return known as Symbol
    interned.set(key, symbol)
    return symbol
  }
  for (const surface of [before, after]) {
    for (const [special, base] of surface.bases) bases.set(intern(special), intern(base))
  }
  const nominals = new Map<string, Type>()
  // A type that is nothing but its name: the same as itself only.
  const byName: Named = (name) =>
    exported.has(name)
      ? entryOf(nominals, name, () => ({ kind: "service", service: { kind: "service", name } as ServiceSymbol }))
      : null
  const byShape: Named = () => null
  return {
    accepts: (wide, narrow, declared) =>
      [declared === null ? byName : byShape, byShape].some((named) =>
        isSubtype(mapType(narrow, intern, named), mapType(wide, intern, named), bases),
      ),
    stillSpecialises: (earlier, now) => {
      if (earlier.symbol.kind !== "class" || now.symbol.kind !== "class") return false
      const wanted = before.bases.get(earlier.symbol)
      if (wanted === undefined) return true
      for (let at = after.bases.get(now.symbol); at !== undefined; at = after.bases.get(at)) {
        if (intern(at) === intern(wanted)) return true
      }
      return false
    },
  }
}

type Intern = <Symbol extends AnySymbol & { readonly unit: { readonly module: { readonly name: string } } }>(
  symbol: Symbol,
) => Symbol

/** The type that stands for an exported one of this name; null: it is looked into. */
type Named = (name: string) => Type | null

function mapType(type: Type, intern: Intern, named: Named): Type {
  const inner = (one: Type) => mapType(one, intern, named)
  const whole = "name" in type && type.name !== null ? named(type.name) : null
  if (whole !== null) return whole
  switch (type.kind) {
    case "list":
    case "optional":
    case "late":
    case "secret":
    case "range":
      return { ...type, of: inner(type.of) }
    case "map":
      return { ...type, key: inner(type.key), value: inner(type.value) }
    case "record":
      return mapRecord(type, inner)
    case "union":
      return { ...type, variants: type.variants.map((variant) => mapRecord(variant, inner)) }
    case "either":
      return { ...type, of: type.of.map(inner) }
    case "appliance":
      return type.class === null ? type : { ...type, class: intern(type.class) }
    case "service":
      return type.service === null ? type : { ...type, service: intern(type.service) }
    case "cluster":
      return { ...type, cluster: intern(type.cluster) }
    default:
      return type
  }
}

function mapRecord(type: RecordTypeOf, inner: (type: Type) => Type): RecordTypeOf {
  const fields = [...type.fields].map(([name, field]): [string, FieldType] => [
    name,
    { ...field, type: inner(field.type) },
  ])
  return { ...type, fields: new Map(fields) }
}
