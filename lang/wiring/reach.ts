import { networksOf, type Topology } from "../addresses/topology.ts"
import type { ApplianceThing, NetworkThing, PlannedNic } from "../values/model.ts"

/** What routes a network: its gateway, or the host. Two networks with the same router are routed to each other. */
export type Router = ApplianceThing | "host"

/** The router of `network`. */
export function routerOf(network: NetworkThing, topology: Topology): Router {
  return topology.segments.get(network)?.gateway ?? "host"
}

/** The routers of all networks that `appliance` is on, each once. */
export function routersOf(appliance: ApplianceThing, topology: Topology): readonly Router[] {
  const networks = networksOf(topology, appliance)
  if (networks.length === 1) return [routerOf(networks[0]!, topology)]
  return [...new Set(networks.map((network) => routerOf(network, topology)))]
}

/** Whether `from` can reach `to`: they share a network, or two of their networks have the same router. */
export function canReach(from: ApplianceThing, to: ApplianceThing, topology: Topology): boolean {
  const routers = routersOf(to, topology)
  return routersOf(from, topology).some((router) => routers.includes(router))
}

/** Whether an appliance on `from` can reach one on `to`. */
export function areRouted(from: NetworkThing, to: NetworkThing, topology: Topology): boolean {
  return from === to || routerOf(from, topology) === routerOf(to, topology)
}

/** The nics over which two appliances talk, and the gateway between them; null when it is the host, or when they share a network. */
export type Path = { readonly from: PlannedNic; readonly to: PlannedNic; readonly through: ApplianceThing | null }

/**
 * How `from` talks to `to`: over the first network of the consumer's that both are on, else over the first pair that is routed. Null when
 * there is no such pair.
 */
export function pathBetween(
  from: ApplianceThing,
  to: ApplianceThing,
  nics: ReadonlyMap<ApplianceThing, readonly PlannedNic[]>,
  topology: Topology,
): Path | null {
  const sources = nics.get(from) ?? []
  const targets = nics.get(to) ?? []
  for (const source of sources)
    for (const target of targets)
      if (source.network !== null && source.network === target.network)
        return { from: source, to: target, through: null }
  for (const source of sources)
    for (const target of targets) {
      if (source.network === null || target.network === null) continue
      const router = routerOf(source.network, topology)
      if (router === routerOf(target.network, topology))
        return { from: source, to: target, through: router === "host" ? null : router }
    }
  return null
}
