import { shortestCycle, topologicalOrder } from "../graph/graph.ts"
import type { Report } from "../report/diagnostic.ts"
import { entryOf } from "../text/entry.ts"
import { sortedById } from "../text/order.ts"
import type { ApplianceThing, Model } from "../values/model.ts"
import { nameOf, type ResolvedWire } from "./wire.ts"

/** The appliances that each one waits for: the providers of its `needs`, ordered by name. `uses` does not wait. */
export type StartOrder = ReadonlyMap<ApplianceThing, readonly ApplianceThing[]>

/** Who waits for whom. A cycle is reported with its shortest loop. */
export function startOrder(model: Model, wires: readonly ResolvedWire[], report: Report): StartOrder {
  const waits = new Map<ApplianceThing, Set<ApplianceThing>>()
  for (const wire of wires) {
    if (wire.need.how !== "needs" || wire.providers.length === 0) continue
    const own = entryOf(waits, wire.consumer, () => new Set())
    for (const provided of wire.providers) own.add(provided.appliance)
  }
  const next = (appliance: ApplianceThing): Iterable<ApplianceThing> => waits.get(appliance) ?? []
  const order = topologicalOrder({ nodes: model.appliances.filter((one) => mayBeInLoop(one, waits)), next })
  if (order.kind === "cyclic")
    for (const component of order.components)
      reportLoop(shortestCycle({ nodes: sortedById(component), next })!, wires, report)
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

function reportLoop(loop: readonly ApplianceThing[], wires: readonly ResolvedWire[], report: Report): void {
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

function linkOf(
  consumer: ApplianceThing,
  provider: ApplianceThing,
  wires: readonly ResolvedWire[],
): { consumer: ApplianceThing; need: ResolvedWire["need"]; provided: string } {
  for (const wire of wires) {
    if (wire.consumer !== consumer || wire.need.how !== "needs") continue
    const provided = wire.providers.find((one) => one.appliance === provider)
    if (provided !== undefined) return { consumer, need: wire.need, provided: nameOf(provided) }
  }
  throw new Error(`${consumer.id} has no wire to ${provider.id}`)
}
