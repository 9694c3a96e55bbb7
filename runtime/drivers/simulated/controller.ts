import type { Failure, Outcome } from "../../model/failure.ts"
import type { Clock } from "../../world.ts"
import { type Fault, faultFailure, Killed } from "./faults.ts"
import { reboot } from "./reboot.ts"
import type { SimulatedHost } from "./state.ts"

/** What one process can do on one simulated host. */
export type Controller = {
  /** Does one effect and saves, unless a fault says otherwise. Throws `Killed` once the controller is dead. */
  effect<T>(name: string, run: () => T): Promise<Outcome<T>>
  /** Asks the host something that takes `latency_ms`; gives why it does not answer, or null. */
  ask(latency_ms: number): Promise<Failure | null>
}

/** One process that works on simulated hosts. It has its own count of effects and questions, its own faults, and can die. */
export type Controllers = {
  on(host: string): Controller
  /** The names of the effects so far; the n-th fault strikes at the n-th of them. */
  readonly log: readonly string[]
  /** Ends every disconnection, or gives the hosts new space. */
  mend(): void
}

/** What the hosts remember. Other processes work on them too: every question begins with what they last saved. */
export type Memory = { refresh(): void; save(): void; host(name: string): SimulatedHost }

/** A host that does not answer, until some time; and why. */
type Silence = { readonly failure: Failure; readonly until_ms: number }

export function controllers(faults: readonly Fault[], clock: Clock, memory: Memory): Controllers {
  const log: string[] = []
  const silent = new Map<string, Silence>()
  let all_silent: Failure | null = null
  let full = false
  let killed: Killed | null = null
  let mended = 0
  let questions = 0
  let wakes_ms = 0

  function die(after: string): never {
    killed = new Killed(after)
    throw killed
  }
  if (faults.some((fault) => fault.kind === "kill" && fault.at === 0)) killed = new Killed("nothing")

  const silenceOf = (host: string): Failure | null => {
    const own = silent.get(host)
    if (memory.host(host).silent !== undefined) return unreachable("a question")
    return all_silent ?? (own !== undefined && clock.elapsed() < own.until_ms ? own.failure : null)
  }
  /** What strikes after an effect is done. Gives why its answer never comes, or null. */
  const afterwards = (host: string, name: string, here: readonly Fault[]): Failure | null => {
    for (const fault of here) {
      if (fault.kind === "kill") die(name)
      if (fault.kind === "disconnect") all_silent = unreachable(name)
      if (fault.kind === "cut") silent.set(host, { failure: unreachable(name), until_ms: Number.POSITIVE_INFINITY })
      if (fault.kind === "clock") memory.host(host).clock_ahead_ms += fault.ahead_ms
      if (fault.kind === "reboot") {
        const there = memory.host(host)
        reboot(there, clock.now() + there.clock_ahead_ms)
        silent.set(host, { failure: unreachable(name), until_ms: clock.elapsed() + fault.duration_ms })
      }
    }
    if (here.length > 0) memory.save()
    return silenceOf(host)
  }

  const ask = async (host: string, latency_ms: number): Promise<Failure | null> => {
    questions += 1
    for (const fault of faults) {
      if (fault.kind === "sleep" && fault.at === questions) wakes_ms = clock.elapsed() + fault.duration_ms
      if (fault.kind === "silent" && fault.at === questions)
        silent.set(host, { failure: unreachable("a question"), until_ms: Number.POSITIVE_INFINITY })
    }
    // A laptop with its lid closed asks nothing; what it has begun on hosts goes on there.
    if (wakes_ms > clock.elapsed()) await clock.sleep(wakes_ms - clock.elapsed())
    if (latency_ms > 0) await clock.sleep(latency_ms)
    if (killed !== null) throw killed
    memory.refresh()
    return silenceOf(host)
  }

  const effect = async <T>(host: string, name: string, run: () => T): Promise<Outcome<T>> => {
    if (killed !== null) throw killed
    const silence = silenceOf(host)
    if (silence !== null) return { ok: false, failure: silence }
    log.push(name)
    const at = log.length
    const here = faults.filter((fault) => fault.at === at && fault.kind !== "silent" && fault.kind !== "sleep")
    full ||= faults.some((fault) => fault.kind === "disk-full" && fault.at <= at && fault.at > mended)
    for (const fault of here) {
      if (fault.kind === "hang") await clock.sleep(fault.duration_ms)
      if (fault.kind === "fail") return { ok: false, failure: faultFailure(fault.failure ?? "operation-failed", name) }
    }
    // Deleting makes room; everything else needs some.
    if (full && !/: (stop|delete|record|end)$|^give back|^forget/.test(name)) {
      return { ok: false, failure: faultFailure("no-space", name) }
    }
    // Only an operation can lie: who takes a lease is shown it.
    const lies = name.includes(": ") && here.some((fault) => fault.kind === "lie")
    const value = lies ? (null as never) : run()
    memory.save()
    const unanswered = afterwards(host, name, here)
    return unanswered === null ? { ok: true, value } : { ok: false, failure: unanswered }
  }

  return {
    log,
    on: (host) => ({
      ask: (latency_ms) => ask(host, latency_ms),
      effect: (name, run) => effect(host, name, run),
    }),
    mend: () => {
      silent.clear()
      all_silent = null
      full = false
      mended = log.length
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
