import type { Cause, Origin } from "../../lang/index.ts"
import type { Verb } from "../plan/plan.ts"

/** Plain data, as it stands in plans and records. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

export type Kind = "image" | "network" | "firewall" | "names" | "appliance" | "publish"

/**
 * The name of one managed object: `appliance/web[1]`, `network/dmz`, `publish/8080-tcp`, `image/<id>`. `firewall/rules` and
 * `names/hosts` exist once per host and cluster. Known before the object is made, and carried by it on the host.
 */
export type Address = `${Kind}/${string}`

/**
 * One thing that shall exist on one host. Planning compares `fields` with those of the host's record, one by one; the driver's
 * table says which action a changed field needs.
 */
export type ManagedObject = {
  readonly address: Address
  readonly kind: Kind
  readonly host: string
  readonly fields: Readonly<Record<string, Json>>
  /** The objects that must be ready before this one is made; deletion goes the other way. */
  readonly after: readonly Address[]
  readonly origin: Origin
  /** Where each field was written. */
  readonly origins: Readonly<Record<string, Origin>>
  /** What went into parts of it, by file path or field: lets a plan say that `names.address` is why `web[2]` reloads. */
  readonly causes: Readonly<Record<string, readonly Cause[]>>
}

/** What a host keeps beside each object, written by the operation that changed it (temporary file, fsync, rename). */
export type ObjectRecord = {
  /** That of its shape; see `migrations.ts`. */
  readonly version: number
  readonly cluster: string
  readonly address: Address
  readonly kind: Kind
  /** Counts replacements: part of the object's name on the host. */
  readonly generation: number
  /** The fields as they were applied; secrets as digests only. */
  readonly fields: Readonly<Record<string, Json>>
  /** What went into them then, so that the next plan can say what changed. */
  readonly causes: Readonly<Record<string, readonly Cause[]>>
  /** What it came after, so that a deletion can go the other way without the source. */
  readonly after: readonly Address[]
  /** Where it was declared when it was last applied. */
  readonly origin: Origin
  /** The verb that must still follow until `fields` are in effect, as `reload` after `configure`; null when they are. */
  readonly pending: Verb | null
  /** The operation and fencing token that wrote it. */
  readonly operation: string
  readonly token: number
}
