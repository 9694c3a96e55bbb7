import type { DesiredAppliance, DesiredState, End, Flow, Nic } from "../../lang/index.ts"
import { overlaps } from "../model/networks.ts"

/** Of an appliance, what its traffic is about. */
export type Placed = Pick<DesiredAppliance, "id" | "host" | "nics">

/** A nic on a network, and where it is. */
export type Member = { readonly appliance: Placed; readonly nic: Nic; readonly network: string }

/** Of a desired state, what its traffic follows from. */
type Asked = Pick<DesiredState, "networks" | "flows"> & { readonly appliances: readonly Placed[] }

/** What passes one host, by the flows that are open. */
export type Traffic = {
  readonly appliances: readonly Placed[]
  /** Networks that must be here: those of its appliances, and those that it routes to for them. */
  readonly networks: ReadonlySet<string>
  /** Flows of which something passes here, in the order of the desired state. */
  readonly flows: readonly Flow[]
  /** By network, the nics on other hosts that something here exchanges packets with, by address. */
  readonly remotes: ReadonlyMap<string, ReadonlyMap<string, Member>>
  /** By network, the nics of other networks whose packets their own hosts route into it, towards here. By address. */
  readonly routed: ReadonlyMap<string, ReadonlyMap<string, Member>>
}

/**
 * Who speaks to whom over which network, for every host that runs an appliance. A host learns of no nic elsewhere that nothing on it may
 * speak to, so that the sum over all hosts grows with the flows and not with appliances times hosts. Where a host routes, the host of
 * the sender does (asymmetric routing as in RFC 9135), so that a packet crosses once between two hosts.
 */
export function trafficOf(desired: Asked): ReadonlyMap<string, Traffic> {
  const index = indexOf(desired)
  for (const flow of desired.flows) {
    const from = byNetwork(membersOf(flow.from, index))
    const to = byNetwork(membersOf(flow.to, index))
    const touched = new Set<string>([...hostsOf(from.values()), ...hostsOf(to.values())])
    follow(from, to, index, touched)
    for (const host of touched) index.hosts.get(host)?.flows.push(flow)
  }
  return index.hosts
}

type Building = {
  readonly appliances: Placed[]
  readonly networks: Set<string>
  readonly flows: Flow[]
  readonly remotes: Map<string, Map<string, Member>>
  readonly routed: Map<string, Map<string, Member>>
}

type Index = {
  readonly hosts: ReadonlyMap<string, Building>
  readonly cidrs: ReadonlyMap<string, string>
  /** The nics of each appliance, and of each network. */
  readonly byAppliance: ReadonlyMap<string, readonly Member[]>
  readonly byNetwork: ReadonlyMap<string, readonly Member[]>
  /** The gateway of each network that has one, by the network. */
  readonly gateways: ReadonlyMap<string, string>
}

type Groups = ReadonlyMap<string, readonly Member[]>

function indexOf({ appliances, networks }: Asked): Index {
  const hosts = new Map<string, Building>()
  const byAppliance = new Map<string, readonly Member[]>()
  const all = new Map<string, Member[]>(networks.map(({ name }) => [name, []]))
  for (const appliance of appliances) {
    const building = hosts.get(appliance.host) ?? empty()
    hosts.set(appliance.host, building)
    building.appliances.push(appliance)
    const members = appliance.nics.flatMap((nic) =>
      nic.network === null ? [] : [{ appliance, nic, network: nic.network }],
    )
    byAppliance.set(appliance.id, members)
    for (const member of members) {
      building.networks.add(member.network)
      all.get(member.network)?.push(member)
    }
  }
  return {
    hosts,
    cidrs: new Map(networks.map(({ name, cidr }) => [name, cidr])),
    byAppliance,
    byNetwork: all,
    gateways: new Map(
      networks.flatMap(({ name, gateway }) => (gateway === null ? [] : [[name, gateway.appliance] as const])),
    ),
  }
}

function empty(): Building {
  return { appliances: [], networks: new Set(), flows: [], remotes: new Map(), routed: new Map() }
}

/** The nics that an end stands for; none where it lies outside of all networks. */
function membersOf(end: End, index: Index): readonly Member[] {
  if (end.kind === "appliance") return index.byAppliance.get(end.id) ?? []
  if (end.kind === "network") return index.byNetwork.get(end.name) ?? []
  if (end.kind === "outside") return []
  return [...index.byNetwork].flatMap(([name, members]) =>
    overlaps(index.cidrs.get(name)!, end.cidr) ? members.filter(({ nic }) => overlaps(nic.address, end.cidr)) : [],
  )
}

function byNetwork(members: readonly Member[]): Groups {
  return Map.groupBy(members, (member) => member.network)
}

/** Follows a flow from network to network; `touched` gets the hosts of the gateways on its way. */
function follow(from: Groups, to: Groups, index: Index, touched: Set<string>): void {
  const common = [...from.keys()].filter((network) => to.has(network))
  for (const network of common) cross(network, from.get(network)!, to.get(network)!, index)
  // Where both have a network in common they use no other way.
  if (common.length > 0) return
  for (const [network, members] of from) {
    throughGateway(network, members, index, touched)
    for (const [other, targets] of to) route(network, members, other, targets, index)
  }
  for (const [network, members] of to) throughGateway(network, members, index, touched)
}

/** Two groups on one network: each host learns of those elsewhere that its own speak to. */
function cross(network: string, left: readonly Member[], right: readonly Member[], index: Index): void {
  learn("remotes", network, hostsOf([left]), right, index)
  learn("remotes", network, hostsOf([right]), left, index)
}

/** What goes to another network or to the outside goes to the gateway, where there is one. */
function throughGateway(network: string, members: readonly Member[], index: Index, touched: Set<string>): void {
  const gateway = index.byAppliance.get(index.gateways.get(network) ?? "")
  if (gateway === undefined) return
  for (const { appliance } of gateway) touched.add(appliance.host)
  cross(
    network,
    members,
    gateway.filter((member) => member.network === network),
    index,
  )
}

/** Between two networks that hosts route: the host of the sender puts a packet into the network of the target. */
function route(from: string, members: readonly Member[], to: string, targets: readonly Member[], index: Index): void {
  if (index.gateways.has(from) || index.gateways.has(to)) return
  const [there, here] = [hostsOf([targets]), hostsOf([members])]
  for (const host of here) index.hosts.get(host)!.networks.add(to)
  for (const host of there) index.hosts.get(host)!.networks.add(from)
  learn("remotes", to, here, targets, index)
  learn("remotes", from, there, members, index)
  learn("routed", to, there, members, index)
  learn("routed", from, here, targets, index)
}

function learn(
  what: "remotes" | "routed",
  network: string,
  hosts: ReadonlySet<string>,
  members: readonly Member[],
  index: Index,
): void {
  for (const host of hosts) {
    const known = index.hosts.get(host)![what]
    for (const member of members) {
      if (member.appliance.host === host) continue
      const found = known.get(network) ?? new Map<string, Member>()
      known.set(network, found)
      found.set(member.nic.address, member)
    }
  }
}

function hostsOf(groups: Iterable<readonly Member[]>): ReadonlySet<string> {
  const hosts = new Set<string>()
  for (const members of groups) for (const { appliance } of members) hosts.add(appliance.host)
  return hosts
}
