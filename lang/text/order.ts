/** By UTF-16 units: the same on every machine, whatever its language. */
export function compareTexts(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}

/**
 * The order in which people count identities: by name, then by key, numbers by their value. `web[2]` stands before `web[10]`,
 * and both before `web[klein]`. What follows the key, as in `web[2]/dmz`, counts last.
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

type Parts = { readonly name: string; readonly key: string; readonly number: number }

function partsOf(id: string): Parts {
  const open = id.indexOf("[")
  if (open === -1) return { name: id, key: "", number: Number.POSITIVE_INFINITY }
  const digits = /^\d+(?=\])/.exec(id.slice(open + 1))
  const key = id.slice(open + 1)
  return { name: id.slice(0, open), key, number: digits === null ? Number.POSITIVE_INFINITY : Number(digits[0]) }
}

function compareParts(left: Parts, right: Parts): number {
  if (left.name !== right.name) return compareTexts(left.name, right.name)
  if (left.number !== right.number) return left.number < right.number ? -1 : 1
  return compareTexts(left.key, right.key)
}
