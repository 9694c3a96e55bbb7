/** By UTF-16 units: the same on every machine, whatever its language. */
export function compareTexts(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}

/**
 * The order in which people count identities: by name, then by key, numbers by their value, part by part of a path. `web[2]` stands
 * before `web[10]`, and both before `web[klein]`. What follows the key, as in `web[2]/dmz`, counts last.
 */
export function compareIds(left: string, right: string): number {
  return compareParts(partsOf(left), partsOf(right))
}

/** `items` in the order of `compareIds`; `items` stay as they are. Each identity is taken apart once, not at each comparison. */
export function sortedById<Item extends { readonly id: string }>(items: Iterable<Item>): Item[] {
  return Array.from(items, (item) => ({ item, parts: partsOf(item.id) }))
    .sort((left, right) => compareParts(left.parts, right.parts))
    .map(({ item }) => item)
}

type Part = { readonly name: string; readonly key: string; readonly number: number; readonly rest: Part | null }

/** The first part of a path, and those behind it. A dot that is no part of a path, as in an address, follows no key. */
function partsOf(id: string): Part {
  const open = id.indexOf("[")
  const dot = id.indexOf(".")
  if (open === -1 && dot === -1) return { name: id, key: "", number: Number.POSITIVE_INFINITY, rest: null }
  if (dot !== -1 && (open === -1 || dot < open))
    return { name: id.slice(0, dot), key: "", number: Number.POSITIVE_INFINITY, rest: partsOf(id.slice(dot + 1)) }
  const close = id.indexOf("].", open)
  const key = close === -1 ? id.slice(open + 1) : id.slice(open + 1, close + 1)
  const digits = /^\d+(?=\])/.exec(key)
  return {
    name: id.slice(0, open),
    key,
    number: digits === null ? Number.POSITIVE_INFINITY : Number(digits[0]),
    rest: close === -1 ? null : partsOf(id.slice(close + 2)),
  }
}

function compareParts(left: Part, right: Part): number {
  if (left.name !== right.name) return compareTexts(left.name, right.name)
  if (left.number !== right.number) return left.number < right.number ? -1 : 1
  if (left.key !== right.key) return compareTexts(left.key, right.key)
  if (left.rest === null || right.rest === null) return Number(left.rest !== null) - Number(right.rest !== null)
  return compareParts(left.rest, right.rest)
}
