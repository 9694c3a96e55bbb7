import type { Failure } from "../model/failure.ts"
import type { Operation, Step } from "../plan/plan.ts"
import { stepAt } from "./carrying.ts"
import { doOperation, nameOf, type Running } from "./operation.ts"
import { takenBack } from "./taking-back.ts"

export type StepEnd =
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly failure: Failure }
  /** It had not begun when the step `by` of its rollout failed. */
  | { readonly kind: "blocked"; readonly by: string }
  /** It had not begun when the signal to stop came. */
  | { readonly kind: "left" }

/** Does the operations of one step in order. When one fails, what the earlier ones did is taken back where that makes sense. */
export async function runStep(step: Step, running: Running): Promise<StepEnd> {
  const done: Operation[] = []
  const began_ms = running.clock.elapsed()
  for (const [index, operation] of step.operations.entries()) {
    const give = await running.places.take(stepAt(step, operation), operation)
    if (index === 0) {
      const by = running.rolling.stoppedBy(step)
      if (running.stop.aborted || by !== null) {
        give()
        return by === null ? { kind: "left" } : { kind: "blocked", by }
      }
      running.rolling.begun(step)
      running.heard(step)
      running.emit({ kind: "step-started", ...nameOf(step), action: step.action, host: step.host })
    }
    const failure = await doOperation(step, operation, `${index}`, running).finally(give)
    if (failure !== null) return { kind: "failed", failure: await takenBack(step, operation, done, failure, running) }
    done.push(operation)
  }
  const took_ms = running.clock.elapsed() - began_ms
  running.emit({ kind: "step-finished", ...nameOf(step), action: step.action, took_ms })
  return { kind: "done" }
}
