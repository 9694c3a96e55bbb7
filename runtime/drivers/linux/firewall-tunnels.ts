import type { FirewallFields, FirewallPort, FirewallTunnel } from "../../model/fields.ts"
import { type Flow, isExact, notOpening, remember, span } from "./firewall-flows.ts"
import { linkPrefix, tunnelPrefix } from "./names.ts"
import type { Chain, NamedSet } from "./nftables.ts"

/** Everything that sends: nics here, and those behind a tunnel. */
export function senders(fields: FirewallFields): readonly Sender[] {
  const remote = fields.tunnels.flatMap(({ network, sources }) => sources.map((source) => ({ ...source, network })))
  return [...fields.ports, ...remote]
}

type Sender = Pick<FirewallPort, "network" | "mac" | "address" | "forwards">

export function forwarders(fields: FirewallFields): readonly Sender[] {
  return senders(fields).filter((sender) => sender.forwards)
}

/**
 * What a network on several hosts needs besides. A request that this host routes to another host passes the forwarding of no bridge here, but
 * its answer does; and this host's own address in a network means another host elsewhere, so that nothing leaves with it.
 */
export function tunnelChains(cluster: string, fields: FirewallFields, flows: readonly Flow[]): readonly Chain[] {
  const ours = `"${linkPrefix(cluster)}*"`
  const own = fields.networks.map((network) => network.host_address).join(", ")
  const spans = flows.filter((flow) => !isExact(flow) && flow.ports.protocol === "udp")
  return [
    {
      name: "input",
      hook: "type filter hook input priority 0; policy accept;",
      rules: [
        `iifname != ${ours} accept`,
        `ip saddr . ip daddr . udp dport @udp_flows ${remember} accept`,
        ...spans.flatMap((flow) =>
          flow.from === "outside" || flow.to === "outside"
            ? []
            : [`ip saddr ${flow.from} ip daddr ${flow.to} udp dport ${span(flow.ports)} ${remember} accept`],
        ),
      ],
    },
    {
      name: "output",
      hook: "type filter hook output priority 0; policy accept;",
      rules: [`oifname "${tunnelPrefix(cluster)}*" ip saddr { ${own} } drop`],
    },
  ]
}

/** Packets of one of our tunnels that no host of it sent. The identifier stands in bits 96 to 119, counted from the UDP header (RFC 7348, 5). */
export function foreignTunnel({ id, peers }: FirewallTunnel): string {
  return `udp dport 4789 @th,96,24 ${id} ip saddr != { ${[...new Set(peers)].join(", ")} } drop`
}

/** The nics on other hosts. */
export function elsewhere({ tunnels }: FirewallFields): NamedSet {
  const elements = tunnels.flatMap((tunnel) => tunnel.sources.map((source) => source.address))
  return { name: "elsewhere", type: "ipv4_addr", properties: [], elements }
}

/**
 * Answers to nics on other hosts in other networks: this host routes the answer, and the request came routed by theirs, so that no
 * connection is known here. Whether an answer over UDP was asked for, their host sees.
 */
export function answersElsewhere(flows: readonly Flow[]): readonly string[] {
  const inside = flows.filter((flow) => !isExact(flow) && flow.from !== "outside" && flow.to !== "outside")
  return [
    `ip daddr @elsewhere ip daddr . ip saddr . tcp sport @tcp_flows ${notOpening} accept`,
    "ip daddr @elsewhere ip daddr . ip saddr . udp sport @udp_flows accept",
    "ip daddr @elsewhere icmp type echo-reply ip daddr . ip saddr @pairs accept",
    "ip daddr @elsewhere icmp type { destination-unreachable, time-exceeded, parameter-problem } accept",
    ...inside.map(({ from, to, ports }) => {
      const answer = ports.protocol === "tcp" ? `tcp sport ${span(ports)} ${notOpening}` : `udp sport ${span(ports)}`
      return `ip daddr @elsewhere ip saddr ${to} ip daddr ${from} ${answer} accept`
    }),
  ]
}
