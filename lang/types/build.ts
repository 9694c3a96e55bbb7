import type { Bounds, FieldType, QuantityKind, RecordTypeOf, TextForm, Type } from "./type.ts"

/** The types that need no arguments, and small makers for those that do. Constants are shared, so that most types are equal by identity. */
export const open: Bounds = { least: null, most: null }

export const boolType: Type = { kind: "bool" }
export const nullType: Type = { kind: "null" }
export const intType: Type = { kind: "int", bounds: open }
export const floatType: Type = { kind: "float", bounds: open }
export const textType: Type = { kind: "text", form: null, pattern: null, bounds: open }
export const sizeType = quantity("size")
export const durationType = quantity("duration")
export const percentType = quantity("percent")
export const rateType = quantity("rate")
export const cpusType = quantity("cpus")
export const ipType: Type = { kind: "ip" }
export const cidrType: Type = { kind: "cidr" }
export const ipRangeType: Type = { kind: "ip-range" }
export const portType: Type = { kind: "port", bounds: open }
export const portRangeType: Type = { kind: "port-range" }
export const fileType: Type = { kind: "content", of: "File" }
export const folderType: Type = { kind: "content", of: "Folder" }
export const templateType: Type = { kind: "content", of: "Template" }
export const imageType: Type = { kind: "image" }
export const probeType: Type = { kind: "probe" }
export const nicType: Type = { kind: "nic" }
export const networkType: Type = { kind: "network" }
export const hostType: Type = { kind: "host" }
export const connectionType: Type = { kind: "connection" }
export const outsideType: Type = { kind: "outside" }
export const anyAppliance: Type = { kind: "appliance", class: null }
export const anyService: Type = { kind: "service", service: null }
export const unknownType: Type = { kind: "unknown" }

/** Text in a place that secrets and late values reach: what is known last is put in last. */
export const deliveredText: Type = taking(textType)
/** A number that may be worked out while applying. */
export const lateInt: Type = quiet("late", intType)
export const lateBool: Type = quiet("late", boolType)

/** A text of a form, such as `Hostname`. */
export function formed(form: TextForm): Type {
  return { kind: "text", form, pattern: null, bounds: open }
}

/** A quantity without bounds. */
export function quantity(of: QuantityKind): Type {
  return { kind: "quantity", of, bounds: open }
}

/** Whole numbers from `least` to `most`, both included; null is open. */
export function intBetween(least: number | null, most: number | null): Type {
  return { kind: "int", bounds: { least, most } }
}

/** Percentages from `least` to `most`, both included. */
export function percentBetween(least: number, most: number): Type {
  return { kind: "quantity", of: "percent", bounds: { least, most } }
}

/** One of some texts. */
export function oneOf(...values: readonly string[]): Type {
  return { kind: "enum", name: null, values }
}

/** `T?`; of what is optional already, that itself. */
export function optional(of: Type): Type {
  return of.kind === "optional" || of.kind === "null" || of.kind === "unknown" ? of : { kind: "optional", of }
}

/** A type for places that also take secrets and what is late. */
export function taking(of: Type): Type {
  return quiet("secret", quiet("late", of))
}

/** What is known only while applying, by the tables of built-ins. */
export function late(of: Type): Type {
  return { kind: "late", of, from: null }
}

function quiet(kind: "secret" | "late", of: Type): Type {
  return kind === "late" ? { kind, of, from: null, quiet: true } : { kind, of, from: null, quiet: true }
}

/** `T[]` of any length. */
export function listOf(of: Type): Type {
  return { kind: "list", of, bounds: open }
}

/** `Map<Text, V>`. */
export function mapOf(value: Type): Type {
  return { kind: "map", key: textType, value }
}

/** A value of one of several types. */
export function either(...of: readonly Type[]): Type {
  return { kind: "either", of }
}

/** A closed record of the fields given; those of type `T?` may be left out. */
export function recordOf(fields: Readonly<Record<string, readonly [type: Type, doc: string]>>): RecordTypeOf {
  const entries = Object.entries(fields).map(([name, [type, doc]]): [string, FieldType] => [
    name,
    { type, default: null, doc },
  ])
  return { kind: "record", name: null, fields: new Map(entries) }
}
