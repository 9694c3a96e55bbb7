import { allItems } from "./items.ts"
import type * as tree from "./tree.ts"

/** A path of names and keys as identities are written: `room["klein"].edge` gives `room[klein].edge`. Anything else gives "". */
export function pathText(path: tree.Expression): string {
  switch (path.kind) {
    case "name":
      return path.text
    case "member":
      return `${pathText(path.of)}.${path.name.text}`
    case "index": {
      const key =
        path.key.kind === "int" ? String(path.key.value) : path.key.kind === "text" ? path.key.parts.join("") : ""
      return `${pathText(path.of)}[${key}]`
    }
    default:
      return ""
  }
}

/** Whether another `moved` of the same body leads on from where this one leads to: then nothing is called so any more. */
export function movesOn(moved: tree.Moved, body: tree.Body): boolean {
  const olds =
    known.get(body) ??
    new Set(allItems(body.items).flatMap((item) => (item.kind === "moved" ? [pathText(item.from)] : [])))
  known.set(body, olds)
  return olds.has(pathText(moved.to))
}
const known = new WeakMap<tree.Body, ReadonlySet<string>>()
