import type { Bounds, RecordTypeOf, Type } from "../lang/types/type.ts"
import { formProblem } from "../lang/values/forms.ts"
import { patternOf } from "../lang/values/patterns.ts"
import { isList, isObject } from "../lang/values/show.ts"
import type { Value } from "../lang/values/value.ts"

/** Whether a value is one of a type, said anew and simply: what the types promise of what evaluation gives. */
export function inhabits(value: Value, type: Type): boolean {
  switch (type.kind) {
    case "unknown":
      return true
    case "null":
      return value === null
    case "optional":
      return value === null || inhabits(value, type.of)
    case "either":
      return type.of.some((one) => inhabits(value, one))
    case "bool":
      return typeof value === "boolean"
    case "int":
      return Number.isSafeInteger(value) && within(value as number, type.bounds)
    case "float":
      return typeof value === "number" && Number.isFinite(value) && within(value, type.bounds)
    case "text":
      return typeof value === "string" && isText(value, type)
    case "enum":
      return typeof value === "string" && type.values.includes(value)
    case "list":
      return isList(value) && within(value.length, type.bounds) && value.every((one) => inhabits(one, type.of))
  }
  return isObject(value) && isOf(value, type)
}

function isOf(value: Exclude<Value, null | boolean | number | string | readonly Value[]>, type: Type): boolean {
  switch (type.kind) {
    case "quantity":
      return value.kind === "quantity" && value.of === type.of && within(value.amount, type.bounds)
    case "ip":
    case "cidr":
      return value.kind === type.kind
    case "ip-range":
      return value.kind === "range" && value.of === "ip"
    case "range":
      return value.kind === "range" && value.of === "int"
    case "port":
      return value.kind === "port" && value.from === value.to && within(value.from, type.bounds)
    case "port-range":
      return value.kind === "port"
    case "map":
      return (
        value.kind === "map" &&
        [...value.entries].every(([key, one]) => inhabits(key, type.key) && inhabits(one, type.value))
      )
    case "record":
      return value.kind === "record" && hasFields(value.fields, type)
    case "union":
      return (
        value.kind === "record" &&
        type.variants.some((variant) => variant.name === value.tag && hasFields(value.fields, variant))
      )
    default:
      throw new Error(`no random program makes a ${type.kind}`)
  }
}

function hasFields(fields: ReadonlyMap<string, Value>, type: RecordTypeOf): boolean {
  return (
    [...fields.keys()].every((name) => type.fields.has(name)) &&
    [...type.fields].every(([name, field]) => inhabits(fields.get(name) ?? null, field.type))
  )
}

function isText(text: string, { form, pattern, bounds }: Type & { readonly kind: "text" }): boolean {
  if (form !== null && formProblem(form, text) !== null) return false
  const matches = pattern === null ? null : patternOf(pattern)
  return (typeof matches !== "function" || matches(text)) && within([...text].length, bounds)
}

/** What is computed is in no range until it is put where one is declared. */
function within(amount: number, { least, most, computed }: Bounds): boolean {
  return computed === true || ((least === null || amount >= least) && (most === null || amount <= most))
}
