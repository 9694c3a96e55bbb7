import type { FirewallFields, FirewallNetwork, Uplink } from "../../model/fields.ts"
import { type Flow, flowsOf, isExact, notOpening, overlaps, type Place, remember, span } from "./firewall-flows.ts"
import { answersElsewhere, elsewhere, foreignTunnel, forwarders, senders, tunnelChains } from "./firewall-tunnels.ts"
import { bridgeName, filterTable, linkPrefix, tunnelPrefix } from "./names.ts"
import type { Chain, NamedSet, Table } from "./nftables.ts"

/**
 * What may pass on this host, as two tables. `bridge` decides about frames between the ports of a bridge; it keeps no connections (not every
 * kernel can in that family), so an answer is known by its source port, and for UDP by a request within the last minute. `inet` decides
 * about what this host routes or gets itself. Nothing is accepted that no flow opens; only this host may reach every appliance, for
 * the checks come from it.
 */
export function firewallTables(cluster: string, fields: FirewallFields): readonly Table[] {
  const flows = fields.rules.flatMap(flowsOf)
  return [bridgeTable(cluster, fields, flows), inetTable(cluster, fields, flows)]
}

// --- Frames between the ports of a bridge ---

function bridgeTable(cluster: string, fields: FirewallFields, flows: readonly Flow[]): Table {
  const ours = `"${linkPrefix(cluster)}*"`
  return {
    family: "bridge",
    name: filterTable(cluster),
    sets: [
      ...sharedSets(fields, flows),
      {
        name: "owners",
        type: "ether_addr . ipv4_addr",
        properties: [],
        elements: senders(fields).map((port) => `${port.mac} . ${port.address}`),
      },
      {
        name: "announced",
        type: "ether_addr . ether_addr . ipv4_addr",
        properties: [],
        elements: fields.ports.map((port) => `${port.mac} . ${port.mac} . ${port.address}`),
      },
      {
        name: "gateways",
        type: "ether_addr",
        properties: [],
        elements: forwarders(fields).map((port) => port.mac),
      },
      {
        name: "gateway_addresses",
        type: "ipv4_addr",
        properties: [],
        elements: forwarders(fields).map((port) => port.address),
      },
      {
        name: "replies",
        type: "ipv4_addr . inet_service . ipv4_addr . inet_service",
        properties: ["size 65535", "flags dynamic,timeout", "timeout 60s"],
        elements: [],
      },
    ],
    chains: [
      spoofingChain(cluster, fields),
      ...(fields.tunnels.length > 0 ? tunnelChains(cluster, fields, flows) : []),
      bridgeForwardChain(ours, flows),
    ],
  }
}

/** A port sends with its own address only; a gateway also what comes from elsewhere. */
function spoofingChain(cluster: string, fields: FirewallFields): Chain {
  const ours = `"${linkPrefix(cluster)}*"`
  const cidrs = new Map(fields.networks.map((network) => [network.name, network.cidr]))
  // Who asks for an address is answered by his own host.
  const quiet = fields.tunnels.length > 0 ? [`iifname "${tunnelPrefix(cluster)}*" ether type != ip drop`] : []
  const forwarding = forwarders(fields).map(
    (port) => `ether saddr ${port.mac} ip saddr != ${cidrs.get(port.network)} accept`,
  )
  return {
    name: "prerouting",
    hook: "type filter hook prerouting priority -200; policy accept;",
    rules: [
      `iifname != ${ours} accept`,
      ...quiet,
      "ether saddr . arp saddr ether . arp saddr ip @announced accept",
      "ether saddr . ip saddr @owners accept",
      ...forwarding,
      "drop",
    ],
  }
}

function bridgeForwardChain(ours: string, flows: readonly Flow[]): Chain {
  return {
    name: "forward",
    hook: "type filter hook forward priority 0; policy accept;",
    rules: [
      `iifname != ${ours} accept`,
      "ether type arp accept",
      "ip saddr . ip daddr . tcp dport @tcp_flows accept",
      `ip daddr . ip saddr . tcp sport @tcp_flows ${notOpening} accept`,
      `ip saddr . ip daddr . udp dport @udp_flows ${remember} accept`,
      "ip saddr . udp sport . ip daddr . udp dport @replies accept",
      "icmp type echo-request ip saddr . ip daddr @pairs accept",
      "icmp type echo-reply ip daddr . ip saddr @pairs accept",
      "icmp type { destination-unreachable, time-exceeded, parameter-problem } accept",
      ...flows.filter((flow) => !isExact(flow)).flatMap(bridgeRules),
      "drop",
    ],
  }
}

