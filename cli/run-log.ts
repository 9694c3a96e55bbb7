import { closeSync, constants, mkdirSync, openSync, readdirSync, rmSync, writeSync } from "node:fs"
import { join } from "node:path"
import type { Event, Plan } from "../runtime/index.ts"
import { reasonOf } from "./files.ts"
import { runsFolder } from "./state.ts"

/** What one run leaves for those who look for its cause later: JSON lines, without the values of secrets. */
export type RunLog = {
  readonly path: string
  event(event: Event): void
  /** How it ended: anything that is plain JSON. */
  result(result: object): void
  close(): void
}

/**
 * Begins the log of a run, and deletes the oldest ones of its cluster. What cannot be written is told once, through `problem`, and no reason to
 * stop: hosts are changed, whether somebody takes notes or not. `at_ms` is the time of its beginning, since 1970.
 */
export function openRunLog(plan: Plan, run_id: string, at_ms: number, problem: (message: string) => void): RunLog {
  const folder = join(runsFolder(), plan.cluster)
  const time = new Date(at_ms)
    .toISOString()
    .replace(/\.\d+Z$/, "Z")
    .replaceAll(":", "-")
  const path = join(folder, `${time}-${run_id}.log`)
  let file: number | null = null
  const attempt = (what: () => void) => {
    try {
      what()
    } catch (error) {
      if (file !== null) closeQuietly(file)
      file = null
      problem(`the log ${path} cannot be written: ${reasonOf(error)}`)
    }
  }
  attempt(() => {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    deleteOldest(folder)
    file = openSync(path, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_NOFOLLOW, 0o600)
  })
  const write = (line: object) => {
    attempt(() => {
      if (file !== null) writeSync(file, `${JSON.stringify(line)}\n`)
    })
  }
  write({ run: run_id, at_ms, plan: summaryOf(plan) })
  return {
    path,
    event: write,
    result: (result) => write({ result }),
    close: () => {
      if (file !== null) closeQuietly(file)
      file = null
    },
  }
}

/** How many runs of a cluster are remembered, the one that begins among them. */
const runs_kept = 50

/** Names begin with their time, so the oldest come first. */
function deleteOldest(folder: string): void {
  const logs = readdirSync(folder).filter((name) => /^\d{4}-[\dTZ-]+-[0-9a-f]+\.log$/.test(name))
  for (const name of logs.sort().slice(0, Math.max(0, logs.length - runs_kept + 1))) rmSync(join(folder, name))
}

/** What was to be done and why, without the contents of files. */
function summaryOf({ cluster, operation, file, steps, rollouts, kept }: Plan): object {
  return {
    ...{ cluster, operation, file, kept },
    rollouts: rollouts.map(({ family, batches }) => ({ family, batches })),
    steps: steps.map(({ id, action, address, host, after, operations }) => ({
      ...{ id, action, address, host, after },
      operations: operations.map(({ verb, generation }) => `${verb} ${generation}`),
    })),
  }
}

function closeQuietly(file: number): void {
  try {
    closeSync(file)
  } catch {
    // What was written stays; more cannot be done.
  }
}
