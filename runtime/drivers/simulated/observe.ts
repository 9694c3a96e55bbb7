import { type ApplianceCheck, type ApplianceFields, fieldsOf } from "../../model/fields.ts"
import { equalJson } from "../../model/json.ts"
import type { ObjectRecord } from "../../model/object.ts"
import type { Foreign, Health, HostFacts, JournalEntry, ObservedObject, Reachable } from "../../model/observed.ts"
import { clusterOf, type SimulatedCluster, type SimulatedHost, type Thing, thingKey } from "./state.ts"

/** What decides whether checks pass, beyond what the state says. */
export type Surroundings = {
  readonly now_ms: number
  /** How long an appliance needs after its start until it answers. */
  readonly boot_ms: Readonly<Record<ApplianceFields["form"], number>>
  /** Why a check of an appliance with these fields does not pass; null when it does. Lets a test have a faulty configuration. */
  readonly verdict: (fields: ApplianceFields, check: ApplianceCheck) => string | null
}

/** All that one cluster has on a host, and what others have. */
export function observeHost(host: SimulatedHost, cluster_name: string, around: Surroundings): Reachable {
  const cluster = clusterOf(host, cluster_name)
  return {
    kind: "reachable",
    facts: factsOf(host, around),
    lease: cluster.lease,
    unfinished: unfinishedOf(cluster),
    objects: [...thingsOf(cluster, around), ...recordsWithoutThing(cluster)],
    volumes: Object.values(cluster.volumes ?? {}).map(({ appliance, name, size_bytes }) => ({
      appliance,
      name,
      size_bytes,
      used_bytes: 0,
      mounted: Object.values(cluster.things).some(
        (thing) => thing.address === `appliance/${appliance}` && thing.process?.running === true,
      ),
    })),
    foreign: foreignTo(host, cluster_name),
  }
}

/** What began and has no end; when its record was written, only the `end` is missing. */
export function unfinishedOf({ journal, records }: SimulatedCluster): JournalEntry[] {
  return journal.filter((entry) => records[entry.address]?.operation !== entry.operation)
}

/** What the checks of one thing say now. The first says whether its first process runs. */
export function healthOf(thing: Thing, around: Surroundings): Health[] {
  const fields = fieldsOf({ fields: thing.loaded }, "appliance")
  const running = thing.process?.running === true
  const process: Health = { check: "process", passed: running, detail: running ? "it runs" : "it does not run" }
  const checks = fieldsOf(thing, "appliance").checks.map((check): Health => {
    const problem = running ? whyNot(thing, fields, check, around) : "its first process does not run"
    return { check: check.name, passed: problem === null, detail: problem ?? "it answers" }
  })
  return [process, ...checks]
}

function whyNot(thing: Thing, fields: ApplianceFields, check: ApplianceCheck, around: Surroundings): string | null {
  // An age below zero says that the clock was set back: nothing boots by the time of day.
  const age_ms = around.now_ms - thing.process!.started_ms
  if (age_ms >= 0 && age_ms < around.boot_ms[fields.form]) return "connection refused"
  if (thing.broken.includes(check.name)) return "no answer in time"
  return around.verdict(fields, check)
}

/** What a host says of itself. */
export function factsOf(host: SimulatedHost, { now_ms }: Pick<Surroundings, "now_ms">): HostFacts {
  const used = Object.values(host.clusters)
    .flatMap((cluster) => Object.values(cluster.things))
    .filter((thing) => thing.process?.running === true)
    .reduce((sum, thing) => sum + Number(thing.fields.memory_bytes), 0)
  return {
    now_ms,
    kernel: "6.1.0-simulated",
    cpus: host.cpus,
    memory_bytes: host.memory_bytes,
    memory_free_bytes: host.memory_bytes - used,
    disk_free_bytes: host.disk_bytes,
    forms: host.forms,
    acceleration: "none",
    missing: host.missing,
    addresses: host.addresses,
    outside: host.addresses[0]?.address ?? null,
  }
}

function thingsOf(cluster: SimulatedCluster, around: Surroundings): ObservedObject[] {
  return Object.values(cluster.things).map((thing) => {
    const record = cluster.records[thing.address] ?? null
    const current = record?.generation === thing.generation
    const appliance = thing.kind === "appliance" && thing.complete
    return {
      address: thing.address,
      generation: thing.generation,
      record: current ? record : null,
      life: lifeOf(thing),
      started_ms: thing.process?.running === true ? thing.process.started_ms : null,
      drift: current && lifeOf(thing) === "running" ? driftOf(thing, record, cluster) : [],
      health: current && appliance && lifeOf(thing) === "running" ? healthOf(thing, around).slice(1) : [],
    }
  })
}

function driftOf(thing: Thing, record: ObjectRecord, cluster: SimulatedCluster): string[] {
  const found: string[] = []
  if (!thing.joined) found.push("it is not joined to its networks")
  // What an unfinished operation left is no drift: the journal says so already.
  if (unfinishedOf(cluster).some((entry) => entry.address === thing.address)) return found
  if (!equalJson(thing.fields, record.fields)) found.push("it is not as its record says")
  const stale = thing.process !== null && !equalJson(thing.fields.files, thing.loaded.files)
  if (stale && record.pending === null) found.push("its process has not taken in its files")
  return found
}

function lifeOf(thing: Thing): ObservedObject["life"] {
  if (!thing.complete) return "partial"
  return thing.process === null || thing.process.running ? "running" : "stopped"
}

function recordsWithoutThing(cluster: SimulatedCluster): ObservedObject[] {
  return Object.values(cluster.records).flatMap((record) => {
    if (record === undefined || cluster.things[thingKey(record.address, record.generation)] !== undefined) return []
    const { address, generation } = record
    return [{ address, generation, record, life: "absent" as const, started_ms: null, drift: [], health: [] }]
  })
}

/** The networks and ports of other clusters, by what is really there. */
function foreignTo(host: SimulatedHost, cluster_name: string): Foreign {
  const others = Object.entries(host.clusters).filter(([name]) => name !== cluster_name)
  const things = others.flatMap(([name, cluster]) =>
    Object.values(cluster.things).map((thing) => ({ thing, owner: `cluster ${name}` })),
  )
  const networks = things.flatMap(({ thing, owner }) => {
    if (thing.kind === "network") return [{ cidr: fieldsOf(thing, "network").cidr, owner }]
    if (thing.kind !== "appliance") return []
    return fieldsOf(thing, "appliance")
      .nics.filter((nic) => nic.network === null)
      .map((nic) => ({ cidr: `${nic.address}/${nic.prefix}`, owner }))
  })
  const ports = things.flatMap(({ thing, owner }) => {
    if (thing.kind !== "publish") return []
    const { port, protocol } = fieldsOf(thing, "publish")
    return [{ port, protocol, owner }]
  })
  return { networks: [...host.foreign.networks, ...networks], ports: [...host.foreign.ports, ...ports] }
}
