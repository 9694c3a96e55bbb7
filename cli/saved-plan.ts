import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { type DesiredHost, type Lock, lockSection, readHosts, readLock } from "../lang/index.ts"
import { type Plan, readPlan } from "../runtime/index.ts"
import { readLockFile, writeSafely } from "./lock-file.ts"
import { type Result, refuse } from "./problem.ts"

/** What `--out` writes and `appl apply plan.json` reads: a plan, with what it takes to carry it out where no source is at hand. */
export type SavedPlan = {
  readonly version: 2
  readonly plan: Plan
  readonly hosts: readonly DesiredHost[]
  readonly lock: { readonly path: string; readonly content: Lock }
}

/** Writes a plan so that a crash leaves no half of one. It holds what is in the files of appliances, so nobody else may read it. */
export function savePlan(path: string, saved: SavedPlan): Result<null> {
  return writeSafely(path, `${JSON.stringify({ ...saved, digest: digestOf(saved) }, null, 2)}\n`, 0o600)
}

/**
 * SHA-256 of what a saved plan says, in the order in which it stands there. It finds what was changed by hand or cut short, and is no
 * signature: whoever may write the file could write another digest.
 */
function digestOf({ version, plan, hosts, lock }: Readonly<Record<keyof SavedPlan, unknown>>): string {
  return createHash("sha256")
    .update(JSON.stringify([version, plan, hosts, lock]))
    .digest("hex")
}

/** Reads a saved plan. It may have been changed on the way: every part is checked against its schema. */
export function readSavedPlan(path: string): Result<SavedPlan> {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(path, "utf8"))
  } catch (error) {
    return refuse(`${path} cannot be read as a plan: ${error instanceof Error ? error.message : error}`, remedy)
  }
  if (!isRecord(value)) return invalid(path, "it has another shape")
  if (value.version !== 2) return otherVersion(path, value.version)
  if (!isRecord(value.lock)) return invalid(path, "it has another shape")
  const { version, plan: said, hosts: said_hosts, lock: said_lock } = value
  if (value.digest !== digestOf({ version, plan: said, hosts: said_hosts, lock: said_lock }))
    return refuse(`${path} was changed after it was saved: its digest is that of another content`, remedy)
  const plan = readPlan(value.plan)
  if (!plan.ok) return invalid(path, plan.failure.message)
  const hosts = readHosts(value.hosts)
  if (!hosts.ok) return invalid(path, hosts.why)
  const lock = readLock(JSON.stringify(value.lock.content ?? null))
  if (!lock.ok) return invalid(path, lock.why)
  const lock_path = value.lock.path
  if (typeof lock_path !== "string") return invalid(path, "it names no lock file")
  // The file is written after the apply: whoever changed the plan shall not choose what else is overwritten.
  const there = readLockFile(lock_path)
  if (!there.ok) return there
  if (there.value !== null && !readLock(there.value).ok) return invalid(path, `its lock file ${lock_path} is none`)
  const content = { path: lock_path, content: lock.value }
  return { ok: true, value: { version: 2, plan: plan.value, hosts: hosts.value, lock: content } }
}

/** The lock after a plan: with the packages that planning resolved. */
export function lockAfter(lock: Lock, plan: Plan): Lock {
  const section = lockSection(lock, plan.cluster)
  if (section === null) return lock
  const images = { ...section.images, ...plan.pins }
  return { ...lock, deployed: { ...lock.deployed, [plan.cluster]: { ...section, images } } }
}

/** A plan says what one version of appl does: another one could take it otherwise. */
function otherVersion(path: string, version: unknown): ReturnType<typeof refuse> {
  if (typeof version !== "number") return invalid(path, "it has another shape")
  const age = version < 2 ? "an older" : "a newer"
  return refuse(`${path} was saved by ${age} version of appl, as version ${version} of plans; this one knows 2`, remedy)
}

const remedy = "plan again: appl apply office.appl --dry-run --out plan.json"

function invalid(
  path: string,
  why: string,
): { readonly ok: false; readonly problem: { message: string; remedy: string } } {
  return { ok: false, problem: { message: `${path} is not a plan: ${why}`, remedy } }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
