import { type UnitEntry, units } from "../syntax/units.ts"
import type { QuantityKind } from "../types/type.ts"
import type { Deferred, Quantity, Value } from "./value.ts"

/** A value as it stands in a text: `"${…}"` and `{{ … }}`. A port shows its number, a quantity its unit, an address its usual form. */
export function show(value: Value): string {
  if (typeof value === "string") return value
  if (isObject(value) && value.kind === "port") {
    return value.from === value.to ? String(value.from) : `${value.from}-${value.to}`
  }
  if (isObject(value) && value.kind === "reference")
    return value.to.kind === "appliance" || (value.to.kind === "cluster" && value.to.hostname !== "")
      ? value.to.hostname
      : value.to.id
  return display(value)
}

/** A value as it would be written in a source, for diagnostics. */
export function display(value: Value): string {
  if (value === null) return "null"
  if (typeof value === "string") return JSON.stringify(value)
  if (typeof value === "number" || typeof value === "boolean") return String(value)
  if (isList(value)) return `[${value.map(display).join(", ")}]`
  switch (value.kind) {
    case "record":
      return `${value.tag === null ? "" : `${value.tag} `}${showFields(value.fields)}`
    case "map":
      return showFields(value.entries)
    case "quantity":
      return showQuantity(value)
    case "port":
      return `${value.from}${value.from === value.to ? "" : `..${value.to}`}/${value.protocol}`
    case "ip":
      return showAddress(value.address)
    case "cidr":
      return `${showAddress(value.address)}/${value.prefix}`
    case "range":
      return value.of === "int"
        ? `${value.from}..${value.to}`
        : `${showAddress(value.from)} .. ${showAddress(value.to)}`
    case "file":
    case "folder":
    case "template":
      return `${value.kind}(${JSON.stringify(value.path)})`
    case "image":
      return `${value.source.kind}(${JSON.stringify(value.source.kind === "debian" ? value.source.suite : value.source.from)})`
    case "nic":
      return `nic(${value.network.id}${value.address === null ? "" : `, address = ${display(value.address)}`})`
    case "probe":
      return `${value.call}(…)`
    case "connection":
      return `${value.to}(${value.destination === null ? "…" : JSON.stringify(value.destination)})`
    case "reference":
      return value.to.id
    case "provided":
      return `${value.provided.appliance.id}.${value.provided.name}`
    case "outside":
      return "outside"
    case "deferred":
      return value.secret ? "•••" : showLate(value)
    case "compiled":
      return value.result().shown
    case "invalid":
      return "?"
  }
}

/** What a late value is made of, in words: `rack.facts.cpus * 2`. */
function showLate({ of }: Deferred): string {
  switch (of.kind) {
    case "secret":
      return "•••"
    case "fact":
      return `${of.thing.id}.facts.${of.fact}`
    case "text":
      return `"${of.parts.map((part) => (typeof part === "string" ? part : `\${${display(part)}}`)).join("")}"`
    case "filter":
      return `${display(of.value)} | ${of.filter}`
    case "call": {
      const [first = "", second] = of.operands.map(display)
      if (of.call.startsWith(".")) return `${first}${of.call}`
      return second === undefined ? `${of.call} ${first}` : `${first} ${of.call} ${second}`
    }
  }
}

/** Four numbers with dots, from an unsigned number of 32 bits. */
export function showAddress(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`
}

/** What a value is, in words: "a Size", "a list". */
export function describe(value: Value): string {
  if (value === null) return "null"
  if (typeof value === "string") return "a Text"
  if (typeof value === "boolean") return "a Bool"
  if (typeof value === "number") return Number.isInteger(value) ? "an Int" : "a Float"
  if (isList(value)) return "a list"
  switch (value.kind) {
    case "quantity":
      return `a ${measureName[value.of]}`
    case "ip":
      return "an Ip"
    case "image":
      return "an Image"
    case "reference":
      return value.to.kind === "appliance" ? "an appliance" : `a ${value.to.kind}`
    case "provided":
      return "a provided service"
    case "compiled":
      return "a cluster"
    case "invalid":
    case "outside":
      return value.kind
    case "deferred":
      return value.secret ? "a secret" : "what is late"
    default:
      return `a ${value.kind}`
  }
}

/** Whether a value is a list; `Array.isArray` does not narrow readonly arrays. */
export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value)
}

/** Whether a value says what it is by its `kind`. */
export function isObject(
  value: Value | undefined,
): value is Exclude<Value, null | boolean | number | string | readonly Value[]> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

export const measureName: Readonly<Record<QuantityKind, string>> = {
  size: "Size",
  duration: "Duration",
  percent: "Percent",
  rate: "Rate",
  cpus: "Cpus",
}

const unitsByMeasure: Readonly<Record<string, readonly (readonly [string, UnitEntry])[]>> = Object.groupBy(
  Object.entries<UnitEntry>(units),
  ([, { measure }]) => measure,
)

/** The shortest way to write a quantity; of two equally short ones the larger unit. */
function showQuantity(quantity: Quantity): string {
  if (quantity.of === "cpus") return String(quantity.amount)
  let best: string | null = null
  let best_length = Number.POSITIVE_INFINITY
  for (const [unit, entry] of unitsByMeasure[quantity.of] ?? []) {
    if (entry.factor > 1 && quantity.amount === 0) continue
    const amount = quantity.amount / entry.factor
    if (entry.factor > 1 && !Number.isInteger(amount)) continue
    const length = String(amount).length
    if (length > best_length) continue
    best = `${amount}${unit}`
    best_length = length
  }
  return best ?? String(quantity.amount)
}

function showFields(fields: ReadonlyMap<string | number, Value>): string {
  if (fields.size === 0) return "{}"
  const parts = [...fields].map(([key, value]) => `${showKey(key)} = ${display(value)}`)
  return `{ ${parts.join(", ")} }`
}

function showKey(key: string | number): string {
  return typeof key === "number" || /^[A-Za-z][A-Za-z0-9_-]*$/.test(key) ? String(key) : JSON.stringify(key)
}
