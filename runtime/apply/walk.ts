import type { Driver } from "../drivers/driver.ts"
import type { Failure } from "../model/failure.ts"
import { limits } from "../model/limits.ts"
import type { SecretValues } from "../model/secrets.ts"
import type { Plan, Step } from "../plan/plan.ts"
import type { World } from "../world.ts"
import type { Running, Unstamped } from "./operation.ts"
import { placesOf } from "./places.ts"
import { rollingUpdates } from "./rolling.ts"
import { runStep, type StepEnd } from "./step.ts"

export type Walk = {
  readonly plan: Plan
  readonly world: World
  readonly drivers: Readonly<Record<string, Driver>>
  /** The values of the secrets that the plan puts in place. */
  readonly secrets: SecretValues
  readonly tokenOf: (host: string) => number
  /** What names this run, in journals too. */
  readonly run_id: string
  /** Aborted when a lease was lost: the hosts refuse what we send from then on. */
  readonly lost: AbortSignal
}

/** How each step of a plan ended. */
export type StepResult =
  | { readonly step: Step; readonly state: "done" }
  | { readonly step: Step; readonly state: "failed"; readonly failure: Failure }
  /** It was not begun, because the step `by` failed that it comes after, directly or not. */
  | { readonly step: Step; readonly state: "blocked"; readonly by: string }
  | { readonly step: Step; readonly state: "left" }
  /** It was done, and then turned back since the step `by` of its rollout failed; `problem`: why that was not possible. */
  | { readonly step: Step; readonly state: "turned-back"; readonly by: string; readonly problem: Failure | null }

/**
 * Does the steps of a plan, each as soon as those before it have succeeded, as many at once as the hosts allow. A failure blocks only what
 * depends on it. After the signal to stop, what runs is finished and nothing new begins. Rejects only when the driver throws.
 */
export async function walk(work: Walk): Promise<StepResult[]> {
  const { plan, world } = work
  const stop = AbortSignal.any([world.stop, work.lost])
  const emit = (event: Unstamped) => world.emit({ ...event, at_ms: world.clock.now() })
  const last_heard = new Map<Step, number>()
  const rolling = rollingUpdates(plan, () => running)
  const running: Running = {
    cluster: plan.cluster,
    run_id: work.run_id,
    drivers: work.drivers,
    clock: world.clock,
    random: world.random,
    emit,
    stop,
    secrets: work.secrets,
    tokenOf: work.tokenOf,
    places: placesOf(work.drivers),
    rolling,
    heard: (step) => last_heard.set(step, world.clock.elapsed()),
  }
  const ended = new AbortController()
  const tellInterrupted = () => emit({ kind: "interrupted", finishing: [...last_heard.keys()].map((step) => step.id) })
  stop.addEventListener("abort", tellInterrupted, { once: true })
  const watching = tellQuietSteps(last_heard, running, ended.signal)
  try {
    const results = await schedule(
      plan.steps,
      stop,
      async (step) => {
        const end = await runStep(step, running)
        last_heard.delete(step)
        if (end.kind === "failed")
          emit({ kind: "step-failed", step: step.id, address: step.address, failure: end.failure })
        await rolling.ended(step, end)
        return end
      },
      (step, by) => emit({ kind: "step-blocked", step: step.id, address: step.address, by }),
    )
    return results.map((result) => {
      const turned = rolling.turned.get(result.step.id)
      return turned === undefined ? result : { step: result.step, state: "turned-back", ...turned }
    })
  } finally {
    stop.removeEventListener("abort", tellInterrupted)
    ended.abort()
    await watching
  }
}

type Finished = { readonly step: Step; readonly end: StepEnd }

/** The one loop: start what can start, wait for one to finish, let its dependants go or block them. */
async function schedule(
  steps: readonly Step[],
  stop: AbortSignal,
  run: (step: Step) => Promise<StepEnd>,
  tellBlocked: (step: Step, by: string) => void,
): Promise<StepResult[]> {
  const results = new Map<string, StepResult>()
  const waiting = new Map(steps.map((step) => [step.id, step.after.length]))
  const dependants = Map.groupBy(
    steps.flatMap((step) => step.after.map((before) => ({ before, step }))),
    ({ before }) => before,
  )
  const finished = mailbox<Finished>()
  let ready = steps.filter((step) => step.after.length === 0)
  let active = 0
  for (;;) {
    for (const step of stop.aborted ? [] : ready) {
      active += 1
      run(step).then((end) => finished.put({ step, end }), finished.fail)
    }
    ready = []
    if (active === 0) break
    const { step, end } = await finished.take()
    active -= 1
    if (end.kind === "blocked" && !results.has(step.id)) tellBlocked(step, end.by)
    results.set(step.id, resultOf(step, end))
    if (end.kind === "failed") block(step, step.id)
    if (end.kind === "blocked") block(step, end.by)
    if (end.kind !== "done") continue
    for (const { step: next } of dependants.get(step.id) ?? []) {
      const left = waiting.get(next.id)! - 1
      waiting.set(next.id, left)
      if (left === 0 && !results.has(next.id)) ready.push(next)
    }
  }
  return steps.map((step) => results.get(step.id) ?? { step, state: "left" })

  function block(failed: Step, by: string): void {
    for (const { step } of dependants.get(failed.id) ?? []) {
      if (results.has(step.id)) continue
      results.set(step.id, { step, state: "blocked", by })
      tellBlocked(step, by)
      block(step, by)
    }
  }
}

function resultOf(step: Step, end: StepEnd): StepResult {
  switch (end.kind) {
    case "failed":
      return { step, state: "failed", failure: end.failure }
    case "blocked":
      return { step, state: "blocked", by: end.by }
    default:
      return { step, state: end.kind }
  }
}

/** Says of every step that has been silent for long that it is, once per silence. */
async function tellQuietSteps(
  last_heard: ReadonlyMap<Step, number>,
  { clock, emit }: Running,
  ended: AbortSignal,
): Promise<void> {
  const told = new Map<Step, number>()
  while (!ended.aborted) {
    await clock.sleep(limits.quiet_poll_ms, ended)
    for (const [step, heard_ms] of last_heard) {
      const quiet_ms = clock.elapsed() - heard_ms
      if (quiet_ms < limits.quiet_after_ms || told.get(step) === heard_ms) continue
      told.set(step, heard_ms)
      emit({ kind: "step-quiet", step: step.id, address: step.address, quiet_ms })
    }
  }
}

type Mailbox<T> = { put(value: T): void; fail(error: unknown): void; take(): Promise<T> }

/** Values in the order in which they came; an error ends the taking. */
function mailbox<T>(): Mailbox<T> {
  const values: T[] = []
  let failed: { readonly error: unknown } | null = null
  let wake = () => {}
  return {
    put: (value) => {
      values.push(value)
      wake()
    },
    fail: (error) => {
      failed ??= { error }
      wake()
    },
    take: async () => {
      while (values.length === 0 && failed === null) await new Promise<void>((resolve) => (wake = resolve))
      if (failed !== null) throw failed.error
      return values.shift()!
    },
  }
}
