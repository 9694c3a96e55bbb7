import { type DesiredHost, type DesiredNetwork, showOrigin } from "../../lang/index.ts"
import type { Failure } from "../model/failure.ts"
import { overlaps } from "../model/networks.ts"
import type { HostAddress, HostFacts } from "../model/observed.ts"
import type { Traffic } from "./traffic.ts"

/** What a tunnel takes of each packet, in bytes: Ethernet, VXLAN, UDP and IPv4 (RFC 7348). */
export const tunnel_overhead_bytes = 50

/** The largest packet of a network that nobody has said anything of. */
const usual_mtu = 1500

/** The address with which a host speaks to the others, and why that one. */
export type Underlay = HostAddress & { readonly why: "connection" | "shared" | "outside" }
export type Underlays = ReadonlyMap<string, Underlay>

/**
 * For each host the address at which the others reach it: that of its connection when it is one of its own, else one in a network that it
 * shares with most of the others, else the one that it uses towards the world. A host without any is left out.
 */
export function underlaysOf(
  hosts: readonly Pick<DesiredHost, "name" | "connection">[],
  facts: ReadonlyMap<string, HostFacts>,
): Underlays {
  const known = hosts.flatMap(({ name, connection }) => {
    const fact = facts.get(name)
    return fact === undefined ? [] : [{ name, connection, fact }]
  })
  // An address that several hosts have leads nowhere: that of a bridge of its own, as Docker and libvirt make them, or of a NAT.
  const owners = new Map<string, number>()
  for (const { fact } of known) for (const { address } of fact.addresses) count(owners, address)
  const usable = known.map((host) => ({
    ...host,
    own: host.fact.addresses.filter(({ address }) => owners.get(address) === 1 && !isLocal(address)),
  }))
  const shared = new Map<string, number>()
  for (const { own } of usable) for (const subnet of new Set(own.map(subnetOf))) count(shared, subnet)
  const found = usable.flatMap(({ name, connection, fact, own }): [string, Underlay][] => {
    const chosen = choice(connection, fact, own, shared)
    return chosen === null ? [] : [[name, chosen]]
  })
  return new Map(found)
}

/** How large packets of a network may be, in bytes: what was said, else what the links between all hosts of the cluster take. */
export function mtuOf({ mtu }: Pick<DesiredNetwork, "mtu">, underlays: Underlays): number {
  if (mtu !== null) return mtu
  if (underlays.size < 2) return usual_mtu
  let smallest = usual_mtu
  for (const underlay of underlays.values()) smallest = Math.min(smallest, underlay.mtu - tunnel_overhead_bytes)
  return smallest
}

/** Why the networks cannot go on between their hosts; null when they can. */
export function linkFailure(
  { networks, hosts }: { readonly networks: readonly DesiredNetwork[]; readonly hosts: readonly DesiredHost[] },
  traffic: ReadonlyMap<string, Traffic>,
  underlays: Underlays,
  facts: ReadonlyMap<string, HostFacts>,
): Failure | null {
  const found = networks.flatMap((network) => findings(network, { hosts, traffic, underlays, facts }))
  const [first] = found
  if (first === undefined) return null
  const messages = [...new Set(found.map(({ message }) => message))]
  const [message, remedy] =
    messages.length === 1
      ? [first.message, first.remedy]
      : [`${messages.length} links between hosts cannot be made`, first.remedy]
  return { kind: "host-unsuitable", message, remedy, output: messages.length === 1 ? [] : messages }
}

type Finding = { readonly message: string; readonly remedy: string }
type Around = {
  readonly hosts: readonly DesiredHost[]
  readonly traffic: ReadonlyMap<string, Traffic>
  readonly underlays: Underlays
  readonly facts: ReadonlyMap<string, HostFacts>
}

