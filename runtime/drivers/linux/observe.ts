import { createHash } from "node:crypto"
import type { Lease } from "../../apply/lease.ts"
import { imageKey } from "../../images/request.ts"
import { type ApplianceFields, fieldsOf } from "../../model/fields.ts"
import type { Address, Kind, ObjectRecord } from "../../model/object.ts"
import type { JournalEntry, ObservedObject, Reachable } from "../../model/observed.ts"
import { readAddress, readJournalEntry, readLease } from "../../model/schema.ts"
import { pinsDigest } from "../../plan/objects.ts"
import { abilities } from "./abilities.ts"
import { hostsFile } from "./configuration.ts"
import { foreignOf } from "./foreign.ts"
import { addressesOf } from "./host-addresses.ts"
import { bridgeName, filterTable, generationName, idOf, portName, publishTable, tunnelName } from "./names.ts"
import { parseJson, readRecords } from "./records.ts"
import type { Seen, SeenGeneration, SeenLink, SeenRecord } from "./seen.ts"

/** What the host's program saw, in the words of the runtime. Pure. */
export function observedOf(cluster: string, seen: Seen): Reachable {
  const { records, damaged } = recordsOf(seen.records)
  const world: World = {
    cluster,
    seen,
    links: new Map(seen.links.map((link) => [link.ifname ?? "", link])),
    tables: new Set(seen.tables.nftables.flatMap(({ table }) => (table ? [`${table.family} ${table.name}`] : []))),
  }
  const objects = [...records.map((record) => recorded(world, record)), ...damaged, ...unrecorded(world, records)]
  return {
    kind: "reachable",
    facts: {
      now_ms: seen.now_ms,
      kernel: seen.kernel,
      cpus: seen.cpus,
      memory_bytes: seen.memory_bytes,
      memory_free_bytes: seen.memory_free_bytes,
      disk_free_bytes: seen.disk_free_bytes,
      missing: seen.missing,
      forms: abilities.forms,
      ...addressesOf(seen),
      acceleration: seen.acceleration === "" ? "tcg" : seen.acceleration,
    },
    lease: leaseIn(seen.lease[0]),
    // Of a generation that is not there, nothing is left to find out: the outcome was that it went, or never came.
    unfinished: seen.journal
      .flatMap(entryIn)
      .filter((entry) =>
        objects.some(({ address, generation }) => address === entry.address && generation === entry.generation),
      ),
    objects,
    foreign: foreignOf(seen, recordsOf(seen.others).records),
  }
}

type World = {
  readonly cluster: string
  readonly seen: Seen
  readonly links: ReadonlyMap<string, SeenLink>
  readonly tables: ReadonlySet<string>
}

type State = Pick<ObservedObject, "life" | "drift"> & Partial<Pick<ObservedObject, "started_ms" | "health">>

/** Records that are whole, and objects that stand for those that are not: whoever plans says so, and touches nothing. */
function recordsOf(seen: readonly SeenRecord[]): {
  records: readonly ObjectRecord[]
  damaged: readonly ObservedObject[]
} {
  const { records, damaged } = readRecords(seen)
  return {
    records,
    damaged: damaged.map(({ file, value }) => ({ ...stray(addressOfFile(file), 1), record: value as ObjectRecord })),
  }
}

function leaseIn(content: string | undefined): Lease | null {
  const read = content === undefined ? null : readLease(parseJson(content))
  return read?.ok ? read.value : null
}

function entryIn(content: string): readonly JournalEntry[] {
  const read = readJournalEntry(parseJson(content))
  return read.ok ? [read.value] : []
}

/** `…/appliance.web_1.json` is the record of `appliance/web[1]`. */
function addressOfFile(file: string): Address {
  const [kind = "", ...name] = file.slice(file.lastIndexOf("/") + 1, -".json".length).split(".")
  return `${kind as Kind}/${nameOfFile(name.join("."))}`
}

function recorded(world: World, record: ObjectRecord): ObservedObject {
  const state = states[record.kind](world, record)
  return {
    address: record.address,
    generation: record.generation,
    record,
    started_ms: null,
    health: [],
    ...state,
  }
}

const states: Readonly<Record<Kind, (world: World, record: ObjectRecord) => State>> = {
  image: ({ seen }, record) => {
    const { forms, pins } = fieldsOf(record, "image")
    const keys = forms.map((form) => imageKey(idOf(record.address), pinsDigest(pins, form)))
    return keys.every((key) => seen.images.includes(key)) ? { life: "running", drift: [] } : absent
  },
  network: networkState,
  firewall: firewallState,
  names: namesState,
  publish: ({ cluster, tables }, record) =>
    tables.has(`ip ${publishTable(cluster, record.address)}`) ? { life: "running", drift: [] } : absent,
  appliance: applianceState,
}

const absent: State = { life: "absent", drift: [] }

function networkState({ cluster, seen, links }: World, record: ObjectRecord): State {
  const fields = fieldsOf(record, "network")
  const name = bridgeName(cluster, idOf(record.address))
  const link = links.get(name)
  if (link === undefined) return absent
  const addresses = seen.addresses.find((entry) => entry.ifname === name)?.addr_info ?? []
  const drift: string[] = []
  if (!(link.flags ?? []).includes("UP")) drift.push("its bridge is down")
  if (!addresses.some((address) => address.local === fields.host_address))
    drift.push(`its bridge has lost the host's address ${fields.host_address}`)
  if (link.mtu !== fields.mtu) drift.push(`its bridge has an MTU of ${link.mtu}, not ${fields.mtu}`)
  if (fields.link !== null) drift.push(...tunnelDrift({ cluster, seen, links }, idOf(record.address)))
  return { life: "running", drift }
}

