import type { Nic } from "../../../lang/index.ts"
import { type FirewallTunnel, fieldsOf, type NetworkFields, type NetworkLink } from "../../model/fields.ts"
import { answering, passes, type Target } from "./reach.ts"
import { clusterOf, type SimulatedCluster, type SimulatedHosts, type Thing, thingKey } from "./state.ts"

/**
 * Whether a packet from one appliance would come through to another, wherever they are, and its answer back: the rules of all hosts on the way
 * let it pass, and their tunnels know each other.
 */
export function reachesAcross({ hosts }: SimulatedHosts, cluster: string, from: string, to: Target): boolean {
  const sites = Object.entries(hosts).map(([host, known]): Site => ({ host, cluster: clusterOf(known, cluster) }))
  const [source, target] = [spotOf(from, sites), spotOf(to.appliance, sites)]
  if (source === null || target === null) return false
  return waysBetween(source, target, sites).some(
    ({ hops, passed }) =>
      hops.every((hop) => hop()) &&
      [source, target, ...passed].every(({ site }) => {
        const firewall = site.cluster.things[thingKey("firewall/rules", 1)]
        const rules = firewall === undefined ? [] : fieldsOf(firewall, "firewall").rules
        return rules.some((rule) => passes(rule, source.thing, target.thing, to))
      }),
  )
}

type Site = { readonly host: string; readonly cluster: SimulatedCluster }
type Spot = { readonly site: Site; readonly thing: Thing; readonly nics: readonly Nic[] }
/** How a packet may go: over which links, and past which gateways. */
type Way = { readonly hops: readonly (() => boolean)[]; readonly passed: readonly Spot[] }

function spotOf(id: string, sites: readonly Site[]): Spot | null {
  for (const site of sites) {
    const thing = answering(site.cluster, id)
    if (thing !== null) return { site, thing, nics: fieldsOf(thing, "appliance").nics }
  }
  return null
}

function waysBetween(source: Spot, target: Spot, sites: readonly Site[]): readonly Way[] {
  const pairs = source.nics.flatMap((from) =>
    target.nics.flatMap((to) => (from.network === null || to.network === null ? [] : [{ from, to }])),
  )
  const common = pairs.filter(({ from, to }) => from.network === to.network)
  if (common.length > 0)
    return common.map(({ from, to }) => ({ hops: [() => isLinked(source.site, from, target.site, to)], passed: [] }))
  return pairs.flatMap(({ from, to }): Way[] => {
    const router = networkAt(source.site, from.network!)?.gateway?.appliance ?? null
    if (router === null) return [{ hops: [() => isRouted(source.site, from, target.site, to)], passed: [] }]
    const gateway = spotOf(router, sites)
    const [inner, outer] = [from, to].map((nic) => gateway?.nics.find((one) => one.network === nic.network))
    if (gateway === null || inner === undefined || outer === undefined) return []
    return [
      {
        hops: [
          () => isLinked(source.site, from, gateway.site, inner),
          () => isLinked(gateway.site, outer, target.site, to),
        ],
        passed: [gateway],
      },
    ]
  })
}

/** Two nics on one network: their hosts know where the other is, and take what comes from there. */
function isLinked(here: Site, from: Nic, there: Site, to: Nic): boolean {
  const network = from.network!
  if (here.host === there.host) return networkAt(here, network) !== null
  return leads(here, to, there, network) && leads(there, from, here, network) && takesBoth(here, from, there, to)
}

function takesBoth(here: Site, from: Nic, there: Site, to: Nic): boolean {
  return takes(there, from.mac, from, here, from.network!) && takes(here, to.mac, to, there, from.network!)
}

/** Two nics on networks that hosts route: the host of each puts what it sends into the network of the other. */
function isRouted(here: Site, from: Nic, there: Site, to: Nic): boolean {
  if (here.host === there.host) return networkAt(here, to.network!) !== null && networkAt(here, from.network!) !== null
  const [mine, theirs] = [linkAt(here, to.network!)?.mac, linkAt(there, from.network!)?.mac]
  return (
    leads(here, to, there, to.network!) &&
    leads(there, from, here, from.network!) &&
    takes(there, mine ?? "", from, here, to.network!) &&
    takes(here, theirs ?? "", to, there, from.network!)
  )
}

/** Whether the tunnel of a network at `here` leads to a nic at `there`. */
function leads(here: Site, nic: Nic, there: Site, network: string): boolean {
  const [mine, theirs] = [linkAt(here, network), linkAt(there, network)]
  return (
    mine?.remotes.some(({ address, mac, at }) => address === nic.address && mac === nic.mac && at === theirs?.local) ===
    true
  )
}

/** Whether `there` takes what a nic sends from `here`, with this hardware address. */
function takes(there: Site, mac: string, nic: Nic, here: Site, network: string): boolean {
  const tunnel = tunnelAt(there, network)
  const local = linkAt(here, network)?.local ?? ""
  return (
    tunnel?.peers.includes(local) === true &&
    tunnel.id === linkAt(here, network)?.id &&
    tunnel.sources.some((source) => source.mac === mac && source.address === nic.address)
  )
}

function networkAt({ cluster }: Site, network: string): NetworkFields | null {
  const thing = cluster.things[thingKey(`network/${network}`, 1)]
  return thing === undefined ? null : fieldsOf(thing, "network")
}

function linkAt(site: Site, network: string): NetworkLink | null {
  return networkAt(site, network)?.link ?? null
}

function tunnelAt({ cluster }: Site, network: string): FirewallTunnel | undefined {
  const firewall = cluster.things[thingKey("firewall/rules", 1)]
  return firewall === undefined
    ? undefined
    : fieldsOf(firewall, "firewall").tunnels.find((tunnel) => tunnel.network === network)
}
