import type { Failure, FailureKind } from "../../model/failure.ts"

/**
 * What goes wrong, and when. Everything that a driver changes is an effect, counted from 1 per controller: taking the lease, `begin`, each
 * part of an operation, the record, `end`, giving the lease back.
 */
export type Fault =
  /** The effect is not done, and its operation fails. */
  | { readonly kind: "fail"; readonly at: number; readonly failure?: FailureKind }
  /** The controller dies right after the effect; 0 is before the first. */
  | { readonly kind: "kill"; readonly at: number }
  /** The effect takes this much longer. */
  | { readonly kind: "hang"; readonly at: number; readonly duration_ms: number }
  /** The effect is reported as done, and is not. */
  | { readonly kind: "lie"; readonly at: number }
  /** The effect is done, but the answer never comes, and the host is silent from then on. */
  | { readonly kind: "disconnect"; readonly at: number }
  /** The same for the host of this effect only. */
  | { readonly kind: "cut"; readonly at: number }
  /** From this question on, counted from 1 per controller as effects are, its host is silent: it was never reached. */
  | { readonly kind: "silent"; readonly at: number }
  /** The host of the effect starts anew: all processes end, and it is silent for so long. */
  | { readonly kind: "reboot"; readonly at: number; readonly duration_ms: number }
  /** The clock of the host of the effect is set forward, or back. */
  | { readonly kind: "clock"; readonly at: number; readonly ahead_ms: number }
  /** From this question on, the controller sleeps: its questions wait, and it renews nothing. */
  | { readonly kind: "sleep"; readonly at: number; readonly duration_ms: number }
  /** From this effect on nothing can be written, until there is space again. */
  | { readonly kind: "disk-full"; readonly at: number }

/** Stands for SIGKILL of the controller: not a failure that anybody can answer, so it is thrown. */
export class Killed extends Error {
  constructor(after: string) {
    super(`the controller was killed after ${after}`)
  }
}

/** The failure of an effect that a fault forbids. */
export function faultFailure(kind: FailureKind, effect: string): Failure {
  return {
    kind,
    message: kind === "no-space" ? `no space left on the host: ${effect}` : `${effect} failed, as it was told to`,
    remedy: kind === "no-space" ? "make room on the host, for example with `appl image gc`" : null,
    output: [],
  }
}
