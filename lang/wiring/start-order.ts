import { shortestCycle, topologicalOrder } from "../graph/graph.ts"
import type { Report } from "../report/diagnostic.ts"
import { entryOf } from "../text/entry.ts"
import { sortedById } from "../text/order.ts"
import type { ApplianceThing, Model } from "../values/model.ts"
import { isIn } from "./clusters.ts"
import { type Consumer, nameOf } from "./unmet.ts"
import type { ResolvedWire, Wires } from "./wire.ts"

/** The appliances that each one waits for: the providers of its `needs`, ordered by name. `uses` does not wait. */
export type StartOrder = ReadonlyMap<ApplianceThing, readonly ApplianceThing[]>

/** Who waits for whom. A cycle is reported with its shortest loop. */
export function startOrder(model: Model, { wires, clusters }: Wires, report: Report): StartOrder {
  const waits = new Map<ApplianceThing, Set<ApplianceThing>>()
  for (const wire of wires) {
    if (wire.need.how !== "needs" || wire.providers.length === 0) continue
    const own = entryOf(waits, wire.consumer, () => new Set())
    for (const provided of wire.providers) own.add(provided.appliance)
  }
  const waiting = clusters.filter(({ need, providers }) => need.how === "needs" && providers.length > 0)
  if (waiting.length > 0)
    for (const appliance of model.appliances)
      for (const { cluster, providers } of waiting) {
        if (!isIn(appliance, cluster)) continue
        const own = entryOf(waits, appliance, () => new Set())
        for (const provided of providers) own.add(provided.appliance)
      }
  const next = (appliance: ApplianceThing): Iterable<ApplianceThing> => waits.get(appliance) ?? []
  const order = topologicalOrder({ nodes: model.appliances.filter((one) => mayBeInLoop(one, waits)), next })
  if (order.kind === "cyclic")
    for (const component of order.components)
      reportLoop(shortestCycle({ nodes: sortedById(component), next })!, { wires, clusters }, report)
  return new Map([...waits].map(([one, others]) => [one, others.size === 1 ? [...others] : sortedById(others)]))
}

/** Most appliances wait only for ones that wait for nobody: no loop leads through them. */
function mayBeInLoop(
  appliance: ApplianceThing,
  waits: ReadonlyMap<ApplianceThing, ReadonlySet<ApplianceThing>>,
): boolean {
  for (const provider of waits.get(appliance) ?? []) if (waits.has(provider)) return true
  return false
}

type Link = { readonly consumer: Consumer; readonly need: ResolvedWire["need"]; readonly provided: string }

function reportLoop(loop: readonly ApplianceThing[], wires: Wires, report: Report): void {
  const links = loop.map((consumer, index) => linkOf(consumer, loop[(index + 1) % loop.length]!, wires))
  const [first] = links
  const shown = [...loop, loop[0]!].map((appliance) => appliance.id).join(" -> ")
  report.add("A0505", first!.need.declaration, `these appliances wait for each other: ${shown}`, {
    label: `${first!.consumer.id} needs ${first!.provided}`,
    related: links.map((link) => ({
      message: `${link.consumer.id} needs ${link.provided}`,
      span: link === first ? link.consumer.span : link.need.declaration,
    })),
    hint: `one that works before the other is there says so: uses ${first!.need.name}: … instead of needs`,
  })
}

/** Why one waits for another: a need of its own, or of a cluster that it stands in. */
function linkOf(consumer: ApplianceThing, provider: ApplianceThing, { wires, clusters }: Wires): Link {
  const own = wires.filter((wire) => wire.consumer === consumer)
  const around = clusters.filter((wire) => isIn(consumer, wire.cluster))
  const links = [...own, ...around.map((wire) => ({ ...wire, consumer: wire.cluster }))]
  for (const { consumer: waiting, need, providers } of links) {
    const provided = providers.find((one) => one.appliance === provider)
    if (need.how === "needs" && provided !== undefined) return { consumer: waiting, need, provided: nameOf(provided) }
  }
  throw new Error(`${consumer.id} has no wire to ${provider.id}`)
}
