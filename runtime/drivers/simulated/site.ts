import type { DesiredHost } from "../../../lang/index.ts"
import type { Holder } from "../../apply/lease.ts"
import type { Outcome } from "../../model/failure.ts"
import type { ApplianceCheck, ApplianceFields } from "../../model/fields.ts"
import type { PlainFields } from "../../model/secrets.ts"
import type { Verb } from "../../plan/plan.ts"
import type { Clock } from "../../world.ts"
import type { Driver } from "../driver.ts"
import { type Controllers, controllers } from "./controller.ts"
import { deliveryKey, type Site, simulatedDriver } from "./driver.ts"
import type { Fault } from "./faults.ts"
import { reboot } from "./reboot.ts"
import {
  clusterOf,
  newHost,
  type SimulatedHost,
  type SimulatedHosts,
  type Store,
  type Thing,
  thingKey,
} from "./state.ts"
import { writeTo } from "./volumes.ts"

export type Settings = {
  readonly clock: Clock
  /** How long each verb and question takes, in milliseconds. */
  readonly latency_ms: Readonly<Record<Verb | "create_microvm" | "observe" | "resolve" | "lease" | "check", number>>
  /** How long an appliance of each form takes from its start to its first answer. */
  readonly boot_ms: Readonly<Record<ApplianceFields["form"], number>>
  /** Versions that are newer than those of the built-in table of packages. */
  readonly packages: Readonly<Record<string, string>>
  /** Whether the process that holds a lease still lives. */
  readonly isAlive: (holder: Holder) => boolean
  /** Why a check of an appliance with these fields would not pass, null when it would. */
  readonly verdict: (fields: ApplianceFields, check: ApplianceCheck) => string | null
}

/** Simulated hosts: the state of all of them, and the hand that breaks things. */
export type Simulation = {
  /** A process that works on them: what `World.open` needs, and its faults. */
  controller(faults?: readonly Fault[]): SimulatedController
  readonly state: () => SimulatedHosts
  /** The host, made on first use. */
  host(name: string): SimulatedHost
  /** The generation of an appliance that its record names, or the only one there is. */
  appliance(host: string, cluster: string, id: string): Thing | null
  /** What stands in the files and environment of that appliance, secrets too: only this process knows it, no store does. */
  delivered(host: string, cluster: string, id: string): PlainFields | null
  readonly isAlive: Settings["isAlive"]
  /** Ends the first process of an appliance. */
  killProcess(host: string, cluster: string, id: string): void
  /** Cuts a host off, for everybody, or switches it off; `wake` lets it answer again, as it is then. */
  strike(host: string, how: "cut" | "power-off" | "wake"): void
  /** Writes on a volume, as the program inside would. */
  write(host: string, cluster: string, id: string, volume: string, content: string): void
  /** Switches a host off and on: what it remembers stays, and what it had brought up comes back by itself. */
  reboot(host: string): void
  /** Lets a check fail until the next start. */
  breakCheck(host: string, cluster: string, id: string, check: string): void
}

export type SimulatedController = Pick<Controllers, "log" | "mend"> & {
  open(host: DesiredHost): Promise<Outcome<Driver>>
}

/** Times as they are on a small real host, so that a simulated apply feels like one. */
export const default_settings: Omit<Settings, "clock"> = {
  latency_ms: {
    build: 4_000,
    set: 50,
    create: 150,
    create_microvm: 300,
    configure: 60,
    reload: 40,
    restart: 200,
    ready: 0,
    switch: 30,
    remove: 100,
    discard: 100,
    stop: 100,
    send: 200,
    receive: 200,
    settle: 10,
    record: 20,
    observe: 40,
    resolve: 300,
    lease: 5,
    check: 10,
  },
  boot_ms: { container: 200, microvm: 2_500, vm: 8_000 },
  packages: {},
  isAlive: () => true,
  verdict: () => null,
}

/** Simulated hosts over a store. Hosts get the capacity that the cluster declares for them. */
export function simulate(store: Store, clock: Clock, asked: Partial<Settings> = {}): Simulation {
  const settings: Settings = { ...default_settings, clock, ...asked }
  let state = store.load()
  const memory = {
    refresh: () => {
      state = store.load()
    },
    save: () => store.save(state),
  }
  const oneMore = (): SimulatedHost => newHost(Object.keys(state.hosts).length + 1)
  const hostNow = (name: string): SimulatedHost => {
    const host = (Object.hasOwn(state.hosts, name) ? state.hosts[name] : null) ?? oneMore()
    state.hosts[name] = host
    return host
  }
  const hostTime = (name: string) => clock.now() + hostNow(name).clock_ahead_ms
  const site: Site = { settings, hostNow, hostTime, save: memory.save, busy: new Map(), delivered: new Map() }
  const appliance = (host: string, cluster: string, id: string): Thing | null => {
    const known = clusterOf(hostNow(host), cluster)
    const record = known.records[`appliance/${id}`]
    if (record === undefined) return null
    return known.things[thingKey(record.address, record.generation)] ?? null
  }
  return {
    state: () => state,
    isAlive: settings.isAlive,
    host: hostNow,
    appliance,
    delivered: (host, cluster, id) => {
      const thing = appliance(host, cluster, id)
      return thing === null ? null : (site.delivered.get(deliveryKey(host, cluster, thing)) ?? null)
    },
    controller: (faults = []) => {
      const made = controllers(faults, clock, { ...memory, host: hostNow })
      return {
        log: made.log,
        mend: made.mend,
        open: async (host) => {
          if (!Object.hasOwn(state.hosts, host.name)) state.hosts[host.name] = { ...oneMore(), ...declared(host) }
          return { ok: true, value: simulatedDriver(host.name, site, made.on(host.name)) }
        },
      }
    },
    killProcess: (host, cluster, id) => {
      const process = appliance(host, cluster, id)?.process
      if (process) process.running = false
      store.save(state)
    },
    strike: (name, how) => {
      const host = hostNow(name)
      if (how === "wake") delete host.silent
      else host.silent = how === "cut" ? "cut" : "off"
      if (how === "power-off") endAll(host)
      store.save(state)
    },
    write: (host, cluster, id, volume, content) => {
      writeTo(hostNow(host), cluster, `appliance/${id}`, volume, content)
      store.save(state)
    },
    reboot: (host) => {
      reboot(hostNow(host), hostTime(host))
      store.save(state)
    },
    breakCheck: (host, cluster, id, check) => {
      appliance(host, cluster, id)?.broken.push(check)
      store.save(state)
    },
  }
}

function declared({ capacity }: DesiredHost): Partial<SimulatedHost> {
  return Object.fromEntries(Object.entries(capacity).filter(([, amount]) => amount !== undefined))
}

/** Every process ends; what is on disk stays. */
function endAll({ clusters }: SimulatedHost): void {
  for (const { things } of Object.values(clusters))
    for (const { process } of Object.values(things)) if (process !== null) process.running = false
}
