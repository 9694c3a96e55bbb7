import { showBlock } from "../addresses/ipv4.ts"
import { gatewaysOf } from "../addresses/plan.ts"
import type { Topology } from "../addresses/topology.ts"
import type { PortSpan } from "../desired/desired-state.ts"
import { entryOf } from "../text/entry.ts"
import type { ApplianceThing, NetworkThing, PlannedNic } from "../values/model.ts"
import { display, showAddress } from "../values/show.ts"
import type { CidrValue, IpValue, RecordValue, Value } from "../values/value.ts"
import type { FlowEnd, Opening, Openings } from "./flows.ts"
import type { PlannedPublish } from "./publishes.ts"
import { pathBetween, routerOf } from "./reach.ts"

type Nics = ReadonlyMap<ApplianceThing, readonly PlannedNic[]>

/**
 * What each gateway's `self.gateway` says: its uplink, its networks, what is published through it, and what else may cross it. The
 * fields are those of `gatewayRecord` in the schema.
 */
export function gatewayFacts(topology: Topology, nics: Nics, flows: Openings): Map<ApplianceThing, Value> {
  const crossings = new Map<ApplianceThing, Value[]>()
  const published = new Set(flows.publishes.map((publish) => publish.opening))
  for (const opening of flows.openings) {
    if (published.has(opening)) continue
    for (const crossing of crossingsOf(opening, topology, nics)) {
      const rows = opening.ports.map((port) => flowRecord(crossing, port, opening.cause))
      entryOf(crossings, crossing.gateway, () => []).push(...rows)
    }
  }
  const facts = new Map<ApplianceThing, Value>()
  for (const gateway of gatewaysOf(topology)) {
    const own = nics.get(gateway) ?? []
    const uplink = own.find((nic) => nic.network === null)
    if (uplink === undefined) continue
    facts.set(
      gateway,
      record({
        uplink: record({ device: uplink.device, address: ip(uplink.address), peer: ip(uplink.peer!) }),
        networks: own.flatMap((nic) => networkRecord(gateway, nic, topology)),
        forwards: flows.publishes
          .filter((publish) => gatewayOfPublish(publish, topology, nics) === gateway)
          .map((publish) => forwardRecord(publish, topology, nics)),
        flows: crossings.get(gateway) ?? [],
      }),
    )
  }
  return facts
}

/** The nic that a publish leads to: that on the first network with a gateway other than the provider itself, else its first. */
export function publishedNic(publish: PlannedPublish, topology: Topology, nics: Nics): PlannedNic | null {
  const provider = publish.provided.appliance
  const own = nics.get(provider) ?? []
  const routed = own.find((nic) => nic.network !== null && isThrough(nic.network, provider, topology))
  return routed ?? own.find((nic) => nic.network === null) ?? own[0] ?? null
}

/** The gateway that a publish comes through; null when the host reaches the provider itself. */
export function gatewayOfPublish(publish: PlannedPublish, topology: Topology, nics: Nics): ApplianceThing | null {
  const network = publishedNic(publish, topology, nics)?.network ?? null
  if (network === null || !isThrough(network, publish.provided.appliance, topology)) return null
  return topology.segments.get(network)?.gateway ?? null
}

function isThrough(network: NetworkThing, provider: ApplianceThing, topology: Topology): boolean {
  const router = routerOf(network, topology)
  return router !== "host" && router !== provider
}

type Crossing = { readonly gateway: ApplianceThing; readonly from: string; readonly to: string }

const everywhere = "0.0.0.0/0"

/** The gateways that a flow goes through, with the addresses at both sides. */
function crossingsOf(opening: Opening, topology: Topology, nics: Nics): readonly Crossing[] {
  const { from, to } = opening
  if (from.kind === "appliance" && to.kind === "appliance") {
    const path = pathBetween(from.appliance, to.appliance, nics, topology)
    if (path === null || path.through === null) return []
    if (path.through === from.appliance || path.through === to.appliance) return []
    return [{ gateway: path.through, from: hostBlock(path.from), to: hostBlock(path.to) }]
  }
  const sources = sidesOf(from, topology, nics)
  const targets = sidesOf(to, topology, nics)
  const found: Crossing[] = []
  for (const source of sources)
    for (const target of targets) {
      const inner = source.network ?? target.network
      if (inner === null || source.network === target.network) continue
      const router = routerOf(inner, topology)
      if (router === "host") continue
      if (source.network !== null && target.network !== null && routerOf(target.network, topology) !== router) continue
      if (source.appliance === router || target.appliance === router) continue
      found.push({ gateway: router, from: source.block, to: target.block })
    }
  return found
}

type Side = {
  readonly block: string
  readonly network: NetworkThing | null
  readonly appliance: ApplianceThing | null
}

/** Where an end is: each of its nics, a network, or the outside of all networks. */
function sidesOf(end: FlowEnd, topology: Topology, nics: Nics): readonly Side[] {
  if (end.kind === "outside") return [{ block: everywhere, network: null, appliance: null }]
  if (end.kind === "cidr") return [{ block: display(end.cidr), network: null, appliance: null }]
  if (end.kind === "network") {
    const segment = topology.segments.get(end.network)
    return segment === undefined ? [] : [{ block: showBlock(segment.block), network: end.network, appliance: null }]
  }
  return (nics.get(end.appliance) ?? [])
    .filter((nic) => nic.network !== null)
    .map((nic) => ({ block: hostBlock(nic), network: nic.network, appliance: end.appliance }))
}

function flowRecord(crossing: Crossing, port: PortSpan, cause: string): Value {
  return record({
    from: crossing.from,
    to: crossing.to,
    protocol: port.protocol,
    "from-port": port.from,
    "to-port": port.to,
    cause,
  })
}

function networkRecord(gateway: ApplianceThing, nic: PlannedNic, topology: Topology): readonly Value[] {
  const segment = nic.network === null ? undefined : topology.segments.get(nic.network)
  if (segment === undefined || segment.gateway !== gateway) return []
  const cidr: CidrValue = { kind: "cidr", address: segment.block.first, prefix: segment.block.prefix }
  return [record({ name: segment.network.id, device: nic.device, cidr, address: ip(nic.address) })]
}

function forwardRecord(publish: PlannedPublish, topology: Topology, nics: Nics): Value {
  return record({
    protocol: publish.protocol,
    port: publish.port,
    to: ip(publishedNic(publish, topology, nics)!.address),
    "to-port": publish.target_port,
    cause: publish.opening.cause,
  })
}

function hostBlock(nic: PlannedNic): string {
  return `${showAddress(nic.address)}/32`
}

function ip(address: number): IpValue {
  return { kind: "ip", address }
}

function record(fields: Readonly<Record<string, Value>>): RecordValue {
  return { kind: "record", tag: null, fields: new Map(Object.entries(fields)) }
}
