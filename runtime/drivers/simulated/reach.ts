import type { PortSpan } from "../../../lang/index.ts"
import { type FirewallRule, fieldsOf, type RuleEnd } from "../../model/fields.ts"
import { overlaps } from "../../model/networks.ts"
import { clusterOf, type SimulatedCluster, type SimulatedHost, type Thing, thingKey } from "./state.ts"

/** Who asks: an appliance by its name, or something that is not in the cluster. */
export type Caller = { readonly appliance: string } | "outside"
export type Target = { readonly appliance: string; readonly port: number; readonly protocol: PortSpan["protocol"] }

/** Whether a packet would come through on a simulated host: both ends run and are joined, and a rule of its firewall lets it pass. */
export function canReach(host: SimulatedHost, cluster_name: string, from: Caller, to: Target): boolean {
  const cluster = clusterOf(host, cluster_name)
  const target = answering(cluster, to.appliance)
  const source = from === "outside" ? "outside" : answering(cluster, from.appliance)
  const firewall = cluster.things[thingKey("firewall/rules", 1)]
  if (target === null || source === null || firewall === undefined) return false
  const { rules } = fieldsOf(firewall, "firewall")
  return rules.some((rule) => passes(rule, source, target, to))
}

/** The page that a published port gives: a file of the appliance behind it. Null when nothing answers or there is no such file. */
export function publishedPage(host: SimulatedHost, cluster_name: string, port: number, path: string): string | null {
  const cluster = clusterOf(host, cluster_name)
  const publish = cluster.things[thingKey(`publish/${port}-tcp`, 1)]
  if (publish === undefined) return null
  const { appliance, target_port, through } = fieldsOf(publish, "publish")
  if (through !== null && answering(cluster, through.appliance) === null) return null
  if (!canReach(host, cluster_name, "outside", { appliance, port: target_port, protocol: "tcp" })) return null
  const wanted = path.endsWith("/") ? `${path}index.html` : path
  const files = fieldsOf({ fields: answering(cluster, appliance)!.loaded }, "appliance").files
  const file =
    files.find((file) => file.path === `/srv/www${wanted}`) ?? files.find((file) => file.path.endsWith(wanted))
  return file !== undefined && "text" in file.content ? file.content.text : null
}

/** The generation of an appliance that has its networks, if it runs. */
export function answering(cluster: SimulatedCluster, id: string): Thing | null {
  const things = Object.values(cluster.things).filter((thing) => thing.address === `appliance/${id}`)
  return things.find((thing) => thing.joined && thing.process?.running === true) ?? null
}

export function passes(rule: FirewallRule, from: Thing | "outside", to: Thing, { port, protocol }: Target): boolean {
  const open = rule.ports.some((span) => span.protocol === protocol && span.from <= port && port <= span.to)
  return open && isAt(rule.from, from) && isAt(rule.to, to)
}

function isAt(end: RuleEnd, who: Thing | "outside"): boolean {
  if (who === "outside") return end.end.kind === "outside"
  const nics = fieldsOf(who, "appliance").nics
  return nics.some((nic) => end.addresses.some((address) => overlaps(address, nic.address)))
}
