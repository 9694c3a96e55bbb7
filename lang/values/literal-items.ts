import type * as tree from "../syntax/tree.ts"

/**
 * The expression that stands for one field, entry or position of a record, map or list that is written out; null when it is not, or when
 * a loop makes it. What stands under a condition is found too: its value was asked for, so the condition held.
 */
export function literalItem(expression: tree.Expression, key: string | number): tree.Expression | null {
  switch (expression.kind) {
    case "record":
      return inItems(expression.items, String(key))
    case "amend":
      return inItems(expression.body.items, String(key)) ?? literalItem(expression.of, key)
    case "list": {
      const element = typeof key === "number" ? expression.elements[key] : undefined
      const plain = expression.elements.every((one) => one.kind !== "element-for" && one.kind !== "element-if")
      return plain && element !== undefined ? (element as tree.Expression) : null
    }
    default:
      return null
  }
}

function inItems(items: readonly tree.Item[], key: string): tree.Expression | null {
  for (const item of items) {
    if (item.kind === "field" && item.name.text === key) return item.value
    if (item.kind === "entry" && item.key.parts.length === 1 && item.key.parts[0] === key) return item.value
    const inner = item.kind === "if" ? inBranches(item, key) : null
    if (inner !== null) return inner
  }
  return null
}

function inBranches(item: tree.IfItem, key: string): tree.Expression | null {
  const found = inItems(item.then.items, key)
  if (found !== null || item.else === undefined) return found
  return item.else.kind === "if" ? inBranches(item.else, key) : inItems(item.else.items, key)
}
