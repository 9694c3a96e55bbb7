import { type Call, printCalls } from "../../hosts/shell.ts"
import { fieldsOf, type NetworkFields, type NetworkLink } from "../../model/fields.ts"
import type { ManagedObject } from "../../model/object.ts"
import { recordOf, writesRecord } from "../../model/record.ts"
import type { Work } from "../driver.ts"
import { applianceSteps } from "./appliance.ts"
import { hostsFile } from "./configuration.ts"
import { firewallTables } from "./firewall.ts"
import { buildSteps } from "./image.ts"
import { bridgeName, idOf, linkAlias, publishTable as publishTableName, recordName, tunnelName } from "./names.ts"
import { printTables } from "./nftables.ts"
import { publishTable } from "./publish.ts"
import type { Member } from "./tar.ts"

/** What one operation does on the host: calls of its program, the files that come with them, and the way back. */
export type Steps = {
  readonly calls: readonly Call[]
  readonly members: readonly Member[]
  /** What takes back a failed attempt, nothing when it changes all or nothing; null when nothing can, and the journal keeps it open. */
  readonly undo: readonly Call[] | null
  /**
   * A call that succeeds when what the calls make is there: what is down after a reboot is made again from them and the members. Null when doing
   * them again disturbs nothing; absent for what the host brings back in another way.
   */
  readonly there?: Call | null
  readonly timeout_ms: number
}

/** All of an operation, from the check of its token to the end in the journal, as calls; and its input. */
export function operationCalls(work: Work, steps: Steps): Input {
  const name = recordName(work.address)
  const kept = steps.there === undefined ? [] : keptMembers(steps)
  const removes = work.operation.verb === "remove"
  return {
    calls: [
      ...beginCalls(work),
      ...(removes ? [["appl_unkeep", name]] : []),
      ...steps.calls,
      ...(kept.length > 0 ? [["appl_keep", name]] : []),
      ...(recordMembers(work).length > 0 ? [["appl_record", name]] : []),
      ...(removes ? [["appl_unrecord", name, `${work.operation.generation}`]] : []),
      ["appl_done"],
    ],
    members: [...steps.members, ...kept, ...recordMembers(work)],
  }
}

/** The calls of an operation and the files that come with them. */
export type Input = { readonly calls: readonly Call[]; readonly members: readonly Member[] }

/** Begins an operation: its token is checked, and `begin` is in the journal. */
export function beginCalls(work: Work): readonly Call[] {
  return [
    ["appl_cluster", work.cluster],
    ["appl_work", `${work.token}`, ...journalWords(work)],
  ]
}

/** What the journal holds of an operation that began: its name, what it is about, and all of it. */
export function journalWords({ operation, operation_id, address, token }: Work): readonly [string, string, string] {
  const { generation, verb } = operation
  const entry = { operation: operation_id, address, generation, verb, token }
  return [JSON.stringify(operation_id), JSON.stringify(`${address} ${generation}`), JSON.stringify(entry)]
}

/** The record that the operation leaves, if it leaves one. */
export function recordMembers(work: Work): readonly Member[] {
  if (!writesRecord(work.operation) || work.object === null) return []
  return [{ path: "record.json", mode: 0o600, content: `${JSON.stringify(recordOf(work))}\n` }]
}

/** What `appl_keep` keeps beside the members: the calls, and how to see that they are not needed. */
export function keptMembers({ calls, there }: Steps): readonly Member[] {
  const member = (path: string, call: readonly Call[]): Member => ({ path, mode: 0o600, content: printCalls(call) })
  return [member("calls", calls), ...(there ? [member("there", [there])] : [])]
}

/** What an operation does. */
export function operationSteps(work: Work, where: { readonly program_file: string; readonly home: string }): Steps {
  const kind = work.address.slice(0, work.address.indexOf("/"))
  if (work.operation.verb === "record" && work.object === null) return forgetSteps(work)
  if (kind === "appliance") return applianceSteps(work, where)
  if (work.operation.verb === "build") return buildSteps(idOf(work.address), fieldsOf(work.object!, "image"))
  if (work.operation.verb === "remove") return removeSteps(work, kind)
  return setSteps(work, work.object!)
}

