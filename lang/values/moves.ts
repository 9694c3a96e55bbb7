import type * as tree from "../syntax/tree.ts"

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
