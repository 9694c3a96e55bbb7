import type { Topology } from "../addresses/topology.ts"
import type { ServiceSymbol } from "../names/symbol.ts"
import { entryOf } from "../text/entry.ts"
import { compareIds, compareTexts } from "../text/order.ts"
import type { ApplianceThing, ClusterThing, Model, NeedThing, Provided } from "../values/model.ts"
import { type Router, routersOf } from "./reach.ts"

/** Providers by service and router, each list ordered by name: what a consumer can reach is found without looking at all. */
export type Market = ReadonlyMap<ServiceSymbol, ReadonlyMap<Router, readonly Provided[]>>
type OpenMarket = Map<ServiceSymbol, Map<Router, Provided[]>>

/** The market of each cluster: what its appliances provide, and what the clusters in it offer. */
export type Markets = Map<ClusterThing | null, OpenMarket>

export function openMarkets(model: Model, topology: Topology): Markets {
  const markets: Markets = new Map()
  for (const appliance of model.appliances)
    for (const provided of appliance.provides) putUp(markets, appliance.within, provided, topology)
  const offered = new Map<ClusterThing, Set<Provided>>()
  for (const { within, offers } of model.clusters) {
    if (within === null) continue
    for (const offer of offers) {
      const provided = offer.provided()
      if (provided !== null) entryOf(offered, within, () => new Set()).add(provided)
    }
  }
  for (const [cluster, all] of offered) for (const provided of all) putUp(markets, cluster, provided, topology)
  for (const market of markets.values())
    for (const stands of market.values()) for (const stand of stands.values()) stand.sort(compareProvided)
  return markets
}

/** Adds what meets a need of a cluster to what the appliances in it find. */
export function bringIn(
  markets: Markets,
  cluster: ClusterThing,
  providers: ReadonlySet<Provided>,
  topology: Topology,
): void {
  for (const provided of providers) putUp(markets, cluster, provided, topology)
  for (const stands of markets.get(cluster)?.values() ?? [])
    for (const stand of stands.values()) stand.sort(compareProvided)
}

const empty: Market = new Map()

export function marketOf(markets: Markets, cluster: ClusterThing | null): Market {
  return markets.get(cluster) ?? empty
}

/** All providers of what is needed in a market, whoever can reach them, ordered by name. */
export function allOf(need: NeedThing, market: Market): readonly Provided[] {
  return [...new Set([...(market.get(need.service)?.values() ?? [])].flat())].sort(compareProvided)
}

function putUp(markets: Markets, cluster: ClusterThing | null, provided: Provided, topology: Topology): void {
  const market = entryOf(markets, cluster, () => new Map())
  const stands = entryOf(market, provided.service, () => new Map<Router, Provided[]>())
  for (const router of routersOf(provided.appliance, topology))
    entryOf(stands, router, (): Provided[] => []).push(provided)
}

export function compareProvided(left: Provided, right: Provided): number {
  return compareIds(left.appliance.id, right.appliance.id) || compareTexts(left.name, right.name)
}

/** The providers of a service that a consumer can reach, ordered by name; itself, if it is one, too. */
export function candidatesFor(
  consumer: ApplianceThing,
  service: ServiceSymbol,
  market: Market,
  topology: Topology,
): readonly Provided[] {
  const stands = market.get(service)
  if (stands === undefined) return []
  const routers = routersOf(consumer, topology)
  if (routers.length === 1) return stands.get(routers[0]!) ?? []
  const found = new Set(routers.flatMap((router) => stands.get(router) ?? []))
  return [...found].sort(compareProvided)
}
