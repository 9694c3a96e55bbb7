import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import type { SimulatedHosts } from "../runtime/index.ts"
import { simulatedFolder } from "./state.ts"

/** Keeps simulated hosts in a file, so that the next command finds them as the last one left them. */
export function fileStore(): { load(): SimulatedHosts; save(state: SimulatedHosts): void } {
  const path = join(simulatedFolder(), "hosts.json")
  return {
    load: () => {
      try {
        return JSON.parse(readFileSync(path, "utf8")) as SimulatedHosts
      } catch {
        return { version: 1, hosts: {} }
      }
    },
    // After every effect, so that killing the command loses nothing: the file is replaced, never written over.
    save: (state) => {
      // It holds what is in the files of appliances, so nobody else may read it.
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      const temporary = `${path}.${process.pid}.tmp`
      writeFileSync(temporary, JSON.stringify(state), { mode: 0o600 })
      renameSync(temporary, path)
    },
  }
}

/**
 * How many times faster than a small real host the simulated ones work: `APPL_SIMULATED_SPEED`, 1 by default. Tests and
 * demonstrations set it.
 */
export function simulatedSpeed(): number {
  const speed = Number(process.env.APPL_SIMULATED_SPEED ?? "1")
  return Number.isFinite(speed) && speed > 0 ? speed : 1
}
