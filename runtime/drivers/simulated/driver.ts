import { text } from "node:stream/consumers"
import type { Failure, Outcome } from "../../model/failure.ts"
import { fieldsOf } from "../../model/fields.ts"
import type { HostObserved } from "../../model/observed.ts"
import { recordOf, writesRecord } from "../../model/record.ts"
import { type PlainFields, revealed } from "../../model/secrets.ts"
import type { Verb } from "../../plan/plan.ts"
import type { Abilities, Driver, Work } from "../driver.ts"
import type { Controller } from "./controller.ts"
import { effectsOf, impossible } from "./effects.ts"
import { enterSimulated } from "./enter.ts"
import { leasesOf, lostLease } from "./leases.ts"
import { healthOf, observeHost, type Surroundings } from "./observe.ts"
import { resolvePackages } from "./packages.ts"
import type { Settings } from "./site.ts"
import { clusterOf, type SimulatedHost, type Thing, thingKey } from "./state.ts"
import { digestHere, removeCopies, send } from "./volumes.ts"

/** What a driver of one simulated host needs to know of the simulation. */
export type Site = {
  readonly settings: Settings
  /** The host as it is now. */
  hostNow(host: string): SimulatedHost
  /** What its clock says. */
  hostTime(host: string): number
  save(): void
  /** How many operations are under way, by host and cluster: a new holder waits for them to end. */
  readonly busy: Map<string, number>
  /** What stands in the files and environment of appliances. It holds secrets, so it is no part of the state that is kept. */
  readonly delivered: Map<string, PlainFields>
}

/** The key of an appliance in `delivered`. */
export function deliveryKey(host: string, cluster: string, thing: Pick<Thing, "address" | "generation">): string {
  return `${host} ${cluster} ${thingKey(thing.address, thing.generation)}`
}

/** The reference driver for one host. Everything that it changes goes through `controller.effect`, where faults strike. */
export function simulatedDriver(host: string, site: Site, controller: Controller): Driver {
  const around = (): Surroundings => ({
    now_ms: site.hostTime(host),
    boot_ms: site.settings.boot_ms,
    verdict: site.settings.verdict,
  })
  const clusterNow = (name: string) => clusterOf(site.hostNow(host), name)
  return {
    name: "simulated",
    host,
    abilities,
    observe: async (cluster): Promise<HostObserved> => {
      const silent = await controller.ask(site.settings.latency_ms.observe)
      return silent === null
        ? observeHost(site.hostNow(host), cluster, around())
        : { kind: "unreachable", why: silent.message }
    },
    resolve: async (image) => {
      const silent = await controller.ask(site.settings.latency_ms.resolve)
      if (silent !== null) return { ok: false, failure: silent }
      return { ok: true, value: resolvePackages(image, site.settings.packages) }
    },
    ...leasesOf(site, host, controller),
    perform: async (work) => {
      const silent = await controller.ask(0)
      if (silent !== null) return { ok: false, failure: silent }
      const lost = lostLease(clusterNow(work.cluster), work.token, work.cluster, site.hostTime(host))
      if (lost !== null) return { ok: false, failure: lost }
      const busy = `${host} ${work.cluster}`
      site.busy.set(busy, (site.busy.get(busy) ?? 0) + 1)
      try {
        return await perform(work, host, site, controller)
      } finally {
        site.busy.set(busy, site.busy.get(busy)! - 1)
      }
    },
    check: async (cluster, object, generation) => {
      const silent = await controller.ask(site.settings.latency_ms.check)
      if (silent !== null) return [{ check: "process", passed: false, detail: silent.message }]
      const thing = clusterNow(cluster).things[thingKey(object.address, generation)]
      return thing === undefined
        ? [{ check: "process", passed: false, detail: "it is not there" }]
        : healthOf(thing, around())
    },
    enter: async (cluster, address, entering) => {
      const silent = await controller.ask(site.settings.latency_ms.observe)
      if (silent !== null) return { ok: false, failure: silent }
      return enterSimulated(clusterNow(cluster), address, entering)
    },
    forget: async (cluster, lease) => {
      const lost = lostLease(clusterNow(cluster), lease.token, cluster, site.hostTime(host))
      if (lost !== null) return { ok: false, failure: lost }
      return controller.effect(`forget ${cluster}`, () => {
        const { clusters } = site.hostNow(host)
        const { volumes, last_token } = clusterOf(site.hostNow(host), cluster)
        delete clusters[cluster]
        if (volumes !== undefined && Object.keys(volumes).length > 0)
          clusters[cluster] = { lease: null, last_token, journal: [], records: {}, things: {}, volumes }
        return null
      })
    },
    close: async () => {},
  }
}

