import type * as tree from "../syntax/tree.ts"
import { unknownType } from "./build.ts"
import { type Check, type Env, problem, type Want } from "./context.ts"
import { showType } from "./show.ts"
import { purged, taintWithin } from "./taint.ts"
import type { Type } from "./type.ts"

/** `read(…)` has the type of the place that takes the whole of it, and that must be one that a data file can hold. */
export function typeOfRead(check: Check, call: tree.Call, env: Env, wanted: Want | null): Type {
  if (wanted === null) {
    problem(check, env, call, "A0332", "what is read here has no declared type", {
      hint: "declare it where it is read: `let customers: Customer[] = read(…)`",
    })
    return unknownType
  }
  const foreign = foreignTo(wanted.type, new Set())
  if (foreign === null) return taintWithin(wanted.type) === null ? wanted.type : purged(wanted.type)
  problem(check, env, call, "A0332", `a data file cannot hold ${showType(foreign)}`, {
    related: wanted.declared === null ? [] : [{ message: showType(wanted.type), span: wanted.declared }],
    hint:
      foreign.kind === "secret"
        ? 'secrets are kept in the encrypted store: `secret("name")`'
        : "read names and numbers, and look the thing up by them",
  })
  return unknownType
}

/** The part of a type that only a source can name; null when there is none. */
function foreignTo(type: Type, seen: Set<Type>): Type | null {
  if (seen.has(type)) return null
  seen.add(type)
  const first = (types: Iterable<Type>): Type | null => {
    for (const one of types) {
      const found = foreignTo(one, seen)
      if (found !== null) return found
    }
    return null
  }
  switch (type.kind) {
    // Built-in fields take secrets and plain texts alike; who declares a secret does not mean one that lies about in a file.
    case "secret":
    case "late":
      return type.from === null ? foreignTo(type.of, seen) : type
    case "optional":
    case "list":
      return foreignTo(type.of, seen)
    case "map":
      return first([type.key, type.value])
    case "record":
      return first([...type.fields.values()].map((field) => field.type))
    case "union":
      return first(type.variants)
    case "either":
      return type.of.every((one) => foreignTo(one, new Set(seen)) !== null) ? type : null
    default:
      return readable.has(type.kind) ? null : type
  }
}

const readable: ReadonlySet<Type["kind"]> = new Set([
  "bool",
  "null",
  "int",
  "float",
  "text",
  "enum",
  "quantity",
  "ip",
  "cidr",
  "ip-range",
  "port",
  "port-range",
  "range",
  "unknown",
])
