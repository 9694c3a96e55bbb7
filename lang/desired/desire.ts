import { showBlock } from "../addresses/ipv4.ts"
import type { Topology } from "../addresses/topology.ts"
import type { PlacedModel } from "../placement/model.ts"
import { compareIds, compareTexts, sortedById } from "../text/order.ts"
import { type Origin, originOf } from "../text/source.ts"
import type { ApplianceThing, Model, NetworkThing, PlannedNic } from "../values/model.ts"
import { amountOf } from "../values/parts.ts"
import { display, showAddress } from "../values/show.ts"
import type { FlowEnd, Opening, Openings } from "../wiring/flows.ts"
import { gatewayOfPublish, publishedNic } from "../wiring/gateways.ts"
import type { InLine } from "../wiring/inserts.ts"
import type { PlannedPublish } from "../wiring/publishes.ts"
import type { StartOrder } from "../wiring/start-order.ts"
import type { ResolvedWire } from "../wiring/wire.ts"
import { desireAppliance } from "./appliance.ts"
import type { DesiredNetwork, DesiredState, End, Flow, Insert, Publish, Wire } from "./desired-state.ts"
import type { FormerHosts } from "./former.ts"
import { imagesOf } from "./images.ts"
import type { LockSection } from "./lock.ts"
import type { Moves } from "./moves.ts"
import { desireOutput } from "./output.ts"
import { hostsBy } from "./parts.ts"

/** All that the phases found about one cluster. */
export type Findings = {
  readonly model: Model
  /** The `.appl` file, as people name it. */
  readonly file: string
  readonly topology: Topology
  readonly wires: readonly ResolvedWire[]
  readonly order: StartOrder
  readonly nics: ReadonlyMap<ApplianceThing, readonly PlannedNic[]>
  /** Those of the second instance and all further ones, of appliances that are scaled. */
  readonly further: ReadonlyMap<ApplianceThing, readonly (readonly PlannedNic[])[]>
  readonly flows: Openings
  readonly placed: PlacedModel
  readonly inserts: readonly InLine[]
  readonly moves: Moves
  readonly lock: LockSection | null
  readonly former: FormerHosts
}

/** The desired state as plain data. Reads every field of every appliance; equal clusters give equal bytes. */
export function desire(findings: Findings): DesiredState {
  const { model, placed, flows } = findings
  const things = sortedById(model.appliances)
  const appliances = things.map((thing) => desireAppliance(thing, findings))
  return {
    version: 1,
    cluster: model.deployed,
    definition: model.cluster.name,
    file: findings.file,
    hosts: placed.hosts,
    networks: sortedById(model.networks).flatMap((network) => networkOf(network, findings)),
    images: imagesOf(things, placed.placement.spots, findings.lock),
    appliances,
    inserts: findings.inserts.map(insertOf).sort((left, right) => compareIds(left.appliance, right.appliance)),
    moved: findings.moves.moved,
    wires: findings.wires.flatMap(wiresOf).sort(compareWires),
    flows: flows.openings.map(flowOf),
    publishes: flows.publishes.map((publish) => publishOf(publish, findings)).sort(comparePublishes),
    outputs: model.outputs.map((output) => desireOutput(output, hostsBy(placed))),
    placement: placed.placement.rows,
    ...hostsOfBefore(findings.former),
  }
}

/** Left out where nothing is to say: what was placed matters to the runtime only where a host may hold more than it can be asked for. */
function hostsOfBefore({ former, away, kept }: FormerHosts): Pick<DesiredState, "former" | "away" | "last"> {
  const [has_former, has_away] = [former.length > 0, Object.keys(away).length > 0]
  return {
    ...(has_former ? { former } : {}),
    ...(has_away ? { away } : {}),
    ...(has_former || has_away ? { last: kept } : {}),
  }
}

function insertOf({ appliance, before, network, thing }: InLine): Insert {
  const targets = before.map(({ id }) => id).sort(compareIds)
  return { appliance: appliance.id, before: targets, network: network.id, origin: originOf(thing.span) }
}

/** A network whose fields were reported as wrong has no segment, and gives nothing. */
function networkOf(network: NetworkThing, findings: Findings): DesiredNetwork[] {
  const segment = findings.topology.segments.get(network)
  if (segment === undefined) return []
  const gateway = segment.gateway
  const nic = gateway === null ? undefined : findings.nics.get(gateway)?.find((one) => one.network === network)
  return [
    {
      name: network.id,
      cidr: showBlock(segment.block),
      mtu: amountOf(network.field("mtu")) ?? null,
      gateway:
        gateway === null || nic === undefined ? null : { appliance: gateway.id, address: showAddress(nic.address) },
      host_address: showAddress(segment.host_address),
      dhcp:
        segment.dhcp === null ? null : { from: showAddress(segment.dhcp.first), to: showAddress(segment.dhcp.last) },
      hosts: hostsOf(network, findings),
      origin: originOf(network.span),
    },
  ]
}

function hostsOf(network: NetworkThing, { topology, placed }: Findings): readonly string[] {
  const hosts = new Set<string>()
  for (const [appliance, places] of topology.places) {
    if (!places.some((place) => place.network === network)) continue
    const spot = placed.placement.spots.get(appliance.id)
    if (spot !== undefined) hosts.add(spot.host)
  }
  return [...hosts].sort(compareTexts)
}

function wiresOf(wire: ResolvedWire): Wire[] {
  const origin: Origin = originOf(wire.need.span)
  return wire.providers.map((provided) => ({
    kind: wire.need.how,
    consumer: wire.consumer.id,
    name: wire.need.name,
    service: wire.need.service.name,
    provider: provided.appliance.id,
    provided: provided.name,
    origin,
  }))
}

/** Sorting is stable: the providers of one need keep their order. */
function compareWires(left: Wire, right: Wire): number {
  return compareIds(left.consumer, right.consumer) || compareTexts(left.name, right.name)
}

function flowOf(opening: Opening): Flow {
  return {
    from: endOf(opening.from),
    to: endOf(opening.to),
    ports: opening.ports,
    cause: opening.cause,
    origin: originOf(opening.span),
  }
}

function endOf(end: FlowEnd): End {
  switch (end.kind) {
    case "appliance":
      return { kind: "appliance", id: end.appliance.id }
    case "network":
      return { kind: "network", name: end.network.id }
    case "cidr":
      return { kind: "cidr", cidr: display(end.cidr) }
    case "outside":
      return end
  }
}

function publishOf(publish: PlannedPublish, { topology, nics, placed }: Findings): Publish {
  const provider = publish.provided.appliance
  const gateway = gatewayOfPublish(publish, topology, nics)
  const uplink = gateway === null ? undefined : nics.get(gateway)?.find((nic) => nic.network === null)
  return {
    port: publish.port,
    protocol: publish.protocol,
    appliance: provider.id,
    target_address: showAddress(publishedNic(publish, topology, nics)?.address ?? 0),
    target_port: publish.target_port,
    through:
      gateway === null || uplink === undefined ? null : { appliance: gateway.id, address: showAddress(uplink.address) },
    host: placed.placement.spots.get((gateway ?? provider).id)?.host ?? "",
    origin: originOf(publish.thing.span),
  }
}

function comparePublishes(left: Publish, right: Publish): number {
  return left.port - right.port || compareTexts(left.protocol, right.protocol)
}
