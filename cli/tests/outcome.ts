import type { Diagnostic, TestResult } from "../../lang/index.ts"
import type { Golden } from "./golden.ts"

/** One case of a test as it ended. */
export type CaseOutcome = {
  readonly result: TestResult
  readonly golden: Golden
  readonly took_ms: number
}

/** A file with tests as it ended; with an error of its own none of them ran. */
export type FileOutcome = {
  readonly file: string
  readonly diagnostics: readonly Diagnostic[]
  readonly cases: readonly CaseOutcome[]
  /** Kept plans that no case has. */
  readonly unused: readonly string[]
}

export function hasFailed({ result, golden }: CaseOutcome): boolean {
  return result.diagnostics.length > 0 || !["none", "same", "written"].includes(golden.kind)
}

/** Whether the file itself has an error. */
export function isBroken({ diagnostics }: FileOutcome): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === "error")
}

/** What is said of a plan that is not as it was kept; null when it is. */
export function goldenMessage(golden: Golden): string | null {
  switch (golden.kind) {
    case "different":
      return `the plan is not as it is kept in ${golden.path}`
    case "missing":
      return `there is no ${golden.path} to compare the plan with`
    case "failed":
      return golden.why
    default:
      return null
  }
}
