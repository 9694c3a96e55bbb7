import type { Failure } from "../model/failure.ts"
import type { Operation, Plan, Rollout, Step } from "../plan/plan.ts"
import type { Running } from "./operation.ts"
import type { StepEnd } from "./step.ts"
import { isVerdict, turnBack } from "./taking-back.ts"

/** The rollouts of one walk, and how far each has come. */
export type RollingUpdates = {
  /** The step whose failure keeps this one from beginning; null when nothing does. */
  stoppedBy(step: Step): string | null
  /** What turns back a step of a rollout that shall turn back; null for every other one. */
  wayBack(step: Step): readonly Operation[] | null
  begun(step: Step): void
  /** Takes note of how a step ended. The last one under way in a rollout that failed turns back all that it changed. */
  ended(step: Step, end: StepEnd): Promise<void>
  /** Finished steps that were turned back, with the step that failed; and why that could not be done where it could not. */
  readonly turned: ReadonlyMap<string, TurnedBack>
}
export type TurnedBack = { readonly by: string; readonly problem: Failure | null }

export function rollingUpdates(plan: Plan, running: () => Running): RollingUpdates {
  const steps = new Map(plan.steps.map((step) => [step.id, step]))
  const states = plan.rollouts.map((rollout): State => ({ rollout, under_way: 0, done: new Set(), failed: null }))
  const of = new Map(states.flatMap((state) => state.rollout.batches.flat().map((id) => [id, state] as const)))
  const turned = new Map<string, TurnedBack>()
  return {
    turned,
    stoppedBy: (step) => of.get(step.id)?.failed?.step.id ?? null,
    wayBack: (step) => of.get(step.id)?.rollout.back?.[step.id] ?? null,
    begun: (step) => {
      const state = of.get(step.id)
      if (state !== undefined) state.under_way += 1
    },
    ended: async (step, end) => {
      const state = of.get(step.id)
      if (state === undefined || end.kind === "left" || end.kind === "blocked") return
      state.under_way -= 1
      if (end.kind === "done") state.done.add(step.id)
      else state.failed ??= { step, failure: end.failure }
      const { failed, rollout } = state
      if (state.under_way > 0 || failed === null || rollout.back === null || !isVerdict(failed.failure)) return
      for (const batch of rollout.batches.toReversed()) {
        const changed = batch.filter((id) => state.done.delete(id) && rollout.back![id] !== undefined)
        await Promise.all(
          changed.map(async (id) => {
            const problem = await turnBack(steps.get(id)!, rollout.back![id]!, failed.step.id, running())
            turned.set(id, { by: failed.step.id, problem })
          }),
        )
      }
    },
  }
}

type State = {
  readonly rollout: Rollout
  under_way: number
  readonly done: Set<string>
  failed: { readonly step: Step; readonly failure: Failure } | null
}
