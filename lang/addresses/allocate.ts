import type { LockSection } from "../desired/lock.ts"
import type { Report } from "../report/diagnostic.ts"
import { firstTime } from "../report/once.ts"
import { entryOf } from "../text/entry.ts"
import { sortedById } from "../text/order.ts"
import type { Span } from "../text/source.ts"
import type { ApplianceThing, Model, NetworkThing } from "../values/model.ts"
import { mostInstances } from "../values/parts.ts"
import { showAddress } from "../values/show.ts"
import { contains, parseAddress, showBlock } from "./ipv4.ts"
import type { Segment } from "./segments.ts"
import type { Topology } from "./topology.ts"

/** The address of an appliance in a network. */
export type Allocated = ReadonlyMap<ApplianceThing, ReadonlyMap<NetworkThing, number>>

/** The addresses of appliances, and of the second and all further instances of those that are scaled. */
export type Allocation = { readonly first: Allocated; readonly further: ReadonlyMap<ApplianceThing, readonly Place[]> }
/** The addresses of one further instance. */
type Place = ReadonlyMap<NetworkThing, number>

/** The name that the lock and a MAC know an instance by: `web`, `web#2`. */
export function instanceId(appliance: Pick<ApplianceThing, "id">, ordinal: number): string {
  return ordinal === 1 ? appliance.id : `${appliance.id}#${ordinal}`
}

type Nic = {
  readonly appliance: ApplianceThing
  /** Which instance of a scaled appliance it belongs to, from 1. */
  readonly ordinal: number
  readonly address: number | null
  readonly span: Span
}
type Owner = { readonly nic: Nic; readonly why: "written" | "locked" | "given" }
type Pool = { readonly segment: Segment; readonly nics: readonly Nic[]; readonly owners: Map<number, Owner> }

/** An address for every nic, network by network: first those that are written, then the locked ones, then the lowest free. */
export function allocate(model: Model, topology: Topology, lock: LockSection | null, report: Report): Allocation {
  const first = new Map<ApplianceThing, Map<NetworkThing, number>>()
  const further = new Map<ApplianceThing, Map<NetworkThing, number>[]>()
  for (const pool of poolsOf(model, topology)) {
    const { network } = pool.segment
    const waiting = new Set(pool.nics)
    for (const nic of pool.nics) if (nic.address !== null) takeWritten(nic, pool, waiting, report)
    for (const nic of waiting)
      takeLocked(nic, lock?.addresses[`${instanceId(nic.appliance, nic.ordinal)}/${network.id}`], pool, waiting, report)
    giveFree(pool, waiting, report)
    for (const [address, { nic }] of pool.owners) {
      const { appliance, ordinal } = nic
      if (ordinal === 1) entryOf(first, appliance, () => new Map<NetworkThing, number>()).set(network, address)
      else {
        const places = entryOf(further, appliance, () => [])
        places[ordinal - 2] ??= new Map()
        places[ordinal - 2]!.set(network, address)
      }
    }
  }
  return { first, further }
}

function poolsOf(model: Model, topology: Topology): Pool[] {
  const nics = new Map<NetworkThing, Nic[]>()
  for (const segment of topology.segments.keys()) nics.set(segment, [])
  for (const appliance of sortedById(model.appliances))
    for (const place of topology.places.get(appliance) ?? [])
      nics.get(place.network)?.push({ appliance, ordinal: 1, address: place.address, span: place.span })
  // Those that may come later stand behind all that are there now.
  for (const appliance of sortedById(model.appliances))
    for (let ordinal = 2; ordinal <= mostInstances(appliance); ordinal++)
      for (const { network, span } of topology.places.get(appliance) ?? [])
        nics.get(network)?.push({ appliance, ordinal, address: null, span })
  return [...nics].map(([network, own]) => ({ segment: topology.segments.get(network)!, nics: own, owners: new Map() }))
}

function takeWritten(nic: Nic, pool: Pool, waiting: Set<Nic>, report: Report): void {
  const address = nic.address!
  waiting.delete(nic)
  const { segment, owners } = pool
  if (!contains(segment.block, address)) {
    reportOutside(nic, pool, report)
    return
  }
  const other = owners.get(address)
  if (other !== undefined) {
    reportTwice(nic, other.nic, address, segment, report)
    return
  }
  const kept = keptFor(address, segment)
  if (kept !== null) {
    if (firstTime(report, kept.code, nic.span))
      report.add(kept.code, nic.span, `${showAddress(address)} is ${kept.whose}`, {
        label: showAddress(address),
        related: [{ message: kept.there, span: segment.network.fieldSpan(kept.field) }],
        hint: freeHint(pool),
      })
    return
  }
  owners.set(address, { nic, why: "written" })
}

type Kept = {
  readonly code: "A0411" | "A0413"
  readonly whose: string
  readonly there: string
  readonly field: "cidr" | "dhcp"
}

