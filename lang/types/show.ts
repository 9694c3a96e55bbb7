import { display } from "../values/show.ts"
import type { Bounds, Type } from "./type.ts"

/** A type as it is written in the language, for diagnostics, hover and documents. */
export function showType(type: Type): string {
  switch (type.kind) {
    case "bool":
      return "Bool"
    case "null":
      return "null"
    case "int":
      return `Int${showBounds(type.bounds, String)}`
    case "float":
      return `Float${showBounds(type.bounds, String)}`
    case "text":
      if (type.pattern !== null) return `Text(/${type.pattern.replaceAll("/", "\\/")}/)`
      return type.form ?? `Text${showBounds(type.bounds, String)}`
    case "enum":
      return type.name ?? type.values.map((value) => JSON.stringify(value)).join(" | ")
    case "quantity": {
      const name = `${type.of[0]!.toUpperCase()}${type.of.slice(1)}`
      return `${name}${showBounds(type.bounds, (amount) => display({ kind: "quantity", of: type.of, amount }))}`
    }
    case "port":
      return `Port${showBounds(type.bounds, String)}`
    case "range":
      return `range of ${showType(type.of)}`
    case "content":
      return type.of
    case "list":
      return `${inParentheses(type.of)}[]${showBounds(type.bounds, String)}`
    case "map":
      return `Map<${showType(type.key)}, ${showType(type.value)}>`
    case "record":
      if (type.name !== null || type.fields.size === 0) return type.name ?? "{}"
      return `{ ${[...type.fields].map(([name, field]) => `${name}: ${showType(field.type)}`).join(", ")} }`
    case "union":
      return type.variants.length === 1 ? type.variants[0]!.name! : type.name
    case "optional":
      return `${inParentheses(type.of)}?`
    case "late":
      return type.quiet ? showType(type.of) : `late ${showType(type.of)}`
    case "secret":
      return type.quiet ? showType(type.of) : `Secret<${showType(type.of)}>`
    case "appliance":
      return type.class?.name ?? "Appliance"
    case "service":
      return type.service?.name ?? "a service"
    case "cluster":
    case "compiled":
      return `the cluster ${type.cluster.name}`
    case "either":
      return type.of.map(showType).join(" or ")
    default:
      return plainNames[type.kind]
  }
}

const plainNames = {
  ip: "Ip",
  cidr: "Cidr",
  "ip-range": "IpRange",
  "port-range": "PortRange",
  image: "Image",
  probe: "a check",
  nic: "a nic",
  network: "Network",
  host: "Host",
  connection: "a way to reach a host",
  outside: "outside",
  unknown: "?",
} as const

function inParentheses(type: Type): string {
  const shown = showType(type)
  return type.kind === "either" || (type.kind === "late" && !type.quiet) || (type.kind === "enum" && type.name === null)
    ? `(${shown})`
    : shown
}

/** Nothing for what is open or known exactly: there the type alone says what matters. */
function showBounds(bounds: Bounds, show: (amount: number) => string): string {
  const { least, most, computed } = bounds
  if (computed || (least === null && most === null) || least === most) return ""
  return `(${least === null ? "" : show(least)}..${most === null ? "" : show(most)})`
}
