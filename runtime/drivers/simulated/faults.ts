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
  /** The effect is done, but its host answers nobody from then on; its appliances run on. */
  | { readonly kind: "cut"; readonly at: number }
  /** The same, and all that ran there has ended. */
  | { readonly kind: "power-off"; readonly at: number }
  /** The same, but the host is back at once, with nothing running; the answer never comes. */
  | { readonly kind: "reboot"; readonly at: number }
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
