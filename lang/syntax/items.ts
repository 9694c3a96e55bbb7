import type * as tree from "./tree.ts"

/** The items of a body with those of the `for`, `if` and `match` in it, in the order of the text; these themselves are left out. */
export function allItems(items: readonly tree.Item[]): readonly tree.Item[] {
  return items.flatMap((item) => {
    switch (item.kind) {
      case "for":
        return allItems(item.body.items)
      case "if": {
        const otherwise = item.else === undefined ? [] : item.else.kind === "if" ? [item.else] : item.else.items
        return [...allItems(item.then.items), ...allItems(otherwise)]
      }
      case "match":
        return item.arms.flatMap((arm) => allItems(arm.body.items))
      default:
        return [item]
    }
  })
}