/** Whom an address is kept for, so that no appliance may have it; null for all others. */
function keptFor(address: number, segment: Segment): Kept | null {
  const name = segment.network.id
  const edge = (whose: string): Kept => ({
    code: "A0413",
    whose,
    there: `${name} is ${showBlock(segment.block)}`,
    field: "cidr",
  })
  if (address === segment.block.first) return edge(`the address of the network ${name} itself`)
  if (address === segment.block.last) return edge(`the broadcast address of ${name}`)
  if (address === segment.host_address) return edge(`the host's own address in ${name}`)
  const dhcp = segment.dhcp
  if (dhcp === null || !contains(dhcp, address)) return null
  return {
    code: "A0411",
    whose: `in the DHCP range of ${name}`,
    there: `${showAddress(dhcp.first)} to ${showAddress(dhcp.last)} are given out by DHCP`,
    field: "dhcp",
  }
}

/** A locked address is kept as long as it can be; one that a newly written address would push out is the writer's mistake. */
function takeLocked(nic: Nic, text: string | undefined, pool: Pool, waiting: Set<Nic>, report: Report): void {
  const address = text === undefined ? null : parseAddress(text)
  const { segment, owners } = pool
  if (address === null || !contains(segment.block, address) || keptFor(address, segment) !== null) return
  const other = owners.get(address)
  if (other === undefined) {
    owners.set(address, { nic, why: "locked" })
    waiting.delete(nic)
  } else if (other.why === "written" && firstTime(report, "A0414", other.nic.span)) {
    report.add(
      "A0414",
      other.nic.span,
      `${showAddress(address)} is the address of ${instanceId(nic.appliance, nic.ordinal)}`,
      {
        label: `${showAddress(address)}, kept by the lock for ${nic.appliance.id}`,
        related: [{ message: `${nic.appliance.id} has had it since it was made`, span: nic.span }],
        hint: `${freeHint(pool)}; or write other addresses for both`,
      },
    )
  }
}

function giveFree(pool: Pool, waiting: Set<Nic>, report: Report): void {
  const { segment, owners } = pool
  for (const nic of waiting) {
    if (nic.appliance !== segment.gateway || nic.ordinal > 1 || owners.has(segment.gateway_address)) continue
    owners.set(segment.gateway_address, { nic, why: "given" })
    waiting.delete(nic)
  }
  let address = segment.gateway_address + 1
  const left = [...waiting]
  for (const [index, nic] of left.entries()) {
    while (address < segment.host_address && isTaken(address, pool)) {
      const dhcp = segment.dhcp
      address = dhcp !== null && contains(dhcp, address) ? dhcp.last + 1 : address + 1
    }
    if (address >= segment.host_address) {
      reportFull(pool, left.slice(index), report)
      return
    }
    owners.set(address++, { nic, why: "given" })
  }
}

function isTaken(address: number, pool: Pool): boolean {
  return pool.owners.has(address) || (pool.segment.dhcp !== null && contains(pool.segment.dhcp, address))
}

function reportOutside(nic: Nic, pool: Pool, report: Report): void {
  if (!firstTime(report, "A0412", nic.span)) return
  const { network, block } = pool.segment
  const address = nic.address!
  const end = address > block.last ? `ends at ${showAddress(block.last)}` : `starts at ${showAddress(block.first)}`
  report.add("A0412", nic.span, `${showAddress(address)} is outside of ${network.id} (${showBlock(block)})`, {
    label: showAddress(address),
    related: [{ message: end, span: network.fieldSpan("cidr") }],
    hint: freeHint(pool),
  })
}

function reportTwice(nic: Nic, other: Nic, address: number, segment: Segment, report: Report): void {
  if (!firstTime(report, "A0410", nic.span)) return
  report.add(
    "A0410",
    nic.span,
    `${nic.appliance.id} and ${other.appliance.id} have the same address ${showAddress(address)} in ${segment.network.id}`,
    {
      label: showAddress(address),
      related: [{ message: `${other.appliance.id} has it`, span: other.span }],
      hint: "leave the address out of one of them, and it gets a free one",
    },
  )
}

function freeHint(pool: Pool): string {
  const { segment } = pool
  const written = new Set(pool.nics.map((nic) => nic.address))
  for (let address = segment.gateway_address + 1; address < segment.host_address; address++)
    if (!isTaken(address, pool) && !written.has(address))
      return `leave the address out and ${segment.network.id} gives the next free one, ${showAddress(address)}`
  return `${segment.network.id} has no free address left; give it a larger cidr`
}

function reportFull(pool: Pool, left: readonly Nic[], report: Report): void {
  const { segment, nics } = pool
  const usable = segment.block.last - segment.block.first - 1
  const dhcp = segment.dhcp === null ? 0 : segment.dhcp.last - segment.dhcp.first + 1
  const network = segment.network
  const wanted = nics.length + dhcp + (segment.gateway === null ? 2 : 1)
  report.add(
    "A0404",
    network.fieldSpan("cidr"),
    `${network.id} has no address for ${left[0]!.appliance.id}${more(left.length - 1)}`,
    {
      label: `${usable} usable addresses`,
      related: [{ message: "has no address", span: left[0]!.span }],
      values: [
        { expression: "appliances on it", value: String(nics.length) },
        { expression: "kept for its host and a gateway", value: segment.gateway === null ? "2" : "1" },
        ...(dhcp === 0 ? [] : [{ expression: "kept for DHCP", value: String(dhcp) }]),
      ],
      hint: `give it a larger cidr: a /${Math.max(1, 32 - Math.ceil(Math.log2(wanted + 3)))} has room`,
    },
  )
}

function more(count: number): string {
  return count === 0 ? "" : ` and ${count} more`
}
