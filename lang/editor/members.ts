import type { AnySymbol } from "../names/symbol.ts"
import type { Span } from "../text/source.ts"
import { compiledSchema } from "../types/compiled.ts"
import { properties } from "../types/functions.ts"
import {
  applianceSchema,
  clusterSchema,
  hostSchema,
  networkSchema,
  type Schema,
  serviceSchema,
} from "../types/schema.ts"
import type { RecordTypeOf, Type } from "../types/type.ts"
import type { Snapshot } from "./snapshot.ts"
import { declarationOf } from "./symbols.ts"
import { declaredIn, typeOfSymbol } from "./types.ts"

/** What can be read after a `.`, or written as a field. */
export type Member = {
  readonly name: string
  readonly type: Type | null
  readonly doc: string | null
  /** The name where a source declares it; null for what the language declares. */
  readonly declared: Span | null
  readonly symbol: AnySymbol | null
}

/** Everything that can be read of the values of a type, what sources declare first. */
export function membersOf(snapshot: Snapshot, type: Type | null): readonly Member[] {
  switch (type?.kind) {
    case undefined:
      return []
    case "optional":
    case "late":
    case "secret":
      return membersOf(snapshot, type.of)
    case "record":
      return recordMembers(type)
    case "union":
      return type.variants.length === 1 ? recordMembers(type.variants[0]!) : []
    case "appliance":
      return [
        ...(type.class === null ? [] : symbolMembers(snapshot, declaredIn(snapshot, type.class).values())),
        ...schemaMembers(applianceSchema),
      ]
    case "network":
      return schemaMembers(networkSchema)
    case "host":
      return schemaMembers(hostSchema)
    case "service": {
      const contract = type.service === null ? null : snapshot.declaredType(type.service.declaration.type)
      const own = contract?.kind === "record" ? recordMembers(contract) : []
      return [...own, ...schemaMembers(serviceSchema).filter(({ name }) => own.every((one) => one.name !== name))]
    }
    case "compiled":
      return [...symbolMembers(snapshot, declaredIn(snapshot, type.cluster).values()), ...schemaMembers(compiledSchema)]
    case "cluster":
      return [...symbolMembers(snapshot, declaredIn(snapshot, type.cluster).values()), ...schemaMembers(clusterSchema)]
    default:
      return type === null ? [] : propertyMembers(type)
  }
}

/** One member by its name; null when values of the type have none of that name. */
export function memberNamed(snapshot: Snapshot, type: Type | null, name: string): Member | null {
  return membersOf(snapshot, type).find((member) => member.name === name) ?? null
}

export function recordMembers(record: RecordTypeOf): readonly Member[] {
  return [...record.fields].map(([name, field]) => ({
    name,
    type: field.type,
    doc: field.doc,
    declared: field.declared ?? null,
    symbol: null,
  }))
}

/** The member that a symbol is, in a class or a cluster. */
export function symbolMember(snapshot: Snapshot, symbol: AnySymbol): Member {
  const declared = declarationOf(symbol)
  return {
    name: symbol.name,
    type: typeOfSymbol(snapshot, symbol),
    doc: declared?.doc ?? null,
    declared: declared?.span ?? null,
    symbol,
  }
}

function symbolMembers(snapshot: Snapshot, symbols: Iterable<AnySymbol>): readonly Member[] {
  return [...symbols].map((symbol) => symbolMember(snapshot, symbol))
}

function schemaMembers(schema: Schema): readonly Member[] {
  return [...schema].map(([name, { type, doc }]) => ({ name, type, doc, declared: null, symbol: null }))
}

function propertyMembers(type: Type): readonly Member[] {
  const kind = type.kind === "enum" ? "text" : type.kind === "quantity" ? type.of : type.kind
  if (!Object.hasOwn(properties, kind)) return []
  return Object.entries(properties[kind]!).map(([name, property]) => ({
    name,
    type: property.type,
    doc: property.doc,
    declared: null,
    symbol: null,
  }))
}
