import { movesOn } from "../syntax/paths.ts"
import type * as tree from "../syntax/tree.ts"
import { bare } from "./assignable.ts"
import { unknownType } from "./build.ts"
import { type Check, type Env, problem } from "./context.ts"
import { typeOf } from "./expression.ts"
import { showType } from "./show.ts"

const things = ["appliance", "network", "host", "cluster", "unknown"]

/** Checks `moved old -> new`: both are paths that are written out, and the new one leads to a thing. The old one names nothing. */
export function checkMoved(check: Check, item: tree.Moved, body: tree.Body, env: Env): void {
  const type = movesOn(item, body) ? unknownType : typeOf(check, item.to, env, null)
  const one = bare(type.kind === "map" ? type.value : type)
  if (!things.includes(one.kind)) {
    problem(check, env, item.to, "A0342", `a thing moves, and this is ${showType(type)}`, { hint })
    return
  }
  for (const path of [item.from, item.to]) {
    if (isWrittenOut(path)) continue
    problem(check, env, path, "A0342", "this is no path of names and keys that are written out", { hint })
    return
  }
}

const hint = 'as in `moved web[1] -> site` or `moved room["old"] -> room["new"]`'

function isWrittenOut(path: tree.Expression): boolean {
  switch (path.kind) {
    case "name":
    case "missing":
      return true
    case "member":
      return isWrittenOut(path.of)
    case "index": {
      const { key } = path
      const isText = key.kind === "text" && key.parts.every((part) => typeof part === "string")
      return (key.kind === "int" || isText) && isWrittenOut(path.of)
    }
    default:
      return false
  }
}
