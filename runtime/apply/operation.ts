import type { Driver, Work } from "../drivers/driver.ts"
import type { Event } from "../model/event.ts"
import type { Failure } from "../model/failure.ts"
import type { SecretValues } from "../model/secrets.ts"
import type { Operation, Step } from "../plan/plan.ts"
import type { World } from "../world.ts"
import { carryOver, stepAt } from "./carrying.ts"
import type { Places } from "./places.ts"
import { keepsPassing, waitUntilReady } from "./readiness.ts"
import { retried } from "./retries.ts"
import type { RollingUpdates } from "./rolling.ts"

/** What steps share while they run. */
export type Running = Pick<World, "clock" | "random"> & {
  readonly cluster: string
  readonly run_id: string
  readonly drivers: Readonly<Record<string, Driver>>
  readonly emit: (event: Unstamped) => void
  /** Aborted when nothing new may begin: Ctrl-C, or a lost lease. */
  readonly stop: AbortSignal
  readonly secrets: SecretValues
  readonly tokenOf: (host: string) => number
  readonly places: Places
  readonly rolling: RollingUpdates
  /** Called with every sign of life of a step. */
  readonly heard: (step: Step) => void
}
/** An event before the walk puts the time on it. */
export type Unstamped = Event extends infer E ? (E extends Event ? Omit<E, "at_ms"> : never) : never

/**
 * Does one operation of a step, once there is a place for it; `name` tells it from others of that step in the journal. Gives null, or why it
 * failed.
 */
export async function doOperation(
  step: Step,
  operation: Operation,
  name: string,
  running: Running,
): Promise<Failure | null> {
  const at = stepAt(step, operation)
  const driver = running.drivers[at.host]!
  const { cluster, clock, random, stop, run_id, secrets, tokenOf } = running
  const progress = (message: string) => {
    running.heard(step)
    running.emit({ kind: "step-progress", ...nameOf(step), message })
  }
  if (operation.verb === "ready") {
    const waiting = { driver, cluster, object: step.object!, operation, clock, stop, progress }
    return (await waitUntilReady(waiting)) ?? (await keepsPassing(waiting))
  }
  const work: Work = {
    cluster,
    operation_id: `${run_id}/${step.id}/${name}`,
    token: tokenOf(at.host),
    operation,
    address: at.address,
    object: operation.verb === "remove" ? null : at.object,
    secrets,
    progress,
  }
  const attempt = () => (operation.verb === "receive" ? carryOver(step, work, running) : driver.perform(work))
  const outcome = await retried(attempt, { clock, random, stop, progress })
  running.heard(step)
  return outcome.ok ? null : outcome.failure
}

/** What events of a step begin with. */
export function nameOf(step: Step): { readonly step: string; readonly address: Step["address"] } {
  return { step: step.id, address: step.address }
}
