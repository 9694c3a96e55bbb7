import type * as tree from "../syntax/tree.ts"
import type { Find, Subject } from "./rule.ts"

/** A1013: what `module.json` exports, and the params of exported classes and clusters, without a doc comment. */
export function undocumented({ units, exports }: Subject, find: Find): void {
  if (exports === null) return
  for (const { source, tree } of units) {
    for (const item of tree.items) {
      if (!("name" in item) || item.name?.kind !== "name" || !exports.has(item.name.text)) continue
      const { name } = item
      const described: readonly tree.Item[] = [item, ...paramsOf(item)]
      for (const one of described) {
        if (!("name" in one) || one.name?.kind !== "name" || ("doc" in one && one.doc !== undefined)) continue
        const called = one === item ? `${name.text} is exported` : `${one.name.text} is a param of ${name.text}`
        find({ source, start: one.name.start, end: one.name.end }, `${called} and has no description`, {
          hint: "say what it is, in a `///` comment above it",
        })
      }
    }
  }
}

function paramsOf(item: tree.Item): readonly tree.Item[] {
  const items = item.kind === "appliance-class" || item.kind === "cluster" ? item.body.items : []
  return items.filter((inner) => inner.kind === "param")
}