function tunnelDrift({ cluster, seen, links }: Pick<World, "cluster" | "seen" | "links">, network: string): string[] {
  const name = tunnelName(cluster, network)
  const link = links.get(name)
  if (link === undefined) return ["its tunnel to other hosts is gone"]
  if (!(link.flags ?? []).includes("UP")) return ["its tunnel to other hosts is down"]
  const intact = link.master === bridgeName(cluster, network) && seen.tunnels.includes(name)
  return intact ? [] : ["its tunnel to other hosts was changed by hand"]
}

function firewallState({ cluster, seen, tables }: World): State {
  const present = ["bridge", "inet"].filter((family) => tables.has(`${family} ${filterTable(cluster)}`))
  if (present.length === 0) return absent
  if (present.length === 1) return { life: "partial", drift: [] }
  return { life: "running", drift: seen.rules_intact ? [] : ["its rules were changed by hand"] }
}

function namesState({ seen }: World, record: ObjectRecord): State {
  if (seen.names.length === 0) return absent
  const wanted = createHash("sha256")
    .update(hostsFile(fieldsOf(record, "names").names))
    .digest("hex")
  return { life: "running", drift: seen.names[0] === wanted ? [] : ["its file was changed by hand"] }
}

function applianceState(world: World, record: ObjectRecord): State {
  const name = generationName(record.address, record.generation)
  const generation = world.seen.generations.find((candidate) => candidate.name === name)
  if (generation === undefined) return absent
  const { running, started_ms } = generation
  if (!running) return { life: "stopped", started_ms: null, drift: [] }
  const health = world.seen.health.flatMap(({ object, ...health }) => (object === record.address ? [health] : []))
  const fields = fieldsOf(record, "appliance")
  return { life: "running", started_ms, health, drift: applianceDrift(world, record, fields, generation) }
}

function applianceDrift(
  { cluster, links }: World,
  record: ObjectRecord,
  fields: ApplianceFields,
  generation: SeenGeneration,
): readonly string[] {
  return fields.nics.flatMap((nic) => {
    const link = links.get(portName(cluster, idOf(record.address), record.generation, nic))
    if (link === undefined) return [`the host's end of ${nic.device} is gone`]
    if (nic.network === null) return []
    const joined = generation.joined && link.master === bridgeName(cluster, nic.network)
    return joined ? [] : [`${nic.device} is not joined to network/${nic.network}`]
  })
}

// --- What is here by name only: an operation was cut off before its record was written ---

function unrecorded(world: World, records: readonly ObjectRecord[]): readonly ObservedObject[] {
  const known = new Set(records.map((record) => `${record.address} ${record.generation}`))
  return [...strayGenerations(world), ...strayLinks(world), ...strayTables(world), ...strayNames(world)].filter(
    (object) => !known.has(`${object.address} ${object.generation}`),
  )
}

function strayGenerations({ seen }: World): readonly ObservedObject[] {
  return seen.generations.map((generation) => {
    const dot = generation.name.lastIndexOf(".")
    const said = readAddress(parseJson(generation.address[0] ?? ""))
    const address = said.ok ? said.value : (`appliance/${nameOfFile(generation.name.slice(0, dot))}` as const)
    const life = generation.running ? "running" : "partial"
    return { ...stray(address, Number(generation.name.slice(dot + 1))), life, started_ms: generation.started_ms }
  })
}

/** The name that a file or folder stands for; only needed when it holds nothing that says so. */
function nameOfFile(name: string): string {
  return name.replaceAll(/_([^.]*)/g, "[$1]")
}

function strayLinks({ cluster, seen }: World): readonly ObservedObject[] {
  const starts = [`appl:${cluster}/network/`, `appl:${cluster}/tunnel/`]
  const networks = seen.links.flatMap(({ ifalias = "" }) =>
    starts.flatMap((start) => (ifalias.startsWith(start) ? [ifalias.slice(start.length)] : [])),
  )
  return [...new Set(networks)].map((network) => stray(`network/${network}`, 1))
}

function strayTables({ cluster, tables }: World): readonly ObservedObject[] {
  const start = `ip ${filterTable(cluster)}-`
  const published = [...tables].flatMap((table) => {
    const name = table.startsWith(start) ? table.slice(start.length) : ""
    return /^\d+-(tcp|udp)$/.test(name) ? [stray(`publish/${name}`, 1)] : []
  })
  const filter = ["bridge", "inet"].some((family) => tables.has(`${family} ${filterTable(cluster)}`))
  return filter ? [...published, stray("firewall/rules", 1)] : published
}

function strayNames({ seen }: World): readonly ObservedObject[] {
  return seen.names.length === 0 ? [] : [stray("names/hosts", 1)]
}

function stray(address: Address, generation: number): ObservedObject {
  return { address, generation, record: null, life: "partial", started_ms: null, drift: [], health: [] }
}
