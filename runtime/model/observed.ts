import type { Form } from "../../lang/index.ts"
import type { Lease } from "../apply/lease.ts"
import type { Address, ObjectRecord } from "./object.ts"

/** What is true on all hosts, each asked once. */
export type Observed = { readonly hosts: Readonly<Record<string, HostObserved>> }

export type HostObserved = Reachable | { readonly kind: "unreachable"; readonly why: string }

export type Reachable = {
  readonly kind: "reachable"
  readonly facts: HostFacts
  readonly lease: Lease | null
  /** Operations that began and have no end: their outcome is what observation says. */
  readonly unfinished: readonly JournalEntry[]
  /** What this cluster has here, found by name and by record. */
  readonly objects: readonly ObservedObject[]
  /** What others have here and a plan must not collide with. */
  readonly foreign: Foreign
}

export type HostFacts = {
  readonly cpus: number
  readonly memory_bytes: number
  readonly memory_free_bytes: number
  readonly disk_free_bytes: number
  readonly forms: readonly Form[]
  /** What a guest really starts under. */
  readonly acceleration: "kvm" | "tcg" | "none"
  /** Debian packages that appl needs here and that are missing. */
  readonly missing: readonly string[]
}

export type ObservedObject = {
  readonly address: Address
  readonly generation: number
  /** Null: it is there by name, but its record is not, as after an interrupted create. */
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

export type JournalEntry = {
  readonly operation: string
  readonly address: Address
  readonly verb: string
  readonly token: number
}

export type Foreign = {
  readonly networks: readonly { readonly cidr: string; readonly owner: string }[]
  readonly ports: readonly { readonly port: number; readonly protocol: "tcp" | "udp"; readonly owner: string }[]
}
