/** By UTF-16 units: the same on every machine, whatever its language. */
export function compareTexts(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}

/**
 * The order in which people count identities: by name, then by key, numbers by their value. `web[2]` stands before `web[10]`,
 * and both before `web[klein]`.
 */
export function compareIds(left: string, right: string): number {
  const [left_name, left_key] = partsOf(left)
  const [right_name, right_key] = partsOf(right)
  if (left_name !== right_name) return compareTexts(left_name, right_name)
  const left_number = isNumber(left_key) ? Number(left_key) : Number.POSITIVE_INFINITY
  const right_number = isNumber(right_key) ? Number(right_key) : Number.POSITIVE_INFINITY
  if (left_number !== right_number) return left_number < right_number ? -1 : 1
  return compareTexts(left_key, right_key)
}

/** The values of `items` by identity, in the order of `compareIds`; `items` stay as they are. */
export function sortedById<Item extends { readonly id: string }>(items: Iterable<Item>): Item[] {
  return [...items].sort((left, right) => compareIds(left.id, right.id))
}

function partsOf(id: string): [string, string] {
  const open = id.indexOf("[")
  return open === -1 ? [id, ""] : [id.slice(0, open), id.slice(open + 1, -1)]
}

function isNumber(key: string): boolean {
  return key !== "" && /^\d+$/.test(key)
}
