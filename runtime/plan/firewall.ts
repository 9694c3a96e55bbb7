import type { Cause, DesiredAppliance, DesiredState, End, Flow, Nic } from "../../lang/index.ts"
import type { FirewallFields, FirewallNetwork, FirewallPort, FirewallRule, RuleEnd, Uplink } from "../model/fields.ts"

/** `causes` holds for each rule, by its key, where it was asked for: a flow that is closed later can still say so. */
export type Firewall = {
  readonly fields: FirewallFields
  readonly causes: Readonly<Record<string, readonly Cause[]>>
}

/** All that may pass on `host`, with the ends of every flow as addresses, so that a driver only prints it. */
export function firewallOf(desired: DesiredState, host: string): Firewall {
  const appliances = new Map(desired.appliances.map((appliance) => [appliance.id, appliance]))
  const here = desired.appliances.filter((appliance) => appliance.host === host)
  const networks = networksOf(desired, here, appliances)
  const flows = desired.flows.filter((flow) => isRelevant(flow, host, appliances, networks))
  return {
    fields: {
      networks,
      ports: here.flatMap((appliance) => portsOf(appliance)),
      rules: flows.map((flow) => rule(desired, flow, appliances)),
    },
    causes: Object.fromEntries(
      flows.map((flow) => [flowKey(flow), [{ name: flow.cause, value: "", through: [], origin: flow.origin }]]),
    ),
  }
}

/** What makes two flows the same: cause, ends and ports, not the line where they are written. */
export function flowKey(flow: Pick<Flow, "from" | "to" | "ports" | "cause">): string {
  return JSON.stringify([flow.cause, flow.from, flow.to, flow.ports])
}

function networksOf(
  desired: DesiredState,
  here: readonly DesiredAppliance[],
  appliances: ReadonlyMap<string, DesiredAppliance>,
): FirewallNetwork[] {
  const used = new Set(here.flatMap((appliance) => appliance.nics.map((nic) => nic.network)))
  return desired.networks
    .filter((network) => used.has(network.name))
    .map(({ name, cidr, host_address, gateway }) => ({
      name,
      cidr,
      host_address,
      gateway: gateway === null ? null : { ...gateway, uplink: uplinkOf(appliances.get(gateway.appliance)) },
    }))
}

function uplinkOf(gateway: DesiredAppliance | undefined): Uplink | null {
  const nic = gateway?.nics.find((nic) => nic.network === null && nic.peer !== null)
  if (nic === undefined) return null
  return { device: nic.device, address: nic.address, prefix: nic.prefix, mac: nic.mac, peer: nic.peer! }
}

function portsOf(appliance: DesiredAppliance): FirewallPort[] {
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

function isRelevant(
  flow: Flow,
  host: string,
  appliances: ReadonlyMap<string, DesiredAppliance>,
  networks: readonly FirewallNetwork[],
): boolean {
  return [flow.from, flow.to].some((end) => {
    if (end.kind === "appliance") return appliances.get(end.id)?.host === host
    if (end.kind === "network") return networks.some((network) => network.name === end.name)
    return false
  })
}

function rule(desired: DesiredState, flow: Flow, appliances: ReadonlyMap<string, DesiredAppliance>): FirewallRule {
  return {
    from: ruleEnd(desired, flow.from, flow.to, appliances),
    to: ruleEnd(desired, flow.to, flow.from, appliances),
    ports: flow.ports,
    cause: flow.cause,
  }
}

function ruleEnd(
  desired: DesiredState,
  end: End,
  other: End,
  appliances: ReadonlyMap<string, DesiredAppliance>,
): RuleEnd {
  if (end.kind === "outside") return { end, addresses: [] }
  if (end.kind === "cidr") return { end, addresses: [end.cidr] }
  if (end.kind === "network") {
    const network = desired.networks.find((network) => network.name === end.name)
    return { end, addresses: network === undefined ? [] : [network.cidr] }
  }
  return { end, addresses: addressesTowards(appliances.get(end.id), other, appliances) }
}

/** The addresses that an appliance uses towards `other`: on the networks that both are on, else all of its own but the uplink. */
function addressesTowards(
  appliance: DesiredAppliance | undefined,
  other: End,
  appliances: ReadonlyMap<string, DesiredAppliance>,
): string[] {
  const joined = (appliance?.nics ?? []).filter((nic) => nic.network !== null)
  const theirs = networksOfEnd(other, appliances)
  const common = joined.filter((nic) => theirs.has(nic.network!))
  return (common.length > 0 ? common : joined).map((nic: Nic) => nic.address)
}

function networksOfEnd(end: End, appliances: ReadonlyMap<string, DesiredAppliance>): ReadonlySet<string> {
  if (end.kind === "network") return new Set([end.name])
  if (end.kind === "appliance") return new Set(appliances.get(end.id)?.nics.flatMap((nic) => nic.network ?? []))
  return new Set()
}