/** What no set can say: networks, spans of ports, and the outside, which is all that a gateway forwards from or to elsewhere. */
function bridgeRules(flow: Flow): readonly string[] {
  const there = sources(flow.from, "saddr").map((from) => `${from} ${destination(flow.to, "daddr")}`)
  const back = sources(flow.from, "daddr").map((to) => `${destination(flow.to, "saddr")} ${to}`)
  if (flow.ports.protocol === "udp")
    return there.map((way) => `${way} udp dport ${span(flow.ports)} ${remember} accept`)
  return [
    ...there.map((way) => `${way} tcp dport ${span(flow.ports)} accept`),
    ...back.map((way) => `${way} tcp sport ${span(flow.ports)} ${notOpening} accept`),
  ]
}

type Direction = "saddr" | "daddr"

/** Where a request comes from. A gateway may put its own address in the place of one from outside. */
function sources(place: Place, direction: Direction): readonly string[] {
  return place === "outside" ? [beyond(direction), `ip ${direction} @gateway_addresses`] : [`ip ${direction} ${place}`]
}

function destination(place: Place, direction: Direction): string {
  return place === "outside" ? beyond(direction) : `ip ${direction} ${place}`
}

function beyond(direction: Direction): string {
  return `ether ${direction} @gateways ip ${direction} != @networks`
}

// --- What this host routes, or gets itself ---

function inetTable(cluster: string, fields: FirewallFields, flows: readonly Flow[]): Table {
  const ours = `"${linkPrefix(cluster)}*"`
  const uplinks = uplinksOf(fields)
  const routed = fields.networks.filter((network) => network.gateway === null)
  return {
    family: "inet",
    name: filterTable(cluster),
    sets: [...sharedSets(fields, flows), ...(fields.tunnels.length > 0 ? [elsewhere(fields)] : [])],
    chains: [
      {
        name: "prerouting",
        hook: "type filter hook prerouting priority -300; policy accept;",
        rules: [
          `iifname != ${ours} accept`,
          // `publish` makes these links take loopback addresses, for answers; nothing from them may ask there.
          "ip daddr 127.0.0.0/8 drop",
          ...uplinkSources(cluster, uplinks),
        ],
      },
      {
        name: "input",
        hook: "type filter hook input priority 0; policy accept;",
        rules: [
          ...fields.tunnels.map(foreignTunnel),
          `iifname != ${ours} accept`,
          "ct state established,related accept",
          "drop",
        ],
      },
      {
        name: "forward",
        hook: "type filter hook forward priority 0; policy accept;",
        rules: [
          `iifname != ${ours} oifname != ${ours} accept`,
          "ct state established,related accept",
          // Only a published port of this host is translated on its way in.
          `iifname != ${ours} ct status dnat accept`,
          "ip saddr . ip daddr . tcp dport @tcp_flows accept",
          "ip saddr . ip daddr . udp dport @udp_flows accept",
          "icmp type echo-request ip saddr . ip daddr @pairs accept",
          ...flows.filter((flow) => !isExact(flow)).flatMap((flow) => routedRules(cluster, flow, fields.networks)),
          ...uplinks.flatMap((way) => uplinkRules(cluster, way, flows)),
          ...(fields.tunnels.length > 0 ? answersElsewhere(flows) : []),
          "drop",
        ],
      },
      {
        name: "postrouting",
        hook: "type nat hook postrouting priority 100; policy accept;",
        rules: [
          ...uplinks.map(({ uplink }) => `ip saddr ${uplink.address} oifname != ${ours} masquerade`),
          ...routed.map((network) => `ip saddr ${network.cidr} ip daddr != @networks oifname != ${ours} masquerade`),
        ],
      },
    ],
  }
}

/** A gateway's way out, and the networks that it routes. */
type Way = { readonly uplink: Uplink; readonly networks: readonly FirewallNetwork[] }

