import type { Topology } from "../addresses/topology.ts"
import type { ServiceSymbol } from "../names/symbol.ts"
import type { Report } from "../report/diagnostic.ts"
import { firstTime } from "../report/once.ts"
import type { ApplianceThing, Model, NeedThing, Provided } from "../values/model.ts"
import { isList } from "../values/show.ts"
import type { Value } from "../values/value.ts"
import { type ClusterWire, wireClusters } from "./clusters.ts"
import { candidatesFor, type Markets, marketOf, openMarkets } from "./market.ts"
import { canReach } from "./reach.ts"
import { declared, nameOf, providedOf, reportNone, reportSeveral, withinBounds } from "./unmet.ts"

/** A need with the providers that meet it: none for an optional one that nobody provides. */
export type ResolvedWire = {
  readonly consumer: ApplianceThing
  readonly need: NeedThing
  readonly providers: readonly Provided[]
}

/** The wires of all appliances, and what meets the needs of clusters. */
export type Wires = { readonly wires: readonly ResolvedWire[]; readonly clusters: readonly ClusterWire[] }

/** The names of the standard classes that provide a service, with their modules: `Dnsmasq` from `std/dnsmasq`. Asked only when one is missing. */
export type StandardProviders = (service: ServiceSymbol) => readonly { readonly name: string; readonly from: string }[]

/**
 * Finds the provider of every `needs` and `uses` and writes `model.facts.wires`. Candidates stand in the same cluster (or meet a need
 * of it, or are offered by one inside of it), provide the very service, are reachable, and are not the consumer itself. A need that is
 * not met is reported and has no entry.
 */
export function wire(model: Model, topology: Topology, standard: StandardProviders, report: Report): Wires {
  const markets = openMarkets(model, topology)
  const clusters = wireClusters(model, topology, markets, standard, report)
  const resolved: ResolvedWire[] = []
  const facts = new Map<ApplianceThing, Map<string, Provided | readonly Provided[] | null>>()
  for (const consumer of model.appliances) {
    const own = new Map<string, Provided | readonly Provided[] | null>()
    for (const need of consumer.needs) {
      const picked = need.pick()
      const providers =
        picked === undefined
          ? findProviders(consumer, need, model, { markets, topology, standard, report })
          : pickProviders(consumer, need, picked, topology, report)
      if (providers === null) continue
      own.set(need.name, need.count.kind === "many" ? providers : (providers[0] ?? null))
      resolved.push({ consumer, need, providers })
    }
    facts.set(consumer, own)
  }
  model.facts.wires = facts
  return { wires: resolved, clusters }
}

type Around = {
  readonly markets: Markets
  readonly topology: Topology
  readonly standard: StandardProviders
  readonly report: Report
}

function findProviders(
  consumer: ApplianceThing,
  need: NeedThing,
  model: Model,
  { markets, topology, standard, report }: Around,
): readonly Provided[] | null {
  const all = candidatesFor(consumer, need.service, marketOf(markets, need.met), topology)
  const candidates = all.some((one) => one.appliance === consumer)
    ? all.filter((one) => one.appliance !== consumer)
    : all
  if (need.count.kind === "many") return withinBounds(consumer, need, candidates, standard, report)
  if (candidates.length > 1) {
    reportSeveral(consumer, need, candidates, report)
    return null
  }
  if (candidates.length === 1 || need.count.kind === "maybe") return candidates
  if (!isUnmetAround(need, model) && !isOfferedByNobody(need, model))
    reportNone(consumer, need, markets, standard, report)
  return null
}

/** Whether the cluster needs the same service and nothing around it provides it: that was reported, for all that are in it. */
function isUnmetAround({ met, service }: NeedThing, model: Model): boolean {
  if (met === null) return false
  const wires = model.facts.clusterWires?.get(met)
  return met.needs.some((need) => need.service === service && wires?.get(need.name) === "unmet")
}

/** Whether a cluster beside it should offer the service, and it was reported that it cannot. */
function isOfferedByNobody({ met, service }: NeedThing, model: Model): boolean {
  const beside = model.clusters.filter((cluster) => cluster.within !== null && cluster.within === met)
  return beside.some(({ offers }) => offers.some((offer) => offer.service === service && offer.provided() === null))
}

function pickProviders(
  consumer: ApplianceThing,
  need: NeedThing,
  picked: Value,
  topology: Topology,
  report: Report,
): readonly Provided[] | null {
  const providers: Provided[] = []
  for (const value of isList(picked) ? picked : [picked]) {
    if (value === null) continue
    const provided = providedOf(value)
    if (provided === null) return null
    if (provided.appliance === consumer) {
      if (firstTime(report, "A0503", need.span))
        report.add("A0503", need.span, `${consumer.id} picks itself as its ${need.name}`, {
          related: [declared(need)],
          hint: "pick a service of another appliance, or leave the line out if nothing else provides it",
        })
      return null
    }
    if (!canReach(consumer, provided.appliance, topology)) {
      reportNoRoute(consumer, need, provided, report)
      return null
    }
    if (!providers.includes(provided)) providers.push(provided)
  }
  if (need.count.kind === "many") return withinBounds(consumer, need, providers, () => [], report)
  return providers
}

function reportNoRoute(consumer: ApplianceThing, need: NeedThing, provided: Provided, report: Report): void {
  if (!firstTime(report, "A0507", need.span)) return
  report.add("A0507", need.span, `${consumer.id} has no route to ${nameOf(provided)}`, {
    related: [declared(need), { message: `provides ${provided.name}`, span: provided.appliance.span }],
    hint: "let both stand on one network, or give their networks the same gateway",
  })
}
