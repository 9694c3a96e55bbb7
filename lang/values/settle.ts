import type { Unit } from "../names/symbol.ts"
import type { Cluster } from "./cluster-thing.ts"
import type { Expansion } from "./expansion.ts"
import { fail } from "./frame.ts"
import type { Home } from "./home.ts"
import type { HostThing } from "./model.ts"
import { isObject } from "./show.ts"

/**
 * Says of each cluster where its appliances may stand. Hosts: those that it declares, else those of its file, else those of the cluster
 * around it. Networks: its own, else those of its file. Of a file are also those that it takes from others by name.
 */
export function settleClusters(expansion: Expansion): void {
  for (const cluster of expansion.clusters) {
    const around = cluster.within as Cluster | null
    const shared = sharedBy(expansion, cluster.cluster.unit)
    const hosts = cluster.home.hosts.length > 0 ? cluster.home.hosts : shared.hosts
    cluster.hosts = hosts.length > 0 ? hosts : (around?.hosts ?? [])
    cluster.networks = cluster.home.networks.length > 0 ? cluster.home.networks : shared.networks
  }
}

/** Every host that some cluster uses or that some appliance is tied to. Two of one name, from different files, are reported. */
export function hostsOf(expansion: Expansion): readonly HostThing[] {
  const hosts = new Set<HostThing>(expansion.clusters.flatMap((cluster) => cluster.hosts))
  for (const appliance of expansion.appliances) {
    const tie = appliance.field("host")
    if (isObject(tie) && tie.kind === "reference" && tie.to.kind === "host") hosts.add(tie.to)
  }
  const names = new Map<string, HostThing>()
  for (const host of hosts) {
    const twin = names.get(host.id)
    names.set(host.id, host)
    if (twin === undefined) continue
    fail(expansion.evaluation, "A0714", host.span, `there is a host \`${host.id}\` already`, {
      related: [{ message: "the first one", span: twin.span }],
      hint: "hosts of one deployed cluster have different names, whichever file they are from",
    })
  }
  return [...hosts]
}

type Shared = Pick<Home, "hosts" | "networks">

/** The hosts and networks at the top of a file: its own, and those that it takes from others by name. */
function sharedBy(expansion: Expansion, unit: Unit): Shared {
  const { bindings } = expansion.evaluation
  const hosts: HostThing[] = []
  const networks: Shared["networks"] = []
  const add = (home: Home | undefined, name: string | null): void => {
    home?.expandAll()
    hosts.push(...(home?.hosts ?? []).filter((host) => name === null || host.name === name))
    networks.push(...(home?.networks ?? []).filter((network) => name === null || network.name === name))
  }
  add(expansion.files.get(unit), null)
  for (const item of unit.tree.items) {
    if (item.kind !== "use") continue
    for (const used of item.names) {
      const symbol = bindings.uses.get(used.name)
      if (symbol?.kind === "thing") add(expansion.files.get(symbol.unit), symbol.name)
    }
  }
  return { hosts, networks }
}
