import { fieldsOf } from "../../model/fields.ts"
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
