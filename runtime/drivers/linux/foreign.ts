import { fieldsOf } from "../../model/fields.ts"
import { overlaps } from "../../model/networks.ts"
import type { ObjectRecord } from "../../model/object.ts"
import type { Foreign } from "../../model/observed.ts"
import type { Seen } from "./seen.ts"

/** What others have on this host and a plan must not collide with. `others` are the records of other clusters. */
export function foreignOf(seen: Seen, others: readonly ObjectRecord[]): Foreign {
  const ours = new Set(
    seen.links.flatMap((link) =>
      link.ifname?.startsWith("ap") && link.ifalias?.startsWith("appl:") ? [link.ifname] : [],
    ),
  )
  return {
    networks: [
      ...others.flatMap(networksOf),
      ...seen.routes.flatMap(({ dst, dev }) =>
        dst?.includes("/") && dev !== undefined && !ours.has(dev)
          ? [{ cidr: dst, owner: `this host's own network on ${dev}` }]
          : [],
      ),
      ...callersOf(seen, ours),
    ],
    ports: [
      ...others.flatMap((record) => {
        if (record.kind !== "publish") return []
        const { port, protocol } = fieldsOf(record, "publish")
        return [{ port, protocol, owner: `cluster ${record.cluster}` }]
      }),
      ...seen.sockets.flatMap(socketPort),
    ],
  }
}

/**
 * Where those are who work on this host over SSH: a network around one of them would swallow the way back, and cut it off. An appliance of ours
 * that is connected to its host is in a network of ours, which stays.
 */
function callersOf({ callers, addresses }: Seen, ours: ReadonlySet<string>): Foreign["networks"] {
  const own = addresses.flatMap(({ ifname, addr_info }) =>
    ours.has(ifname ?? "") ? (addr_info ?? []).map(({ local, prefixlen }) => `${local}/${prefixlen}`) : [],
  )
  const found = callers.flatMap((caller) => /(\d+\.\d+\.\d+\.\d+)\]?:\d+$/.exec(caller)?.slice(1) ?? [])
  return [...new Set(found)]
    .filter((address) => !address.startsWith("127.") && !own.some((cidr) => overlaps(cidr, `${address}/32`)))
    .map((address) => ({ cidr: `${address}/32`, owner: "somebody there works on this host over SSH" }))
}

/** What a record of another cluster occupies: a network, or the way out of its gateways. */
function networksOf(record: ObjectRecord): Foreign["networks"] {
  const owner = `cluster ${record.cluster}`
  if (record.kind === "network")
    return [{ cidr: fieldsOf(record, "network").cidr, owner: `${owner}, ${record.address}` }]
  if (record.kind !== "firewall") return []
  return fieldsOf(record, "firewall").networks.flatMap(({ gateway }) => {
    const uplink = gateway?.uplink ?? null
    return uplink === null
      ? []
      : [{ cidr: `${uplink.address}/${uplink.prefix}`, owner: `${owner}, appliance/${gateway?.appliance}` }]
  })
}

function socketPort(line: string): Foreign["ports"] {
  const [protocol, local = "", users = ""] = line.split(" ")
  const port = Number(local.slice(local.lastIndexOf(":") + 1))
  if ((protocol !== "tcp" && protocol !== "udp") || !Number.isInteger(port)) return []
  return [{ port, protocol, owner: `the program ${/\(\("([^"]*)"/.exec(users)?.[1] ?? "that listens on it"}` }]
}
