import type { Report } from "../report/diagnostic.ts"
import { firstTime } from "../report/once.ts"
import type { ApplianceThing, NetworkThing } from "../values/model.ts"
import { isObject, showAddress } from "../values/show.ts"
import { type Block, blockOf, contains, overlap, parseBlock, showBlock } from "./ipv4.ts"

/** A network with its addresses, as numbers: what is kept for whom, before any appliance has one. */
export type Segment = {
  readonly network: NetworkThing
  readonly block: Block
  /** The appliance that routes it; null: the host does. */
  readonly gateway: ApplianceThing | null
  /** Where a gateway stands unless it says otherwise: the first usable address. Kept free for one that may come. */
  readonly gateway_address: number
  /** The host's own address: the last usable one. */
  readonly host_address: number
  readonly dhcp: { readonly first: number; readonly last: number } | null
}

/** Blocks that no network can be made of: this host, loopback, link-local, multicast and reserved (RFC 6890). */
const special_blocks = [
  ["0.0.0.0/8", "this host"],
  ["127.0.0.0/8", "loopback"],
  ["169.254.0.0/16", "link-local addresses"],
  ["224.0.0.0/3", "multicast and reserved addresses"],
].map(([text, use]) => ({ block: parseBlock(text!)!, use: use! }))

/** The segments of the networks that are used, where their fields are right; the others are reported, of those that nobody uses too. */
export function readSegments(
  networks: readonly NetworkThing[],
  used: ReadonlySet<NetworkThing>,
  report: Report,
): ReadonlyMap<NetworkThing, Segment> {
  const segments = new Map<NetworkThing, Segment>()
  const names = new Map<string, NetworkThing>()
  for (const network of networks) {
    const block = readBlock(network, report)
    if (block === null) continue
    const edges = { gateway_address: block.first + 1, host_address: block.last - 1 }
    const dhcp = readDhcp(network, block, edges, report)
    if (!used.has(network)) continue
    const twin = names.get(network.id)
    if (twin !== undefined) reportSameName(network, twin, report)
    names.set(network.id, network)
    segments.set(network, { network, block, gateway: readGateway(network), ...edges, dhcp })
  }
  checkOverlaps([...segments.values()], report)
  return segments
}

function reportSameName(network: NetworkThing, twin: NetworkThing, report: Report): void {
  report.add("A0417", network.span, `two networks of this cluster are called ${network.id}`, {
    related: [{ message: "the other one", span: twin.span }],
    hint: "the names of networks that stand at the top of files differ from those of all others in a deployed cluster",
  })
}

function readBlock(network: NetworkThing, report: Report): Block | null {
  const cidr = network.field("cidr")
  if (!isObject(cidr) || cidr.kind !== "cidr") return null
  const span = network.fieldSpan("cidr")
  const written = `${showAddress(cidr.address)}/${cidr.prefix}`
  const block = blockOf(cidr.address, cidr.prefix)
  if (block.first !== cidr.address) {
    const fixed = showBlock(block)
    const literal = span.source.text.slice(span.start, span.end) === written
    report.add("A0401", span, `${written} is an address inside a network, not a network`, {
      label: `the network is ${fixed}`,
      hint: `write ${fixed}`,
      ...(literal ? { fix: { title: `Write ${fixed}`, edits: [{ span, text: fixed }] } } : {}),
    })
    return null
  }
  if (block.prefix > 30) {
    report.add("A0402", span, `${written} has no room for an appliance`, {
      hint: "a network needs its own address, one for the gateway, one for the host and the broadcast address: /29 or larger",
    })
    return null
  }
  const special = special_blocks.find((candidate) => overlap(candidate.block, block))
  if (special !== undefined) {
    report.add("A0415", span, `${written} is set aside for ${special.use}`, {
      hint: "take a private network, from 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16",
    })
    return null
  }
  return block
}

function readGateway(network: NetworkThing): ApplianceThing | null {
  const gateway = network.field("gateway")
  return isObject(gateway) && gateway.kind === "reference" && gateway.to.kind === "appliance" ? gateway.to : null
}

