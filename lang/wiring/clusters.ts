import type { Topology } from "../addresses/topology.ts"
import type { Report } from "../report/diagnostic.ts"
import type { ApplianceThing, ClusterThing, Model, NeedThing, Provided } from "../values/model.ts"
import { isList } from "../values/show.ts"
import { allOf, bringIn, type Markets, marketOf } from "./market.ts"
import { providedOf, reportNone, reportSeveral, withinBounds } from "./unmet.ts"
import type { StandardProviders } from "./wire.ts"

/** A need of a cluster with what is around it and meets it. */
export type ClusterWire = {
  readonly cluster: ClusterThing
  readonly need: NeedThing
  readonly providers: readonly Provided[]
}

/**
 * Meets the needs of clusters with what is around them, from the outermost inward, and writes `model.facts.clusterWires`. What meets one
 * is from then on among the candidates inside. A cluster cannot meet its own need; the deployed one has nothing around it.
 */
export function wireClusters(
  model: Model,
  topology: Topology,
  markets: Markets,
  standard: StandardProviders,
  report: Report,
): readonly ClusterWire[] {
  const facts: NonNullable<Model["facts"]["clusterWires"]> = new Map()
  model.facts.clusterWires = facts
  const wires: ClusterWire[] = []
  for (const cluster of model.clusters) {
    const own = new Map<string, Provided | readonly Provided[] | "unmet" | null>()
    const found = new Set<Provided>()
    for (const need of cluster.needs) {
      const providers = providersOf(cluster, need, markets, standard, report)
      own.set(need.name, providers === null ? "unmet" : need.count.kind === "many" ? providers : (providers[0] ?? null))
      if (providers === null) continue
      wires.push({ cluster, need, providers })
      for (const provided of providers) found.add(provided)
    }
    facts.set(cluster, own)
    bringIn(markets, cluster, found, topology)
  }
  return wires
}

/** Whether an appliance stands in a cluster, or in one inside of it. */
export function isIn(appliance: ApplianceThing, cluster: ClusterThing): boolean {
  for (let at = appliance.within; at !== null; at = at.within) if (at === cluster) return true
  return false
}

function providersOf(
  cluster: ClusterThing,
  need: NeedThing,
  markets: Markets,
  standard: StandardProviders,
  report: Report,
): readonly Provided[] | null {
  if (cluster.within === null) return withoutSurroundings(cluster, need, report)
  const picked = need.pick()
  if (picked !== undefined) {
    const values = (isList(picked) ? picked : [picked]).filter((value) => value !== null)
    const providers = values.map(providedOf).filter((provided) => provided !== null)
    if (providers.length < values.length) return null
    return withinBounds(cluster, need, [...new Set(providers)], () => [], report)
  }
  const candidates = allOf(need, marketOf(markets, cluster.within)).filter((one) => !isIn(one.appliance, cluster))
  if (need.count.kind === "many") return withinBounds(cluster, need, candidates, standard, report)
  if (candidates.length > 1) {
    reportSeveral(cluster, need, candidates, report)
    return null
  }
  if (candidates.length === 1 || need.count.kind === "maybe") return candidates
  reportNone(cluster, need, markets, standard, report)
  return null
}

/** What the deployed cluster needs is met only where it may be missing. */
function withoutSurroundings(cluster: ClusterThing, need: NeedThing, report: Report): readonly Provided[] | null {
  const isOptional = need.count.kind === "maybe" || (need.count.kind === "many" && need.count.least === 0)
  if (isOptional) return []
  const service = need.service.name
  report.add("A0513", need.declaration, `${cluster.name} ${need.how} ${service}, and nothing is around it`, {
    hint: `put it into a cluster that provides it, or say \`${need.how} ${need.name}: ${service}?\``,
  })
  return null
}
