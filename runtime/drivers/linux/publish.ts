import type { PublishFields } from "../../model/fields.ts"
import type { Table } from "./nftables.ts"

/**
 * A port of this host that leads to an appliance: for all addresses of the host, also its loopback ones. Through a gateway it goes to the
 * same port of the gateway's uplink, and the gateway sends it on; else straight to the target.
 */
export function publishTable(name: string, fields: PublishFields): Table {
  const target =
    fields.through === null
      ? { address: fields.target_address, port: fields.target_port }
      : { address: fields.through.address, port: fields.port }
  const translate = `fib daddr type local ${fields.protocol} dport ${fields.port} dnat to ${target.address}:${target.port}`
  return {
    family: "ip",
    name,
    sets: [],
    chains: [
      { name: "prerouting", hook: "type nat hook prerouting priority -100; policy accept;", rules: [translate] },
      { name: "output", hook: "type nat hook output priority -100; policy accept;", rules: [translate] },
      {
        name: "postrouting",
        hook: "type nat hook postrouting priority 100; policy accept;",
        // An answer to a loopback address would never leave the appliance.
        rules: [`ip saddr 127.0.0.0/8 ip daddr ${target.address} masquerade`],
      },
    ],
  }
}
