import type { DataFields, DataList, Stretch } from "../data/node.ts"
import type { Source, Span } from "../text/source.ts"
import type { Value } from "./value.ts"

type Origin = { readonly source: Source; readonly node: DataFields | DataList }

// Beside the values, not in them: few are ever asked where they come from, and equal values stay equal.
const origins = new WeakMap<object, Origin>()

/** Remembers which part of a data file a record, map or list was read from; gives the value. */
export function fromData<T extends Value & object>(value: T, source: Source, node: DataFields | DataList): T {
  origins.set(value, { source, node })
  return value
}

/** Where a field, entry or element of a value stands in the data file that it was read from; null for all other values. */
export function dataSpan(value: Value | undefined, part: string | number): Span | null {
  const origin = typeof value === "object" && value !== null ? origins.get(value) : undefined
  if (origin === undefined) return null
  const { source, node } = origin
  const inner = node.kind === "list" ? node.elements[Number(part)] : node.entries.get(String(part))?.node
  return inner === undefined ? null : spanIn(source, inner)
}

/** Where a record, map or list stands in the data file that it was read from; null for all other values. */
export function wholeDataSpan(value: Value): Span | null {
  const origin = typeof value === "object" && value !== null ? origins.get(value) : undefined
  return origin === undefined ? null : spanIn(origin.source, origin.node)
}

export function spanIn(source: Source, { start, end }: Stretch): Span {
  return { source, start, end }
}
