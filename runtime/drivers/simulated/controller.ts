import type { Failure, Outcome } from "../../model/failure.ts"
import type { Clock } from "../../world.ts"
import { type Fault, faultFailure, Killed } from "./faults.ts"

/** One process that works on simulated hosts. It has its own count of effects, its own faults, and can die. */
export type Controller = {
  /** Does one effect and saves, unless a fault says otherwise. Throws `Killed` once the controller is dead. */
  effect<T>(name: string, run: () => T, host?: HostHand): Promise<Outcome<T>>
  /** Asks the host something that takes `latency_ms`; gives why it does not answer, or null. */
  ask(latency_ms: number, host?: HostHand): Promise<Failure | null>
  /** The names of the effects so far; the n-th fault strikes at the n-th of them. */
  readonly log: readonly string[]
  /** Ends a disconnection, or gives the host new space. */
  mend(): void
}

/** What faults do to the host of an effect, and whether it answers. */
export type HostHand = { silent(): boolean; strike(how: "cut" | "power-off" | "reboot"): void }

/** The same controller for the driver of one host. */
export function onHost(made: Controller, host: HostHand): Controller {
  return {
    ...made,
    effect: (name, run) => made.effect(name, run, host),
    ask: (latency_ms) => made.ask(latency_ms, host),
  }
}

/** What the hosts remember. Other processes work on them too: every question begins with what they last saved. */
export type Memory = { refresh(): void; save(): void }

export function controller(faults: readonly Fault[], clock: Clock, memory: Memory): Controller {
  const log: string[] = []
  let silent: Failure | null = null
  let full = false
  let killed: Killed | null = null
  let mended = 0

  function die(after: string): never {
    killed = new Killed(after)
    throw killed
  }
  if (faults.some((fault) => fault.kind === "kill" && fault.at === 0)) killed = new Killed("nothing")

  return {
    log,
    mend: () => {
      silent = null
      full = false
      mended = log.length
    },
    ask: async (latency_ms, host) => {
      if (latency_ms > 0) await clock.sleep(latency_ms)
      if (killed !== null) throw killed
      memory.refresh()
      return silent ?? (host?.silent() === true ? unreachable("a question") : null)
    },
    effect: async (name, run, host) => {
      if (killed !== null) throw killed
      if (silent !== null) return { ok: false, failure: silent }
      if (host?.silent() === true) return { ok: false, failure: unreachable(name) }
      log.push(name)
      const at = log.length
      const here = faults.filter((fault) => fault.at === at)
      full ||= faults.some((fault) => fault.kind === "disk-full" && fault.at <= at && fault.at > mended)
      for (const fault of here) {
        if (fault.kind === "hang") await clock.sleep(fault.duration_ms)
        if (fault.kind === "fail")
          return { ok: false, failure: faultFailure(fault.failure ?? "operation-failed", name) }
      }
      // Deleting makes room; everything else needs some.
      if (full && !/: (stop|delete|record|end)$|^give back|^forget/.test(name)) {
        return { ok: false, failure: faultFailure("no-space", name) }
      }
      // Only an operation can lie: who takes a lease is shown it.
      const lies = name.includes(": ") && here.some((fault) => fault.kind === "lie")
      const value = lies ? (null as never) : run()
      memory.save()
      if (here.some((fault) => fault.kind === "kill")) die(name)
      if (here.some((fault) => fault.kind === "disconnect")) {
        silent = unreachable(name)
        return { ok: false, failure: silent }
      }
      for (const { kind } of here) {
        if (kind !== "cut" && kind !== "power-off" && kind !== "reboot") continue
        host?.strike(kind)
        memory.save()
        return { ok: false, failure: unreachable(name) }
      }
      return { ok: true, value }
    },
  }
}

function unreachable(after: string): Failure {
  return {
    kind: "host-unreachable",
    message: `the connection broke during ${after}`,
    remedy: "apply again when the host answers; what was done is found out then",
    output: [],
  }
}
