import { lastOf, networkOf } from "./arithmetic.ts"
import { isList, isObject } from "./show.ts"
import type { Value } from "./value.ts"

/**
 * A member of a value that is no thing: a record's field, or a property from the table in `types/functions.ts`. `undefined` when it
 * has none of that name. What references have is known only to the evaluation that made them.
 */
export function plainMember(value: Value, name: string): Value | undefined {
  if (typeof value === "string") return name === "length" ? [...value].length : undefined
  if (isList(value)) return name === "length" ? value.length : undefined
  if (!isObject(value)) return undefined
  switch (value.kind) {
    case "record":
      return value.fields.get(name)
    case "map":
      if (name === "length") return value.entries.size
      return name === "keys" ? [...value.entries.keys()] : undefined
    case "port":
      if (name === "number" || name === "first") return value.from
      return name === "last" ? value.to : name === "protocol" ? value.protocol : undefined
    case "cidr":
      return networkMember(value.address, value.prefix, name)
    case "range": {
      const end = name === "first" ? value.from : name === "last" ? value.to : null
      return end === null ? undefined : value.of === "ip" ? ip(end) : end
    }
    case "quantity":
      if (name === "seconds" && value.of === "duration") return value.amount / 1000
      return quantityNames[value.of] === name ? value.amount : undefined
    default:
      return undefined
  }
}

const quantityNames = {
  size: "bytes",
  duration: "milliseconds",
  percent: "percent",
  rate: "bits-per-second",
  cpus: "count",
} as const

function networkMember(address: number, prefix: number, name: string): Value | undefined {
  const network = networkOf(address, prefix)
  const last = lastOf(address, prefix)
  // Two addresses or one leave no room for a network's own address and the broadcast (RFC 3021).
  const all_usable = prefix >= 31
  switch (name) {
    case "network":
      return ip(network)
    case "prefix":
      return prefix
    case "mask":
      return ip(networkOf(0xffffffff, prefix))
    case "first":
      return ip(all_usable ? network : network + 1)
    case "last":
      return ip(all_usable ? last : last - 1)
    default:
      return undefined
  }
}

function ip(address: number): Value {
  return { kind: "ip", address }
}