function readDhcp(
  network: NetworkThing,
  block: Block,
  edges: Pick<Segment, "gateway_address" | "host_address">,
  report: Report,
): Segment["dhcp"] {
  const value = network.field("dhcp")
  if (!isObject(value) || value.kind !== "range" || value.of !== "ip") return null
  const span = network.fieldSpan("dhcp")
  const shown = `${showAddress(value.from)} .. ${showAddress(value.to)}`
  if (value.to < value.from) {
    report.add("A0408", span, `the DHCP range ${shown} of ${network.id} is empty`, {
      hint: `write the lower address first: ${showAddress(value.to)} .. ${showAddress(value.from)}`,
    })
    return null
  }
  if (!contains(block, value.from) || !contains(block, value.to)) {
    report.add("A0408", span, `the DHCP range ${shown} is not within ${network.id}`, {
      related: [{ message: `ends at ${showAddress(block.last)}`, span: network.fieldSpan("cidr") }],
      hint: `use addresses from ${showAddress(block.first + 2)} to ${showAddress(block.last - 2)}`,
    })
    return null
  }
  const range = { first: value.from, last: value.to }
  for (const [address, whose] of [
    [block.first, "the network's own"],
    [edges.gateway_address, "kept for the gateway"],
    [edges.host_address, "the host's own"],
    [block.last, "the broadcast address"],
  ] as const) {
    if (!contains(range, address)) continue
    report.add("A0409", span, `the DHCP range of ${network.id} covers ${showAddress(address)}, which is ${whose}`, {
      hint: `use addresses from ${showAddress(block.first + 2)} to ${showAddress(block.last - 2)}`,
    })
    return null
  }
  return range
}

/** In the order of their first addresses only neighbours and what reaches over them can overlap. */
function checkOverlaps(segments: readonly Segment[], report: Report): void {
  const sorted = [...segments].sort((left, right) => left.block.first - right.block.first)
  let widest = sorted[0]
  for (const segment of sorted.slice(1)) {
    if (widest !== undefined && overlap(widest.block, segment.block)) reportOverlap(widest, segment, segments, report)
    if (widest === undefined || segment.block.last > widest.block.last) widest = segment
  }
}

function reportOverlap(one: Segment, two: Segment, written: readonly Segment[], report: Report): void {
  const [earlier, later] = written.indexOf(one) < written.indexOf(two) ? [one, two] : [two, one]
  const free = freeBlock(later.block.prefix, earlier.block, written)
  if (reportCopies(later.network, earlier.network, showBlock(later.block), report)) return
  report.add(
    "A0403",
    later.network.fieldSpan("cidr"),
    `${later.network.id} (${showBlock(later.block)}) and ${earlier.network.id} (${showBlock(earlier.block)}) overlap`,
    {
      label: showBlock(later.block),
      related: [
        {
          message: `${earlier.network.id} goes from ${showAddress(earlier.block.first)} to ${showAddress(earlier.block.last)}`,
          span: earlier.network.fieldSpan("cidr"),
        },
      ],
      hint: `give ${later.network.id} other addresses${free === null ? "" : `, such as ${free}`}`,
    },
  )
}

/** Two copies of one cluster with the same addresses: what has to differ is what they are given, once for all of a loop. */
function reportCopies(later: NetworkThing, earlier: NetworkThing, block: string, report: Report): boolean {
  const place = later.fieldSpan("cidr")
  if (later.within === null || later.within === earlier.within || earlier.fieldSpan("cidr").start !== place.start)
    return false
  if (!firstTime(report, "A0403", place)) return true
  report.add("A0403", later.within.span, `${later.id} and ${earlier.id} are both ${block}`, {
    label: later.within.id,
    related: [{ message: "both have their addresses from here", span: place }],
    hint: `give each ${later.within.cluster.name} addresses of its own with a param, such as cidr = subnet(10.0.0.0/8, prefix = 24, index = number)`,
  })
  return true
}

/** The private networks (RFC 1918). */
const private_blocks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].map((text) => parseBlock(text)!)

/** The first private block of this size that no network has; those after `near` come first, so that neighbours stay together. */
function freeBlock(prefix: number, near: Block, segments: readonly Segment[]): string | null {
  const taken = segments.map((segment) => segment.block).sort((left, right) => left.first - right.first)
  const home = private_blocks.find((outer) => contains(outer, near.first))
  const places = home === undefined ? private_blocks : [{ first: near.first, last: home.last }, ...private_blocks]
  for (const place of places) {
    let block = blockOf(place.first, prefix)
    for (const other of taken) if (overlap(other, block)) block = blockOf(other.last + 2 ** (32 - prefix), prefix)
    if (block.first >= place.first && block.last <= place.last && !taken.some((other) => overlap(other, block)))
      return showBlock(block)
  }
  return null
}
