import type { PublishFields } from "../../model/fields.ts"
import type { Table } from "./nftables.ts"

/**
 * A port of this host that leads to an appliance: for all addresses of the host, also its loopback ones. Through a gateway it goes to the
 * same port of the gateway's uplink, and the gateway sends it on; else straight to the target.
 */
export function publishTable(name: string, fields: PublishFields): Table {
  if (fields.relay !== null) return relayTable(name, fields, fields.relay)
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

/**
 * A port of this host that is passed on to the host that has it, with this host's address in the place of the asker's, so that the answer
 * comes back this way.
 */
function relayTable(name: string, { port, protocol }: PublishFields, relay: string): Table {
  const translate = `fib daddr type local ${protocol} dport ${port} dnat to ${relay}:${port}`
  return {
    family: "ip",
    name,
    sets: [],
    chains: [
      {
        name: "relay",
        hook: "type filter hook prerouting priority -300; policy accept;",
        // The link to the other host takes loopback addresses, for answers (`appl_publish_relay`); nothing from it may ask there.
        rules: ['iifname != "lo" ip daddr 127.0.0.0/8 drop'],
      },
      { name: "prerouting", hook: "type nat hook prerouting priority -100; policy accept;", rules: [translate] },
      { name: "output", hook: "type nat hook output priority -100; policy accept;", rules: [translate] },
      {
        name: "postrouting",
        hook: "type nat hook postrouting priority 100; policy accept;",
        rules: [`ct status dnat ip daddr ${relay} ${protocol} dport ${port} masquerade`],
      },
    ],
  }
}
