import { allItems } from "../syntax/items.ts"
import type * as tree from "../syntax/tree.ts"
import { isStatic } from "./blocks.ts"
import type { Cluster } from "./cluster-thing.ts"
import { type EveryThing, type Expansion, once } from "./expansion.ts"
import { compile } from "./expressions.ts"
import { type Code, type Frame, makeFrame, makeScope, spanOf, step } from "./frame.ts"
import type { Addition, Inner, Layout } from "./layout.ts"
import { declareLets } from "./lets.ts"
import { applianceLayout } from "./make-layout.ts"
import { readSelf } from "./read.ts"
import type { Appliance } from "./things.ts"

type Chosen = { readonly every: EveryThing; readonly made: CompiledEvery; readonly frame: Frame }
type CompiledEvery = { readonly where: Code | null; readonly body: Inner }

/**
 * Adds what each `every` says to the appliances of its cluster, those of inner clusters too. All conditions are asked before anything is
 * added, so that no `every` sees what another one does.
 */
export function addEverywhere(expansion: Expansion): void {
  const { everys, evaluation } = expansion
  if (everys.length === 0) return
  const chosen = new Map<Appliance, Chosen[]>()
  for (const every of everys) {
    const made = once(expansion, every.item, () => compileEvery(every))
    for (const appliance of expansion.appliances) {
      if (!step(evaluation, () => spanOf(every.place.unit, every.item))) return
      if (!isWithin(appliance, every.cluster)) continue
      const frame = makeFrame(made.body.scope, every.frame, appliance)
      if (made.where !== null && made.where.run(frame) !== true) continue
      const known = chosen.get(appliance)
      if (known === undefined) chosen.set(appliance, [{ every, made, frame }])
      else known.push({ every, made, frame })
    }
  }
  const numbers = new Map(everys.map((every, index) => [every, index]))
  for (const [appliance, matches] of chosen) extend(expansion, appliance, matches, numbers)
}

function extend(
  expansion: Expansion,
  appliance: Appliance,
  matches: readonly Chosen[],
  numbers: ReadonlyMap<EveryThing, number>,
): void {
  const { plan } = appliance
  const additions = matches.map(
    ({ every, made }): Addition => ({ place: made.body, items: every.item.body.items, cluster: every.cluster }),
  )
  const frames = [...appliance.frames, ...matches.map(({ frame }) => frame)]
  for (const { made, frame } of matches)
    if (made.body.scope.lazies.length > 0) expansion.frames.push({ scope: made.body.scope, frame })
  const own = () => applianceLayout(plan.levels, plan.body, frames, additions)
  if (plan.unfolds || additions.some(({ items }) => !isStatic(items))) {
    appliance.extend(own(), frames)
    return
  }
  const key = matches.map(({ every }) => numbers.get(every)).join(" ")
  const layout: Layout = plan.extended.get(key) ?? applianceLayout(plan.levels, plan.body, null, additions)
  plan.extended.set(key, layout)
  appliance.extend(layout, frames)
}

/** The appliance has a name in the condition and in the body, where what the body adds has one too. */
function compileEvery({ item, place }: EveryThing): CompiledEvery {
  const { evaluation } = place
  const { bindings } = evaluation
  const scope = makeScope(place.scope, true)
  const body: Inner = { ...place, scope }
  const local = item.name && bindings.declared.get(item.name)
  if (local) scope.readers.set(local, (frame) => ({ kind: "reference", to: frame.self! }))
  for (const added of allItems(item.body.items)) {
    const symbol = bindings.declared.get(added as tree.Declaration)
    if (symbol?.kind !== "needs" && symbol?.kind !== "provides") continue
    const span = () => spanOf(place.unit, symbol.declaration.name)
    scope.readers.set(symbol, (frame) => readSelf(evaluation, frame.self!, symbol.name, span))
  }
  declareLets(body, item.body.items)
  return { where: item.where === undefined ? null : compile(body, item.where), body }
}

function isWithin(appliance: Appliance, cluster: Cluster | null): boolean {
  for (let at = appliance.within; at !== null; at = at.within) if (at === cluster) return true
  return false
}
