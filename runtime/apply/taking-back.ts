import type { Failure } from "../model/failure.ts"
import { limits } from "../model/limits.ts"
import type { Operation, Step } from "../plan/plan.ts"
import { stepAt } from "./carrying.ts"
import { doOperation, nameOf, type Running } from "./operation.ts"

/**
 * Undoes the failed operation and those before it, the latest first, and says so in the failure. Nothing is undone when the outcome on the
 * host is unknown, when only the removal of an old generation failed, or when an appliance came up but is not ready and there is no
 * other one to go back to: then its logs are worth more than its absence, unless its rollout shall turn back.
 */
export async function takenBack(
  step: Step,
  failed: Operation,
  done: readonly Operation[],
  failure: Failure,
  running: Running,
): Promise<Failure> {
  const unknown = failure.kind === "host-unreachable" && !isHarmless(step, failed, done)
  if (unknown || failure.kind === "lease-lost" || last_verbs.includes(failed.verb)) return failure
  const replaces = failed.staged === "staged" || done.some((operation) => operation.verb === "switch")
  const back = replaces || !isVerdict(failure) ? null : running.rolling.wayBack(step)
  if (failed.verb === "ready" && !replaces && back === null) {
    return {
      ...failure,
      remedy: failure.remedy ?? "it is kept as it is, so that its logs can be read; mend it and apply again",
    }
  }
  const undone: string[] = []
  for (const [index, operation] of [failed, ...done.toReversed()].entries()) {
    if (operation.undo === null) continue
    const problem = await undo(step, operation, `undo-${index}`, running)
    undone.push(
      problem === null ? `taken back: ${operation.verb}` : `could not take back ${operation.verb}: ${problem.message}`,
    )
    // The new one may still have the networks: the old one must not join them beside it.
    if (problem !== null && step.action === "move" && operation.verb === "switch") break
  }
  if (back !== null) {
    const problem = await turnedBack(step, back, running)
    undone.push(problem === null ? "turned back to what it was" : `could not be turned back: ${problem.message}`)
  }
  return { ...failure, output: [...failure.output, ...undone].slice(-limits.output_lines) }
}

/** Turns a finished step back, since the step `by` of its rollout failed; gives null, or why that was not possible. */
export async function turnBack(
  step: Step,
  operations: readonly Operation[],
  by: string,
  running: Running,
): Promise<Failure | null> {
  running.heard(step)
  running.emit({ kind: "step-progress", ...nameOf(step), message: `turning back, because ${by} failed` })
  const began_ms = running.clock.elapsed()
  const problem = await turnedBack(step, operations, running)
  const took_ms = running.clock.elapsed() - began_ms
  running.emit({ kind: "step-turned-back", ...nameOf(step), by, took_ms, problem })
  return problem
}

/** Says that a change is bad. A host that is silent, or an operator who stops, say nothing about it. */
export function isVerdict({ kind }: Failure): boolean {
  return !["host-unreachable", "lease-lost", "lease-held", "interrupted"].includes(kind)
}

/** Does the operations for the object as it was, and takes those back themselves when one of them fails. */
async function turnedBack(step: Step, operations: readonly Operation[], running: Running): Promise<Failure | null> {
  const was = asItWas(step)
  const done: Operation[] = []
  for (const [index, operation] of operations.entries()) {
    const give = await running.places.take(was, operation)
    const failure = await doOperation(was, operation, `back-${index}`, running).finally(give)
    if (failure === null) {
      done.push(operation)
      continue
    }
    // What was made to go back to is of no use; what came before keeps the networks.
    for (const [at, one] of [operation, ...done.toReversed()].entries()) {
      if (one.undo !== null && failure.kind !== "host-unreachable" && failure.kind !== "lease-lost")
        await undo({ ...step, previous: null }, one, `back-undo-${at}`, running)
    }
    return failure
  }
  return null
}

/**
 * A move whose new appliance was not joined yet: whatever the silent host has done or will do, the old one is the only one that can answer, and
 * may run again.
 */
function isHarmless({ action }: Step, failed: Operation, done: readonly Operation[]): boolean {
  return action === "move" && [failed, ...done].every(({ verb }) => verb !== "switch")
}

/** What ends a step: the new one stands, and only what it replaces is left. */
const last_verbs: readonly Operation["verb"][] = ["remove", "settle"]

async function undo(step: Step, operation: Operation, name: string, running: Running): Promise<Failure | null> {
  const { verb, generation } = operation.undo!
  const { host, address } = operation
  const elsewhere = host === undefined ? {} : { host, address }
  const undoing: Operation = {
    ...elsewhere,
    verb,
    generation,
    staged: "joined",
    undo: null,
    pending: null,
    details: {},
  }
  const give = await running.places.take(stepAt(step, undoing), undoing)
  return doOperation(asItWas(step), undoing, name, running).finally(give)
}

/** The step with its object as the record had it before, so that the driver writes the old record again. */
function asItWas(step: Step): Step {
  if (step.object === null || step.previous === null) return step
  const { fields, causes, after, origin } = step.previous
  return { ...step, object: { ...step.object, fields, causes, after, origin } }
}