function uplinksOf(fields: FirewallFields): readonly Way[] {
  const ways = new Map<string, Way>()
  for (const network of fields.networks) {
    const uplink = network.gateway?.uplink ?? null
    if (uplink === null) continue
    ways.set(uplink.address, { uplink, networks: [...(ways.get(uplink.address)?.networks ?? []), network] })
  }
  return [...ways.values()]
}

function uplinkSources(cluster: string, ways: readonly Way[]): readonly string[] {
  if (ways.length === 0) return []
  const addresses = ways.map((way) => way.uplink.address).join(", ")
  return [`iifname "${linkPrefix(cluster)}u*" ip saddr != { ${addresses} } drop`]
}

/** Flows that no set can say, by network. */
function routedRules(cluster: string, flow: Flow, networks: readonly FirewallNetwork[]): readonly string[] {
  const ports = `${flow.ports.protocol} dport ${span(flow.ports)} accept`
  const { from, to } = flow
  if (from !== "outside" && to !== "outside") return [`ip saddr ${from} ip daddr ${to} ${ports}`]
  return networks.flatMap((network) => {
    const inside = from === "outside" ? to : from
    if (inside === "outside" || !overlaps(inside, network.cidr)) return []
    const { into, out } = waysThrough(cluster, network)
    return from === "outside"
      ? into.map((way) => `${way} ip daddr ${inside} ${ports}`)
      : [`${out} ip saddr ${inside} ${ports}`]
  })
}

/**
 * How the outside looks on the bridge of a network. Where this host routes, it is another link. Where an appliance does, both are on the
 * bridge: some kernels show such frames here too (`bridge-nf-call-iptables`), and only a gateway can send them at all.
 */
function waysThrough(cluster: string, network: FirewallNetwork): { into: readonly string[]; out: string } {
  const bridge = `"${bridgeName(cluster, network.name)}"`
  const elsewhere = `!= "${linkPrefix(cluster)}*"`
  if (network.gateway === null)
    return { into: [`iifname ${elsewhere} oifname ${bridge}`], out: `iifname ${bridge} oifname ${elsewhere}` }
  const through = `iifname ${bridge} oifname ${bridge}`
  return {
    into: [`${through} ip saddr != @networks`, `${through} ip saddr ${network.gateway.address}`],
    out: `${through} ip daddr != @networks`,
  }
}

/** What a gateway sends out for its networks, and for itself. It comes with the gateway's own address: what it was before, it knows. */
function uplinkRules(cluster: string, way: Way, flows: readonly Flow[]): readonly string[] {
  const behind = [...way.networks.map((network) => network.cidr), way.uplink.address]
  const rules = flows.flatMap((flow) => {
    if (flow.from === "outside" || !behind.some((place) => overlaps(flow.from, place))) return []
    if (flow.to !== "outside" && way.networks.some((network) => overlaps(flow.to, network.cidr))) return []
    const to = flow.to === "outside" ? "ip daddr != @networks" : `ip daddr ${flow.to}`
    return [
      `iifname "${linkPrefix(cluster)}u*" ip saddr ${way.uplink.address} oifname != "${linkPrefix(cluster)}*" ${to} ${flow.ports.protocol} dport ${span(flow.ports)} accept`,
    ]
  })
  return [...new Set(rules)]
}

// --- Both ---

function sharedSets(fields: FirewallFields, flows: readonly Flow[]): readonly NamedSet[] {
  const exact = flows.filter(isExact)
  const named = (protocol: "tcp" | "udp"): NamedSet => ({
    name: `${protocol}_flows`,
    type: "ipv4_addr . ipv4_addr . inet_service",
    properties: [],
    elements: exact
      .filter((flow) => flow.ports.protocol === protocol)
      .map((flow) => `${flow.from} . ${flow.to} . ${flow.ports.from}`),
  })
  return [
    {
      name: "networks",
      type: "ipv4_addr",
      properties: ["flags interval"],
      elements: fields.networks.map((network) => network.cidr),
    },
    named("tcp"),
    named("udp"),
    {
      name: "pairs",
      type: "ipv4_addr . ipv4_addr",
      properties: [],
      elements: exact.map((flow) => `${flow.from} . ${flow.to}`),
    },
  ]
}
