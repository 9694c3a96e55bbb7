import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import type { SimulatedHosts } from "../runtime/index.ts"
import { simulatedFolder } from "./state.ts"

/**
 * Keeps simulated hosts in a file, so that the next command finds them as the last one left them. Writing costs more the more there is, so
 * it may take a fifth of the time at most: a command that is killed leaves the hosts as they were a moment before, whole.
 */
export function fileStore(): { load(): SimulatedHosts; save(state: SimulatedHosts): void } {
  const path = join(simulatedFolder(), "hosts.json")
  let known: { readonly state: SimulatedHosts; readonly version: string } | null = null
  let unwritten = false
  let next_ms = 0

  const write = (): void => {
    if (!unwritten || known === null) return
    const began_ms = performance.now()
    replace(path, JSON.stringify(known.state))
    unwritten = false
    known = { state: known.state, version: versionOf(path) }
    const ended_ms = performance.now()
    next_ms = ended_ms + 4 * (ended_ms - began_ms)
  }
  process.on("exit", write)

  return {
    load: () => {
      const version = versionOf(path)
      if (known === null || known.version !== version) known = { state: read(path), version }
      return known.state
    },
    save: (state) => {
      known = { state, version: known?.version ?? versionOf(path) }
      unwritten = true
      if (performance.now() >= next_ms) write()
    },
  }
}

function read(path: string): SimulatedHosts {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as SimulatedHosts
  } catch {
    return { version: 1, hosts: {} }
  }
}

/** The file is replaced, never written over. It holds what is in the files of appliances, so nobody else may read it. */
function replace(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const temporary = `${path}.${process.pid}.tmp`
  writeFileSync(temporary, text, { mode: 0o600 })
  renameSync(temporary, path)
}

/** Tells one writing of the file from another; empty when there is none. */
function versionOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true })
  return found === undefined ? "" : `${found.ino}.${found.mtimeNs}`
}

/**
 * How many times faster than a small real host the simulated ones work: `APPL_SIMULATED_SPEED`, 1 by default. Tests and
 * demonstrations set it.
 */
export function simulatedSpeed(): number {
  const speed = Number(process.env.APPL_SIMULATED_SPEED ?? "1")
  return Number.isFinite(speed) && speed > 0 ? speed : 1
}
