import { isWhole } from "../names/bases.ts"
import type { AnySymbol, ClassSymbol } from "../names/symbol.ts"
import type { Span } from "../text/source.ts"
import { optional, unknownType } from "./build.ts"
import { compiledSchema } from "./compiled.ts"
import type { Check } from "./context.ts"
import { properties } from "./functions.ts"
import { contractOf } from "./resolve.ts"
import { applianceSchema, clusterSchema, hostSchema, networkSchema, type Schema, serviceSchema } from "./schema.ts"
import { typeOfSymbol } from "./symbols.ts"
import type { Type } from "./type.ts"

/** What can be read after a `.`. */
export type Member = { readonly type: Type; readonly declared: Span | null }

/** The member `name` of the values of a type; null when they have none of that name. */
export function memberOf(check: Check, type: Type, name: string): Member | null {
  switch (type.kind) {
    case "record": {
      const field = type.fields.get(name)
      return field === undefined ? null : { type: field.type, declared: null }
    }
    case "union":
      return type.variants.length === 1 ? memberOf(check, type.variants[0]!, name) : null
    case "appliance":
      return builtinOf(applianceSchema, name) ?? (type.class === null ? null : classMember(check, type.class, name))
    case "network":
      return builtinOf(networkSchema, name)
    case "host":
      return builtinOf(hostSchema, name)
    case "service": {
      const builtin = builtinOf(serviceSchema, name)
      if (type.service === null) return builtin
      const field = contractOf(check, type.service).fields.get(name)
      return field === undefined ? builtin : { type: field.type, declared: null }
    }
    case "compiled":
    case "cluster": {
      const { members, outputs } = check.bindings
      const symbol = outputs.get(type.cluster)?.get(name) ?? members.get(type.cluster)?.get(name)
      return symbol === undefined
        ? builtinOf(type.kind === "compiled" ? compiledSchema : clusterSchema, name)
        : symbolMember(check, symbol)
    }
    default: {
      const property = propertiesOf(type)[name]
      return property === undefined ? null : { type: property.type, declared: null }
    }
  }
}

/** The names of all members, for suggestions and completion. */
export function memberNames(check: Check, type: Type): readonly string[] {
  switch (type.kind) {
    case "record":
      return [...type.fields.keys()]
    case "union":
      return type.variants.length === 1 ? memberNames(check, type.variants[0]!) : []
    case "appliance":
      return [
        ...(type.class === null ? [] : (check.bindings.members.get(type.class)?.keys() ?? [])),
        ...readable(applianceSchema),
      ]
    case "network":
      return readable(networkSchema)
    case "host":
      return readable(hostSchema)
    case "service":
      return [...(type.service === null ? [] : contractOf(check, type.service).fields.keys()), ...serviceSchema.keys()]
    case "compiled":
    case "cluster":
      return [
        ...new Set([
          ...(check.bindings.outputs.get(type.cluster)?.keys() ?? []),
          ...(check.bindings.members.get(type.cluster)?.keys() ?? []),
          ...(type.kind === "compiled" ? compiledSchema : clusterSchema).keys(),
        ]),
      ]
    default:
      return Object.keys(propertiesOf(type))
  }
}

/** All members by name with their types; null when nothing is known of the type. What templates may read. */
export function membersOf(check: Check, type: Type): ReadonlyMap<string, Type> | null {
  if (type.kind === "unknown" || type.kind === "map" || type.kind === "either") return null
  const of = type.kind === "optional" ? type.of : type
  return new Map(memberNames(check, of).map((name) => [name, memberOf(check, of, name)!.type]))
}

function classMember(check: Check, symbol: ClassSymbol, name: string): Member | null {
  const member = check.bindings.members.get(symbol)?.get(name)
  if (member !== undefined) return symbolMember(check, member)
  return isWhole(symbol, check.bindings.bases) ? null : { type: unknownType, declared: null }
}

function symbolMember(check: Check, symbol: AnySymbol): Member | null {
  const type = typeOfSymbol(check, symbol)
  if (type === null) return null
  const declaration = "declaration" in symbol ? symbol.declaration : null
  const name = declaration !== null && "name" in declaration ? declaration.name : null
  return {
    type: check.bindings.under.has(symbol) ? optional(type) : type,
    declared: name && "unit" in symbol ? { source: symbol.unit.source, start: name.start, end: name.end } : null,
  }
}

function builtinOf(schema: Schema, name: string): Member | null {
  const field = schema.get(name)
  return field === undefined ? null : { type: field.type, declared: null }
}

function readable(schema: Schema): readonly string[] {
  return [...schema.keys()]
}

function propertiesOf(type: Type): Readonly<Record<string, { readonly type: Type }>> {
  const kind = type.kind === "enum" ? "text" : type.kind === "quantity" ? type.of : type.kind
  return Object.hasOwn(properties, kind) ? properties[kind]! : {}
}