function findings(network: DesiredNetwork, around: Around): readonly Finding[] {
  const linked = [...around.traffic].filter(
    ([, { remotes, routed }]) => remotes.has(network.name) || routed.has(network.name),
  )
  const [first] = linked
  if (first === undefined) return []
  const others = linked.slice(1).flatMap(([name]) => apart(network, first[0], name, around))
  if (others.length > 0) return others.slice(0, 3)
  const carried = linked.flatMap(([name]) => {
    const { mtu, device } = around.underlays.get(name)!
    return [{ name, device, mtu, left: mtu - tunnel_overhead_bytes }]
  })
  const narrow = carried.reduce((least, one) => (one.left < least.left ? one : least))
  if (network.mtu === null || network.mtu <= narrow.left) return []
  const { name, device, mtu, left } = narrow
  const message = `${showOrigin(network.origin)}: network ${network.name} has an \`mtu\` of ${network.mtu}, and ${left} pass between its hosts: ${device} of ${name} takes ${mtu}, and the tunnel needs ${tunnel_overhead_bytes} of them`
  return [
    {
      message,
      remedy: `say \`mtu = ${left}\` or leave it out, or let ${device} of ${name} take ${network.mtu + tunnel_overhead_bytes}`,
    },
  ]
}

/** Two hosts that cannot talk, as far as one can see from what they have. */
function apart(network: DesiredNetwork, one: string, other: string, around: Around): readonly Finding[] {
  const place = `${showOrigin(network.origin)}: network ${network.name}`
  const kinds = [one, other].map((name) => around.hosts.find((host) => host.name === name)?.connection.kind)
  const [left, right] = [around.underlays.get(one), around.underlays.get(other)]
  if (kinds.includes("simulated") && kinds.some((kind) => kind !== "simulated")) {
    const message = `${place} leads from ${one} to ${other}, and only one of them is simulated`
    return [{ message, remedy: "let both be simulated (`--simulated`), or none" }]
  }
  if (left !== undefined && right !== undefined && meets(left, right)) return []
  const message = `${place} leads from ${one} to ${other}, which share no address to talk over: ${has(one, around)}; ${has(other, around)}`
  const remedy =
    'give both an address of their own in one network, or name each by the address at which the others reach it: `ssh("root@…")`'
  return [{ message, remedy }]
}

function meets(left: Underlay, right: Underlay): boolean {
  if (overlaps(`${left.address}/${left.prefix}`, right.address)) return true
  // Routers may stand between the addresses by which the world knows them; what two others share leads to these only.
  return left.why !== "shared" && right.why !== "shared"
}

function has(host: string, { facts }: Around): string {
  const seen = (facts.get(host)?.addresses ?? []).map(
    ({ address, prefix, device }) => `${address}/${prefix} on ${device}`,
  )
  return `${host} has ${seen.join(", ") || "none"}`
}

function choice(
  connection: DesiredHost["connection"],
  { outside }: HostFacts,
  own: readonly HostAddress[],
  shared: ReadonlyMap<string, number>,
): Underlay | null {
  const reached = connection.kind === "ssh" ? own.find(({ address }) => address === connection.host) : undefined
  if (reached !== undefined) return { ...reached, why: "connection" }
  const towards_world = own.find(({ address }) => address === outside)
  const best = [...own]
    .map((address) => ({ address, hosts: shared.get(subnetOf(address))! + (address === towards_world ? 0.5 : 0) }))
    .sort((left, right) => right.hosts - left.hosts)[0]
  if (best !== undefined && best.hosts >= 2) {
    return { ...best.address, why: best.address === towards_world ? "outside" : "shared" }
  }
  return towards_world === undefined ? null : { ...towards_world, why: "outside" }
}

/** `10.1.2.3` with a prefix of 24 gives `10.1.2.0/24`. */
function subnetOf({ address, prefix }: Pick<HostAddress, "address" | "prefix">): string {
  const number = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0)
  const size = 2 ** (32 - prefix)
  const base = Math.floor(number / size) * size
  return `${[24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256).join(".")}/${prefix}`
}

/** Loopback and link-local addresses. */
function isLocal(address: string): boolean {
  return address.startsWith("127.") || address.startsWith("169.254.")
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
