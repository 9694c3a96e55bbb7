import { type Expansion, expandItems, thingValue } from "./expand.ts"
import { makeFrame, makeScope } from "./frame.ts"
import { declareLets } from "./lets.ts"

/**
 * What stands at the top of files: their lets, and the hosts and networks of the project's own files, which all of its clusters share.
 * Everything here has one value, so it is read without a frame.
 */
export function addGlobals(expansion: Expansion): void {
  const { evaluation } = expansion
  for (const unit of evaluation.program.units) {
    const scope = makeScope(null, false)
    const place = { evaluation, unit, scope }
    declareLets(place, unit.tree.items)
    const frame = makeFrame(scope, null, null)
    for (const [symbol, reader] of scope.readers) evaluation.globals.set(symbol, () => reader(frame))
    for (const item of unit.tree.items) {
      const symbol =
        item.kind === "host" || item.kind === "network" ? evaluation.bindings.declared.get(item) : undefined
      if (symbol?.kind === "thing") evaluation.globals.set(symbol, () => thingValue(expansion, symbol))
    }
    if (unit.module.name !== "") expansion.frames.push({ scope, frame })
    else {
      const shared = unit.tree.items.filter(
        (item) => item.kind === "host" || item.kind === "network" || item.kind === "assert",
      )
      expandItems(expansion, shared, place, frame)
    }
  }
}
