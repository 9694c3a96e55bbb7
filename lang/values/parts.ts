import type { ApplianceThing } from "./model.ts"
import { isList, isObject } from "./show.ts"
import type { MapValue, Value } from "./value.ts"

/** The amount of a quantity in its base unit (bytes, milliseconds, cpus), or a plain number; null for anything else. */
export function amountOf(value: Value | undefined): number | null {
  if (typeof value === "number") return value
  return isObject(value) && value.kind === "quantity" ? value.amount : null
}

/** The texts of a list; what is no text is left out. */
export function textsOf(value: Value | undefined): readonly string[] {
  return value !== undefined && isList(value) ? value.filter((one): one is string => typeof one === "string") : []
}

/** How many instances of an appliance there can be: what `scale` says, else one. */
export function mostInstances(appliance: ApplianceThing): number {
  return amountOf(fieldsOf(appliance.field("scale")).get("max")) ?? 1
}

/** The entries of a map; none for anything else. */
export function entriesOf(value: Value | undefined): MapValue["entries"] {
  return isObject(value) && value.kind === "map" ? value.entries : new Map()
}

/** The fields of a record; none for anything else. */
export function fieldsOf(value: Value | undefined): ReadonlyMap<string, Value> {
  return isObject(value) && value.kind === "record" ? value.fields : new Map()
}
