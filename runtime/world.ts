import type { DesiredHost } from "../lang/index.ts"
import type { Holder } from "./apply/lease.ts"
import type { Driver } from "./drivers/driver.ts"
import type { Event } from "./model/event.ts"
import type { Outcome } from "./model/failure.ts"
import type { Secrets } from "./secrets.ts"

/** All that `converge` may touch. Tests pass twins in memory; the command passes the real ones. */
export type World = {
  /** Opens the driver of a host: connects, and finds out what it is. */
  open(host: DesiredHost): Promise<Outcome<Driver>>
  readonly clock: Clock
  readonly secrets: Secrets
  /** Sixteen random hexadecimal digits that name a run. */
  readonly newRunId: () => string
  /** A number from 0 up to, but not including, 1: so that those who wait for one thing do not all ask at the same moment. */
  readonly random: () => number
  readonly holder: Holder
  readonly emit: (event: Event) => void
  /** Aborted by the first Ctrl-C: running operations finish, nothing new begins. */
  readonly stop: AbortSignal
}

export type Clock = {
  /** Milliseconds since 1970, for people and records. Somebody may set the clock meanwhile: no waiting is measured by it. */
  now(): number
  /** Milliseconds since some moment, for measuring: it never jumps. */
  elapsed(): number
  /** Resolves after `duration_ms`, or at once when `signal` is aborted. */
  sleep(duration_ms: number, signal?: AbortSignal): Promise<void>
}
