import type { Action } from "../plan/action.ts"
import type { Failure } from "./failure.ts"
import type { Address } from "./object.ts"

/** What `converge` says while it works; the commands show it live, plain or as JSON lines. `at_ms` is milliseconds since 1970. */
export type Event = { readonly at_ms: number } & (
  | { readonly kind: "phase"; readonly phase: "observe" | "resolve" | "plan" | "apply" | "verify" }
  | { readonly kind: "waiting"; readonly host: string; readonly message: string }
  | {
      readonly kind: "step-started"
      readonly step: string
      readonly action: Action
      readonly address: Address
      readonly host: string
    }
  | { readonly kind: "step-progress"; readonly step: string; readonly address: Address; readonly message: string }
  | { readonly kind: "step-quiet"; readonly step: string; readonly address: Address; readonly quiet_ms: number }
  | {
      readonly kind: "step-finished"
      readonly step: string
      readonly action: Action
      readonly address: Address
      readonly took_ms: number
    }
  | { readonly kind: "step-failed"; readonly step: string; readonly address: Address; readonly failure: Failure }
  /** It was done, and another step of its rollout failed; `problem`: why it could not be turned back. */
  | {
      readonly kind: "step-turned-back"
      readonly step: string
      readonly address: Address
      readonly by: string
      readonly took_ms: number
      readonly problem: Failure | null
    }
  | { readonly kind: "step-blocked"; readonly step: string; readonly address: Address; readonly by: string }
  | { readonly kind: "interrupted"; readonly finishing: readonly string[] }
  | {
      readonly kind: "finished"
      readonly done: number
      readonly failed: number
      readonly blocked: number
      readonly left: number
      readonly turned_back: number
    }
)
