import type { Form } from "../../../lang/index.ts"
import type { Lease } from "../../apply/lease.ts"
import type { RunEnd } from "../../model/history.ts"
import type { Address, Json, Kind, ObjectRecord } from "../../model/object.ts"
import type { Foreign, HostAddress } from "../../model/observed.ts"
import type { Verb } from "../../plan/plan.ts"

/** All that simulated hosts remember, by host. Plain JSON, so that a command can keep it in a file between two runs. */
export type SimulatedHosts = { readonly version: 1; readonly hosts: Record<string, SimulatedHost> }

export type SimulatedHost = {
  readonly cpus: number
  readonly memory_bytes: number
  readonly disk_bytes: number
  readonly forms: readonly Form[]
  /** How far its clock is ahead of the true time; behind, when it is less than zero. */
  clock_ahead_ms: number
  /** Debian packages that are said to be missing. */
  missing: string[]
  /** Where the others reach it: each has one of its own. */
  addresses: HostAddress[]
  /** What programs and clusters that appl knows nothing of hold here. */
  foreign: Foreign
  /** How often each image was built, by its id and the digest of its pins: the cache that all clusters share. */
  builds: Record<string, number>
  clusters: Record<string, SimulatedCluster>
  /** Why nobody gets an answer from it: it is cut off, and its appliances run on, or it has no power. Absent while it answers. */
  silent?: "cut" | "off"
}

export type SimulatedCluster = {
  lease: Lease | null
  last_token: number
  journal: SimulatedEntry[]
  /** The latest runs; absent in states that were kept before there was a history. */
  history?: SimulatedRun[]
  records: Partial<Record<Address, ObjectRecord>>
  /** What really is there, by address and generation. */
  things: Record<string, Thing>
  /** By appliance and name, as `web[1]/data`; they stay when what used them goes. */
  volumes?: Record<string, SimulatedVolume>
}

export type SimulatedVolume = {
  readonly appliance: string
  readonly name: string
  readonly size_bytes: number
  content: string
  /** It came from another host, and the appliance here is not yet said to be the right one. */
  copy?: true
}

export type SimulatedRun = { readonly lease: Lease; ended: RunEnd | null }

export type SimulatedEntry = {
  readonly operation: string
  readonly address: Address
  readonly generation: number
  readonly verb: Verb
  readonly token: number
}

/** One object as it really is, whatever its record says. */
export type Thing = {
  readonly address: Address
  readonly generation: number
  readonly kind: Kind
  /** False while its making is under way. */
  complete: boolean
  /** The fields as they were last put in place. */
  fields: Readonly<Record<string, Json>>
  /** The fields that the running process has taken in: those at its last start or reload. */
  loaded: Readonly<Record<string, Json>>
  /** Its first process; null for what has none. */
  process: { running: boolean; started_ms: number; starts: number } | null
  /** It was stopped to move elsewhere: it does not come back by itself. */
  stopped?: true
  /** Whether its nics are joined to their networks. */
  joined: boolean
  /** Checks that do not pass until the next start, as with a server that hangs. */
  broken: string[]
}

/**
 * Where the state is kept between two uses. `save` is called after every single effect; what survives a crash is one of the states that it was
 * given lately, whole.
 */
export type Store = {
  load(): SimulatedHosts
  save(state: SimulatedHosts): void
}

/** A store that lasts as long as the process. */
export function memoryStore(): Store {
  let state: SimulatedHosts = { version: 1, hosts: {} }
  return {
    load: () => state,
    save: (next) => {
      state = next
    },
  }
}

/** `number` tells it from the others: none has that of another. */
export function newHost(number: number): SimulatedHost {
  return {
    cpus: 16,
    memory_bytes: 64 * 2 ** 30,
    disk_bytes: 2 ** 40,
    forms: ["container", "microvm", "vm"],
    clock_ahead_ms: 0,
    missing: [],
    addresses: [{ address: `172.16.${number >> 8}.${number & 255}`, prefix: 12, device: "eth0", mtu: 1500 }],
    foreign: { networks: [], ports: [] },
    builds: {},
    clusters: {},
  }
}

/** What a host has of a cluster. Asking makes nothing: after `forget`, a question must not bring a cluster back. */
export function clusterOf(host: SimulatedHost, name: string): SimulatedCluster {
  // A cluster may be named like what every object has, such as `constructor`.
  return (
    (Object.hasOwn(host.clusters, name) ? host.clusters[name] : null) ?? {
      lease: null,
      last_token: 0,
      journal: [],
      records: {},
      things: {},
    }
  )
}

/** The same for whoever takes the lease, which is the first thing that a cluster has. */
export function makeCluster(host: SimulatedHost, name: string): SimulatedCluster {
  const cluster = clusterOf(host, name)
  host.clusters[name] = cluster
  return cluster
}

/** The key of a thing within its cluster. */
export function thingKey(address: Address, generation: number): string {
  return `${address} ${generation}`
}