/** What each change of a field needs here. It stands for what real hypervisors can do, so that plans on simulated hosts look like real ones. */
const abilities: Abilities = {
  forms: ["container", "microvm", "vm"],
  changes: {
    image: { source: "update", packages: "update", forms: "update", pins: "update" },
    network: { mtu: "update", gateway: "update", host_address: "update", dhcp: "update", link: "update" },
    firewall: { networks: "update", ports: "update", rules: "update", tunnels: "update" },
    names: { names: "update" },
    appliance: {
      files: "reload",
      env: "restart",
      reload: "update",
      memory_bytes: "update",
      cpus: "update",
      limits: "update",
      checks: "update",
      tags: "update",
      protect: "update",
      restart: "update",
      class: "update",
      name: "restart",
      nics: "restart",
      start: "restart",
      user: "restart",
      resolver: "restart",
      volumes: "restart",
      "volumes.size": "update",
    },
    publish: {
      appliance: "update",
      target_address: "update",
      target_port: "update",
      through: "update",
      relay: "update",
    },
  },
  carriesVolumes: true,
  lacks: {},
  parallel: { operations: 8, builds: 1, storage: 9 },
}

/** One operation, with a crash possible after each line of it. */
async function perform(work: Work, host: string, site: Site, controller: Controller): Promise<Outcome<null>> {
  const { address, operation, operation_id, cluster } = work
  const title = `${operation.verb} ${address}`
  // Work needs a lease, and whoever took it made the cluster.
  const now = () => site.hostNow(host).clusters[cluster]!
  const { generation, verb } = operation
  const begun = await controller.effect(`${title}: begin`, () => {
    now().journal.push({ operation: operation_id, address, generation, verb, token: work.token })
    return null
  })
  if (!begun.ok) return begun
  const problem = impossible(work, site.hostNow(host))
  if (problem !== null) return { ok: false, failure: operationFailed(problem) }
  await site.settings.clock.sleep(latencyOf(verb, work, site.settings))
  const incoming = await incomingOf(work)
  if (incoming === null) return { ok: false, failure: operationFailed("what was sent broke off") }
  const now_ms = () => site.hostTime(host)
  for (const effect of effectsOf(work, () => site.hostNow(host), now_ms, incoming)) {
    const done = await controller.effect(`${title}: ${effect.name}`, effect.run)
    if (!done.ok) return done
    if (done.value !== null) return { ok: false, failure: operationFailed(done.value) }
  }
  if (verb === "send") send(work, site.hostNow(host))
  if (
    verb === "receive" &&
    digestHere(work, site.hostNow(host)) !== (await work.transfer!.digest.promise.catch(() => ""))
  ) {
    const emptied = await controller.effect(`${title}: take back`, () => {
      removeCopies(work, site.hostNow(host))
      return null
    })
    return emptied.ok ? { ok: false, failure: operationFailed("what arrived is not what was sent") } : emptied
  }
  if (work.object?.kind === "appliance" && (verb === "create" || verb === "configure")) {
    const plain = revealed(fieldsOf(work.object, "appliance"), work.secrets)
    site.delivered.set(deliveryKey(host, cluster, { address, generation }), plain)
  }
  const recorded = await controller.effect(`${title}: record`, () => {
    if (writesRecord(operation) && work.object !== null) now().records[address] = recordOf(work)
    if (verb === "record" && work.object === null) delete now().records[address]
    if (verb === "remove" && now().records[address]?.generation === generation) delete now().records[address]
    return null
  })
  if (!recorded.ok) return recorded
  return controller.effect(`${title}: end`, () => {
    // Whatever was unfinished on this generation is settled by an operation that came to its end.
    const cluster = now()
    cluster.journal = cluster.journal.filter((entry) => entry.address !== address || entry.generation !== generation)
    return null
  })
}

/** What a `receive` was given; null when it broke off. */
async function incomingOf({ operation, transfer }: Work): Promise<Readonly<Record<string, string>> | null> {
  if (operation.verb !== "receive") return {}
  return text(transfer!.bytes)
    .then(JSON.parse)
    .catch(() => null)
}

function latencyOf(verb: Verb, work: Work, settings: Settings): number {
  const form = work.object?.kind === "appliance" ? work.object.fields.form : null
  return settings.latency_ms[verb === "create" && form === "microvm" ? "create_microvm" : verb]
}

function operationFailed(message: string): Failure {
  return { kind: "operation-failed", message, remedy: null, output: [] }
}
