import type { Deployable } from "../values/compiled.ts"
import type { ParamInput } from "../values/inputs.ts"
import type { Value } from "../values/value.ts"

/**
 * A text that two compilations of a cluster share when they must give the same: its file and name, and the values that it is given.
 * Null when a value is of a kind that is not compared: then it is compiled again.
 */
export function fingerprint({ cluster, set }: Deployable, given: ReadonlyMap<string, ParamInput>): string | null {
  const parts: unknown[] = [cluster.unit.path, cluster.name, set?.name ?? null]
  for (const name of [...given.keys()].sort()) {
    const input = given.get(name)!
    const part = "evaluated" in input.value ? plain(input.value.evaluated) : null
    if (part === null) return null
    parts.push([name, part.value])
  }
  return JSON.stringify(parts)
}

function plain(value: Value): { readonly value: unknown } | null {
  if (value === null || typeof value !== "object") return { value }
  if (!("kind" in value)) return all(value as readonly Value[])
  switch (value.kind) {
    case "record":
      return entries(value.tag, value.fields)
    case "map":
      return entries(null, value.entries)
    case "quantity":
    case "port":
    case "ip":
    case "cidr":
    case "range":
      return { value }
    default:
      return null
  }
}

function all(values: readonly Value[]): { readonly value: unknown } | null {
  const parts = values.map(plain)
  return parts.includes(null) ? null : { value: parts.map((part) => part!.value) }
}

function entries(tag: string | null, of: ReadonlyMap<string | number, Value>): { readonly value: unknown } | null {
  const values = all([...of.values()])
  return values === null ? null : { value: [tag, [...of.keys()], values.value] }
}
