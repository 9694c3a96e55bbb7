import type { Cause, DesiredAppliance, DesiredNetwork, End, Flow, Nic } from "../../lang/index.ts"
import type { FirewallFields, FirewallNetwork, FirewallPort, FirewallRule, RuleEnd, Uplink } from "../model/fields.ts"
import { filterOf, type Tunnels } from "./links.ts"
import type { Traffic } from "./traffic.ts"

/** `causes` holds for each rule, by its key, where it was asked for: a flow that is closed later can still say so. */
export type Firewall = {
  readonly fields: FirewallFields
  readonly causes: Readonly<Record<string, readonly Cause[]>>
}

/** All that may pass on `host`, with the ends of every flow as addresses, so that a driver only prints it. */
export function firewallOf(known: Known, host: string, traffic: Traffic, tunnels: Tunnels): Firewall {
  const networks = [...traffic.networks].sort().flatMap((name) => networkOf(known, name, host))
  return {
    fields: {
      networks,
      ports: traffic.appliances.flatMap(portsOf),
      rules: traffic.flows.map((flow) => rule(known, flow)),
      tunnels: networks.flatMap(({ name }) => filterOf(tunnels, name, host, traffic) ?? []),
    },
    causes: Object.fromEntries(
      traffic.flows.map((flow) => [flowKey(flow), [{ name: flow.cause, value: "", through: [], origin: flow.origin }]]),
    ),
  }
}

/** Appliances and networks by name, for all hosts at once. */
export type Known = {
  readonly appliances: ReadonlyMap<string, Pick<DesiredAppliance, "id" | "nics" | "host">>
  readonly networks: ReadonlyMap<string, DesiredNetwork>
}

/** What makes two flows the same: cause, ends and ports, not the line where they are written. */
export function flowKey(flow: Pick<Flow, "from" | "to" | "ports" | "cause">): string {
  return JSON.stringify([flow.cause, flow.from, flow.to, flow.ports])
}

function networkOf({ networks, appliances }: Known, name: string, host: string): FirewallNetwork[] {
  const network = networks.get(name)
  if (network === undefined) return []
  const { cidr, host_address, gateway } = network
  const router = gateway === null ? undefined : appliances.get(gateway.appliance)
  // Its way out is a thing of its own host.
  const uplink = router?.host === host ? uplinkOf(router) : null
  return [{ name, cidr, host_address, gateway: gateway === null ? null : { ...gateway, uplink } }]
}

function uplinkOf(gateway: Pick<DesiredAppliance, "nics">): Uplink | null {
  const nic = gateway.nics.find((nic) => nic.network === null && nic.peer !== null)
  if (nic === undefined) return null
  return { device: nic.device, address: nic.address, prefix: nic.prefix, mac: nic.mac, peer: nic.peer! }
}

function portsOf(appliance: Pick<DesiredAppliance, "id" | "nics">): FirewallPort[] {
  const forwards = appliance.nics.some((nic) => nic.network === null)
  return appliance.nics.flatMap((nic) =>
    nic.network === null
      ? []
      : [
          {
            appliance: appliance.id,
            network: nic.network,
            device: nic.device,
            address: nic.address,
            mac: nic.mac,
            forwards,
          },
        ],
  )
}

function rule(known: Known, flow: Flow): FirewallRule {
  return {
    from: ruleEnd(known, flow.from, flow.to),
    to: ruleEnd(known, flow.to, flow.from),
    ports: flow.ports,
    cause: flow.cause,
  }
}

function ruleEnd(known: Known, end: End, other: End): RuleEnd {
  if (end.kind === "outside") return { end, addresses: [] }
  if (end.kind === "cidr") return { end, addresses: [end.cidr] }
  if (end.kind === "network") {
    const network = known.networks.get(end.name)
    return { end, addresses: network === undefined ? [] : [network.cidr] }
  }
  return { end, addresses: addressesTowards(end.id, other, known) }
}

/** The addresses that an appliance uses towards `other`: on the networks that both are on, else all of its own but the uplink. */
function addressesTowards(id: string, other: End, known: Known): string[] {
  const joined = (known.appliances.get(id)?.nics ?? []).filter((nic) => nic.network !== null)
  const theirs = networksOfEnd(other, known)
  const common = joined.filter((nic) => theirs.has(nic.network!))
  return (common.length > 0 ? common : joined).map((nic: Nic) => nic.address)
}

function networksOfEnd(end: End, { appliances }: Known): ReadonlySet<string> {
  if (end.kind === "network") return new Set([end.name])
  if (end.kind === "appliance") return new Set(appliances.get(end.id)?.nics.flatMap((nic) => nic.network ?? []))
  return new Set()
}