function setSteps(work: Work, object: ManagedObject): Steps {
  const { cluster, address } = work
  switch (object.kind) {
    case "network":
      return networkSteps(cluster, address, fieldsOf(object, "network"))
    case "firewall":
      return {
        calls: [["appl_forwarding"], ["appl_rules_set"]],
        members: [rules(printTables(firewallTables(cluster, fieldsOf(object, "firewall"))))],
        undo: [],
        there: ["appl_rules_there"],
        timeout_ms: quick_ms,
      }
    case "names":
      return {
        calls: [["appl_names_set"], ["appl_microvm_names"]],
        members: [{ path: "hosts", mode: 0o644, content: hostsFile(fieldsOf(object, "names").names) }],
        undo: [],
        timeout_ms: quick_ms,
      }
    case "publish": {
      const fields = fieldsOf(object, "publish")
      const table = publishTableName(cluster, address)
      return {
        calls: [
          ["appl_publish_set", table, `${fields.port}`, fields.protocol],
          ...(fields.relay === null ? [] : [["appl_publish_relay", fields.relay]]),
        ],
        members: [rules(printTables([publishTable(table, fields)]))],
        undo: [],
        there: ["nft", "list", "table", "ip", table],
        timeout_ms: quick_ms,
      }
    }
    default:
      throw new Error(`nothing can be set on ${address}`)
  }
}

function networkSteps(cluster: string, address: Work["address"], fields: NetworkFields): Steps {
  const bridge = bridgeName(cluster, idOf(address))
  const tunnel = tunnelName(cluster, idOf(address))
  const prefix = fields.cidr.slice(fields.cidr.indexOf("/"))
  const { link, mtu } = fields
  return {
    calls: [
      [
        "appl_bridge_set",
        bridge,
        linkAlias(cluster, address),
        `${fields.host_address}${prefix}`,
        `${mtu}`,
        fields.gateway === null ? "routes" : "joins",
        fields.cidr,
      ],
      link === null
        ? ["appl_tunnel_unset", tunnel, bridge]
        : [
            "appl_tunnel_set",
            tunnel,
            linkAlias(cluster, `tunnel/${idOf(address)}`),
            bridge,
            `${link.id}`,
            link.local,
            link.mac,
            `${mtu}`,
          ],
    ],
    members: link === null ? [] : [{ path: "tunnel", mode: 0o600, content: tunnelLines(link) }],
    undo: null,
    there: null,
    timeout_ms: quick_ms,
  }
}

/** Whom a tunnel leads to: hardware address, host and address of each; hosts that route into the network have no address in it. */
function tunnelLines({ peers, remotes }: NetworkLink): string {
  const nics = remotes.map(({ mac, at, address }) => `${mac} ${at} ${address}\n`)
  const routers = peers.flatMap(({ mac, address }) => (mac === null ? [] : [`${mac} ${address} -\n`]))
  return [...nics, ...routers].join("")
}

/** What takes an object away that is no appliance. */
export function removeSteps(work: Pick<Work, "cluster" | "address">, kind: string): Steps {
  const { cluster } = work
  const network = idOf(work.address)
  const calls: Readonly<Record<string, readonly Call[]>> = {
    network: [
      ["appl_tunnel_unset", tunnelName(cluster, network), bridgeName(cluster, network)],
      ["appl_link_remove", bridgeName(cluster, network)],
    ],
    firewall: [["appl_rules_remove"]],
    names: [["appl_names_remove"]],
    publish: [["appl_publish_remove", publishTableName(work.cluster, work.address)]],
    // The layers stay: they are a cache for all clusters, until `appl image gc`.
    image: [],
  }
  return { calls: calls[kind]!, members: [], undo: null, timeout_ms: quick_ms }
}

/** What is there stays; nobody knows of it any more. */
function forgetSteps({ address }: Work): Steps {
  return { calls: [["appl_record_forget", recordName(address)]], members: [], undo: null, timeout_ms: quick_ms }
}

function rules(text: string): Member {
  return { path: "rules.nft", mode: 0o600, content: text }
}

const quick_ms = 60_000
