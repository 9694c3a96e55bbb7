import type { Unit } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import type { Expansion } from "./expansion.ts"
import { makeFrame, makeScope } from "./frame.ts"
import { Home, homePlan } from "./home.ts"
import { declareLets } from "./lets.ts"

/**
 * What stands at the top of files: their lets, and the hosts and networks that all of their clusters share. Everything here has one
 * value, so it is read without a frame. Those of modules are made when something reads them.
 */
export function addGlobals(expansion: Expansion): void {
  const { evaluation } = expansion
  for (const unit of evaluation.program.units) {
    const scope = makeScope(null, false)
    const place = { evaluation, unit, scope }
    declareLets(place, unit.tree.items)
    const frame = makeFrame(scope, null, null)
    for (const [symbol, reader] of scope.readers) evaluation.globals.set(symbol, () => reader(frame))
    const home = new Home(
      expansion,
      homePlan(
        place,
        unit.tree.items.filter((item) => isShared(item, unit)),
      ),
      frame,
      null,
    )
    for (const symbol of home.plan.things.keys()) evaluation.globals.set(symbol, () => home.read(symbol))
    expansion.files.set(unit, home)
    expansion.frames.push({ scope, frame })
  }
  for (const [unit, home] of expansion.files) if (unit.module.name === "") home.expandAll()
}

function isShared(item: tree.Item, unit: Unit): boolean {
  return item.kind === "host" || item.kind === "network" || (item.kind === "assert" && unit.module.name === "")
}
