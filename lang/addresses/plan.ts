import type { LockSection } from "../desired/lock.ts"
import type { Report } from "../report/diagnostic.ts"
import { sha256 } from "../text/digest.ts"
import { sortedById } from "../text/order.ts"
import type { ApplianceThing, Model, NetworkThing, PlannedNic } from "../values/model.ts"
import { showAddress } from "../values/show.ts"
import { type Allocated, allocate, instanceId } from "./allocate.ts"
import { type Block, blockOf, overlap, parseBlock, showBlock } from "./ipv4.ts"
import type { Segment } from "./segments.ts"
import type { Topology } from "./topology.ts"

export type AddressPlan = {
  readonly nics: Map<ApplianceThing, readonly PlannedNic[]>
  /** The nics of the second instance and all further ones, of those that are scaled. */
  readonly further: ReadonlyMap<ApplianceThing, readonly (readonly PlannedNic[])[]>
  /** What `appl.lock` shall say: see `LockSection.addresses`. */
  readonly locked: Readonly<Record<string, string>>
}

/** The name that a thing was made under, by the name that it has now. */
export type EldestNames = (id: string) => string

/** Carrier-grade NAT addresses (RFC 6598), which no user's network is made of: uplinks are cut out of them. */
const uplinks = parseBlock("100.64.0.0/10")!
const uplink_prefix = 30

/**
 * Gives each nic its address and MAC. An address is the one written, else the locked one, else the lowest free one; so adding an
 * appliance moves no other. Reports what does not fit, and leaves it out of the plan.
 */
export function planAddresses(
  model: Model,
  topology: Topology,
  lock: LockSection | null,
  names: EldestNames,
  report: Report,
): AddressPlan {
  const { first: addresses, further: more } = allocate(model, topology, lock, report)
  const gateways = gatewaysOf(topology)
  const uplink_blocks = planUplinks(model, gateways, topology, lock)
  const locked: Record<string, string> = {}
  const used_macs = new Set<string>()
  const nics = new Map<ApplianceThing, readonly PlannedNic[]>()
  // Those that were made under another name come first: a new thing of that name takes no MAC away from them.
  const [renamed, others] = [true, false].map((wanted) =>
    model.appliances.filter((appliance) => (names(appliance.id) !== appliance.id) === wanted),
  )
  for (const appliance of [...renamed!, ...others!]) {
    const uplink = uplink_blocks.get(appliance) ?? null
    const planned: PlannedNic[] = []
    let routed = uplink !== null
    const hop = uplink === null ? defaultHop(appliance, topology, addresses) : null
    for (const place of topology.places.get(appliance) ?? []) {
      const address = addresses.get(appliance)?.get(place.network)
      const segment = topology.segments.get(place.network)
      if (address === undefined || segment === undefined) continue
      const here = !routed && hop !== null && hop.network === place.network
      routed ||= here
      planned.push({
        device: `eth${planned.length}`,
        network: place.network,
        address,
        prefix: segment.block.prefix,
        mac: macOf(model.deployed, names(appliance.id), names(place.network.id), used_macs),
        gateway: here ? hop.address : null,
        peer: null,
      })
    }
    for (const nic of planned) locked[`${appliance.id}/${nic.network!.id}`] = showAddress(nic.address)
    if (uplink !== null) {
      planned.push(uplinkNic(model, names(appliance.id), planned.length, uplink, used_macs))
      locked[`${appliance.id}/`] = showBlock(uplink)
    }
    nics.set(appliance, planned)
  }
  const further = new Map<ApplianceThing, readonly (readonly PlannedNic[])[]>()
  for (const [appliance, places] of more) {
    const like = nics.get(appliance) ?? []
    const instances = places.map((place, index) => {
      const id = instanceId(appliance, index + 2)
      const made = instanceId({ id: names(appliance.id) }, index + 2)
      return like.flatMap((nic): PlannedNic[] => {
        const address = nic.network === null ? undefined : place.get(nic.network)
        if (address === undefined) return []
        locked[`${id}/${nic.network!.id}`] = showAddress(address)
        const mac = macOf(model.deployed, made, names(nic.network!.id), used_macs)
        return [{ ...nic, address, mac }]
      })
    })
    further.set(appliance, instances)
  }
  return { nics, further, locked }
}

/** The appliances that are a gateway, in order of identity. */
export function gatewaysOf(topology: Topology): readonly ApplianceThing[] {
  const gateways = new Set<ApplianceThing>()
  for (const segment of topology.segments.values()) if (segment.gateway !== null) gateways.add(segment.gateway)
  return sortedById(gateways)
}

/** The gateway of the first network that has one, else the host on the first network. */
function defaultHop(
  appliance: ApplianceThing,
  topology: Topology,
  addresses: Allocated,
): { network: NetworkThing; address: number } | null {
  let first: Segment | null = null
  for (const place of topology.places.get(appliance) ?? []) {
    const segment = topology.segments.get(place.network)
    if (segment === undefined) continue
    const { network, gateway } = segment
    const address = gateway === null ? undefined : addresses.get(gateway)?.get(network)
    if (address !== undefined) return { network, address }
    first ??= segment
  }
  return first === null ? null : { network: first.network, address: first.host_address }
}

function planUplinks(
  model: Model,
  gateways: readonly ApplianceThing[],
  topology: Topology,
  lock: LockSection | null,
): ReadonlyMap<ApplianceThing, Block> {
  const taken = [...topology.segments.values()].map((segment) => segment.block)
  const used = new Set<number>()
  const blocks = new Map<ApplianceThing, Block>()
  const isFree = (block: Block): boolean =>
    !used.has(block.first) && overlap(uplinks, block) && !taken.some((other) => overlap(other, block))
  for (const gateway of gateways) {
    const kept = parseBlock(lock?.addresses[`${gateway.id}/`] ?? "")
    if (kept === null || kept.prefix !== uplink_prefix || !isFree(kept)) continue
    used.add(kept.first)
    blocks.set(gateway, kept)
  }
  const count = 2 ** (uplink_prefix - uplinks.prefix)
  for (const gateway of gateways) {
    if (blocks.has(gateway)) continue
    const start = Number.parseInt(sha256(`uplink ${model.deployed}/${gateway.id}`).slice(0, 12), 16) % count
    for (let step = 0; step < count; step++) {
      const block = blockOf(uplinks.first + ((start + step) % count) * 4, uplink_prefix)
      if (!isFree(block)) continue
      used.add(block.first)
      blocks.set(gateway, block)
      break
    }
  }
  return blocks
}

/** The host's end has the first usable address of the link, the gateway the second. */
function uplinkNic(model: Model, name: string, index: number, block: Block, used_macs: Set<string>): PlannedNic {
  return {
    device: `eth${index}`,
    network: null,
    address: block.first + 2,
    prefix: block.prefix,
    mac: macOf(model.deployed, name, "", used_macs),
    gateway: block.first + 1,
    peer: block.first + 1,
  }
}

/** A locally administered unicast address (IEEE 802: the second bit of the first octet is set) from what the nic is. */
function macOf(deployed: string, id: string, network: string, used: Set<string>): string {
  for (let attempt = 0; ; attempt++) {
    const digest = sha256(`mac ${deployed}/${id}/${network}${attempt === 0 ? "" : `/${attempt}`}`)
    let mac = "02"
    for (let at = 0; at < 10; at += 2) mac += `:${digest.slice(at, at + 2)}`
    if (used.has(mac)) continue
    used.add(mac)
    return mac
  }
}
