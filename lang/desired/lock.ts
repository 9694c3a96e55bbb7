import type { LockedModules } from "../modules/lock.ts"
import { compareIds } from "../text/order.ts"
import type { Away, Connection, ImagePins } from "./desired-state.ts"
import { type ReadBack, readBack } from "./read-back.ts"
import { lockSchema } from "./schema.ts"

/**
 * BOUNDARY: `appl.lock`, beside the `.appl` file. Keeps what was once decided, so that adding a thing moves no other. One section
 * per deployed name; keys are sorted, so that its diffs are small.
 */
export type Lock = {
  readonly version: 1
  readonly deployed: Readonly<Record<string, LockSection>>
  /** The modules that the project has fetched; written by `appl module` only. */
  readonly modules?: LockedModules
}

export type LockSection = {
  /** `web[1]/dmz` to address; `edge/` is its uplink's network (`100.64.3.4/30`). */
  readonly addresses: Readonly<Record<string, string>>
  /** Appliance to host: kept where they are when possible. */
  readonly placement: Readonly<Record<string, string>>
  /** What a thing was called when it was made, where it has another name now: its MACs are made of that. */
  readonly renamed?: Readonly<Record<string, string>>
  /** `DesiredImage.id` to its resolved packages. */
  readonly images: Readonly<Record<string, ImagePins>>
  /** The hosts that were used last, and how they were reached: those that the file no longer has are looked at still. */
  readonly hosts?: Readonly<Record<string, Connection>>
  /** The hosts on which nothing may run, until `appl host return`. */
  readonly away?: Readonly<Record<string, Away>>
}

export const emptyLock: Lock = { version: 1, deployed: {} }

/** What a lock keeps of a cluster, which may be named like what every object has, such as `constructor`; null when that is nothing. */
export function lockSection(lock: Lock | null, deployed: string): LockSection | null {
  return lock !== null && Object.hasOwn(lock.deployed, deployed) ? lock.deployed[deployed]! : null
}

/** The lock that a text holds, or why it holds none. */
export function readLock(text: string): ReadBack<Lock> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return { ok: false, why: error instanceof Error ? error.message : String(error) }
  }
  return readBack<Lock>(value, lockSchema)
}

/** The text of a lock: one entry a line, keys in order, a line's end at the end. */
export function showLock(lock: Lock): string {
  const modules = lock.modules === undefined ? {} : { modules: sortKeys(lock.modules) }
  return `${JSON.stringify({ version: lock.version, deployed: sortKeys(lock.deployed), ...modules }, null, 2)}\n`
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (typeof value !== "object" || value === null) return value
  const entries = Object.entries(value).sort(([left], [right]) => compareIds(left, right))
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]))
}
