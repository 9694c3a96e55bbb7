import type { Failure } from "../model/failure.ts"
import type { RunResult } from "../model/history.ts"
import type { StepResult } from "./walk.ts"

/** How a run went, in the parts that the history of its hosts keeps. */
export type Went = {
  readonly state: "done" | "failed" | "interrupted"
  readonly refusal: Failure | null
  readonly results: readonly StepResult[]
}

/** What one host keeps of a run: its own steps, and how the whole went. No message of a failure, which may hold what a program printed. */
export function resultOn(host: string, { state, refusal, results }: Went): RunResult {
  const here = results.filter(({ step }) => step.host === host)
  return {
    state: refusal !== null && results.length === 0 && state === "failed" ? "refused" : state,
    why: refusal?.message ?? null,
    steps: here.slice(0, most_steps).map((result) => ({
      action: result.step.action,
      address: result.step.address,
      host,
      state: result.state,
    })),
    more: Math.max(0, here.length - most_steps),
  }
}

/** A script of a host holds them all. */
const most_steps = 300
