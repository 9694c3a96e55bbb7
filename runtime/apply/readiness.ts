import type { Driver } from "../drivers/driver.ts"
import type { Failure } from "../model/failure.ts"
import { fieldsOf } from "../model/fields.ts"
import { limits } from "../model/limits.ts"
import type { Json, ManagedObject } from "../model/object.ts"
import type { Health } from "../model/observed.ts"
import type { Operation } from "../plan/plan.ts"
import type { Clock } from "../world.ts"

export type Waiting = {
  readonly driver: Driver
  readonly cluster: string
  readonly object: ManagedObject
  readonly operation: Operation
  readonly clock: Clock
  /** Ends the waiting; the appliance stays as it is. */
  readonly stop: AbortSignal
  readonly progress: (message: string) => void
}

/**
 * Asks until all checks of an appliance pass. The pauses begin short and grow to the checks' own `every`, so that what is ready soon is seen
 * soon. Gives null, or why it is not ready: a check whose `within` is over, a first process that ended for good, or the stop signal.
 */
export async function waitUntilReady(waiting: Waiting): Promise<Failure | null> {
  const { driver, cluster, operation, clock, stop } = waiting
  const object = operation.staged === "staged" ? byItself(waiting.object) : waiting.object
  const { checks, restart } = fieldsOf(object, "appliance")
  const within_ms = new Map(checks.map((check) => [check.name, check.within_ms]))
  const longest_pause_ms = Math.min(...checks.map((check) => check.every_ms), 1_000)
  const began_ms = clock.elapsed()
  let pause_ms: number = limits.ready_first_ms
  let said = ""
  for (;;) {
    const health = await driver.check(cluster, object, operation.generation, operation.staged)
    const failing = health.filter((one) => !one.passed)
    if (failing.length === 0) return null
    const waited_ms = clock.elapsed() - began_ms
    const ended = restart === "no" ? failing.find((one) => one.check === "process") : undefined
    const late = ended ?? failing.find((one) => waited_ms >= (within_ms.get(one.check) ?? 0))
    if (late !== undefined) return notReady(object, failing, waited_ms)
    if (stop.aborted) return interrupted(object)
    const words = failing.map(inWords).join("; ")
    if (words !== said) waiting.progress(`waiting for ${words}`)
    said = words
    await clock.sleep(pause_ms, stop)
    pause_ms = Math.min(pause_ms * limits.ready_growth, longest_pause_ms)
  }
}

/** What can be asked of an appliance that is not on its networks yet: a program may look for others, whom it does not reach. */
function byItself(object: ManagedObject): ManagedObject {
  const { checks } = fieldsOf(object, "appliance")
  const alone = checks.filter(({ probe }) => probe.kind !== "exec")
  return { ...object, fields: { ...object.fields, checks: alone as unknown as Json } }
}

/**
 * Asks for as long as the operation says, in milliseconds as `healthy_ms`, whether the checks of a ready appliance keep passing. Gives null, or
 * which one did not, and after how long; the stop signal ends it too.
 */
export async function keepsPassing(waiting: Waiting): Promise<Failure | null> {
  const { driver, cluster, object, operation, clock, stop } = waiting
  const healthy_ms = Number(operation.details.healthy_ms ?? 0)
  const { checks } = fieldsOf(object, "appliance")
  const pause_ms = Math.min(...checks.map((check) => check.every_ms), 1_000)
  const began_ms = clock.elapsed()
  let told_ms = Number.NEGATIVE_INFINITY
  for (;;) {
    const passed_ms = clock.elapsed() - began_ms
    if (passed_ms >= healthy_ms) return null
    if (stop.aborted) return interrupted(object)
    if (passed_ms - told_ms >= limits.healthy_told_ms) {
      waiting.progress(`healthy for ${secondsOf(passed_ms)} of ${secondsOf(healthy_ms)} s`)
      told_ms = passed_ms
    }
    await clock.sleep(Math.min(pause_ms, healthy_ms - passed_ms), stop)
    const health = await driver.check(cluster, object, operation.generation, operation.staged)
    const failing = health.filter((one) => !one.passed)
    if (failing.length > 0) return fellIll(object, failing, clock.elapsed() - began_ms, healthy_ms)
  }
}

function secondsOf(duration_ms: number): number {
  return Math.round(duration_ms / 1_000)
}

function fellIll(object: ManagedObject, failing: readonly Health[], passed_ms: number, healthy_ms: number): Failure {
  const after = `${secondsOf(passed_ms)} of the ${secondsOf(healthy_ms)} s that it shall stay healthy`
  return {
    kind: "not-ready",
    message: `${object.address} was ready, and failed after ${after}: ${inWords(failing[0]!)}`,
    remedy: null,
    output: failing.map(inWords),
  }
}

function inWords({ check, detail }: Health): string {
  return check === "process" ? `its first process: ${detail}` : `check "${check}": ${detail}`
}

function notReady(object: ManagedObject, failing: readonly Health[], waited_ms: number): Failure {
  return {
    kind: "not-ready",
    message: `${object.address} is not ready after ${Math.round(waited_ms / 1_000)} s: ${inWords(failing[0]!)}`,
    remedy: null,
    output: failing.map(inWords),
  }
}

function interrupted(object: ManagedObject): Failure {
  return {
    kind: "interrupted",
    message: `interrupted while waiting for ${object.address} to be ready`,
    remedy: "apply again to go on",
    output: [],
  }
}
