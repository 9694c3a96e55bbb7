import type { Form } from "../../lang/index.ts"
import type { Lease } from "../apply/lease.ts"
import type { Failure } from "./failure.ts"
import type { Address, ObjectRecord } from "./object.ts"

/** What is true on all hosts, each asked once. */
export type Observed = { readonly hosts: Readonly<Record<string, HostObserved>> }

export type HostObserved = Reachable | Unreachable

/** A host of which nothing is known now. `failure` when it is one that can be mended, and how: its key, its login, what it is. */
export type Unreachable = { readonly kind: "unreachable"; readonly why: string; readonly failure?: Failure }

export type Reachable = {
  readonly kind: "reachable"
  readonly facts: HostFacts
  readonly lease: Lease | null
  /** Operations that began and have no end: their outcome is what observation says. */
  readonly unfinished: readonly JournalEntry[]
  /** What this cluster has here, found by name and by record: one entry per address and generation. */
  readonly objects: readonly ObservedObject[]
  /** What others have here and a plan must not collide with. */
  readonly foreign: Foreign
}

export type HostFacts = {
  /** The host's own clock, in milliseconds since 1970: `started_ms` is measured by it. */
  readonly now_ms: number
  /** The version of its kernel, as `uname -r` says it. */
  readonly kernel: string
  readonly cpus: number
  readonly memory_bytes: number
  readonly memory_free_bytes: number
  readonly disk_free_bytes: number
  readonly forms: readonly Form[]
  /** What a guest really starts under. */
  readonly acceleration: "kvm" | "tcg" | "none"
  /** Debian packages that appl needs here and that are missing. */
  readonly missing: readonly string[]
  /** Its own IPv4 addresses, but for loopback ones. */
  readonly addresses: readonly HostAddress[]
  /** The address that it sends with to the world; null: it has no way there. */
  readonly outside: string | null
}

/** `mtu` is that of the device, in bytes. */
export type HostAddress = {
  readonly address: string
  readonly prefix: number
  readonly device: string
  readonly mtu: number
}

export type ObservedObject = {
  readonly address: Address
  readonly generation: number
  /** Null: this generation is there by name without a record, as after an interrupted create, or beside the one that has it. */
  readonly record: ObjectRecord | null
  /** `running` also says that a network, rule set or file is in place; `partial` that only some of its parts are. */
  readonly life: "running" | "stopped" | "partial" | "absent"
  /** When it was last started, in milliseconds since 1970; null where that has no meaning. */
  readonly started_ms: number | null
  /** What differs from the record, in words, such as `its bridge is down`. */
  readonly drift: readonly string[]
  readonly health: readonly Health[]
}

/** The answer of one check, now. */
export type Health = { readonly check: string; readonly passed: boolean; readonly detail: string }

/**
 * A `begin` whose outcome is not known: it has no `end`, no later operation on the same address and generation has one, and the record was not
 * written by it (a crash between record and `end` leaves nothing open).
 */
export type JournalEntry = {
  readonly operation: string
  readonly address: Address
  readonly generation: number
  readonly verb: string
  readonly token: number
}

export type Foreign = {
  readonly networks: readonly { readonly cidr: string; readonly owner: string }[]
  readonly ports: readonly { readonly port: number; readonly protocol: "tcp" | "udp"; readonly owner: string }[]
}
