import type { Holder } from "../apply/lease.ts"
import type { Action } from "../plan/action.ts"
import type { Address } from "./object.ts"

/** One run of a command that changed a cluster, as one of its hosts kept it: written when it took the lease, and when it gave it back. */
export type KeptRun = {
  readonly operation: string
  readonly holder: Holder
  readonly since_ms: number
  /** Null: it never came to its end, or works still; `working` tells which. */
  readonly ended: RunEnd | null
  /** It holds the lease of this host now. */
  readonly working: boolean
}

export type RunEnd = RunResult & { readonly until_ms: number }

export type RunResult = {
  readonly state: "done" | "failed" | "interrupted" | "refused"
  /** Why nothing was begun, or nothing more; null when all was tried. */
  readonly why: string | null
  /** What it did on this host, the first few hundred steps of it. */
  readonly steps: readonly RunStep[]
  /** How many more steps there were. */
  readonly more: number
}

export type RunStep = {
  readonly action: Action
  readonly address: Address
  readonly host: string
  readonly state: "done" | "failed" | "blocked" | "left" | "turned-back"
}

/** The same run on all hosts of the cluster. `cut-off`: its process ended without giving the lease back. */
export type Run = {
  /** Null for what took the lease without naming a run. */
  readonly run: string | null
  readonly operation: string
  readonly user: string
  readonly machine: string
  readonly process_id: number
  readonly since_ms: number
  readonly until_ms: number | null
  readonly state: RunResult["state"] | "working" | "cut-off"
  readonly why: string | null
  readonly hosts: readonly string[]
  readonly steps: readonly RunStep[]
  readonly more: number
}

/**
 * Merges what hosts kept, the latest run first. A run that one host saw end and another did not was cut off while it gave its leases back: it
 * counts as ended, for its work was done.
 */
export function mergeRuns(kept: ReadonlyMap<string, readonly KeptRun[]>): Run[] {
  const all = [...kept].flatMap(([host, runs]) => runs.map((run) => ({ host, run })))
  const groups = Map.groupBy(all, ({ host, run }) => run.holder.run ?? `${host} ${run.since_ms}`)
  return [...groups.values()].map((parts) => mergeOne(parts)).sort((left, right) => right.since_ms - left.since_ms)
}

function mergeOne(parts: readonly { readonly host: string; readonly run: KeptRun }[]): Run {
  const { holder, operation } = parts[0]!.run
  const ends = parts.flatMap(({ run }) => run.ended ?? [])
  const working = parts.some(({ run }) => run.working)
  const worst = severity.find((state) => ends.some((end) => end.state === state))
  return {
    run: holder.run ?? null,
    operation,
    user: holder.user,
    machine: holder.machine,
    process_id: holder.process_id,
    since_ms: Math.min(...parts.map(({ run }) => run.since_ms)),
    until_ms: ends.length === 0 ? null : Math.max(...ends.map((end) => end.until_ms)),
    state: working && ends.length < parts.length ? "working" : (worst ?? "cut-off"),
    why: ends.find((end) => end.why !== null)?.why ?? null,
    hosts: parts.map(({ host }) => host).sort(),
    steps: ends.flatMap((end) => end.steps),
    more: ends.reduce((sum, end) => sum + end.more, 0),
  }
}

const severity = ["failed", "interrupted", "refused", "done"] as const
