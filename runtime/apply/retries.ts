import type { Failure, Outcome } from "../model/failure.ts"
import { limits } from "../model/limits.ts"
import type { World } from "../world.ts"

/** What goes away by itself: how it shows, and how often it is tried in all. */
type Transient = {
  /** In words, for progress and failures. */
  readonly name: string
  /** In the message or output of a failure. */
  readonly shown_as: RegExp
  readonly attempts: number
}

/**
 * The only failures that are tried again. All of them say that nothing was done, or that a tool gave up before it changed anything; every other
 * failure is told at once, for trying again would only hide it. A connection that broke while a program ran is none of them: its outcome is not known.
 */
const transients: readonly Transient[] = [
  {
    name: "another program holds the lock of the package manager",
    shown_as: /could not get lock|unable to (?:acquire the dpkg|lock)|dpkg frontend lock|is another process using it/i,
    attempts: 6,
  },
  {
    name: "the connection to a mirror broke",
    shown_as:
      /connection (?:reset by peer|timed out|failed)|temporary failure resolving|50[234] (?:bad gateway|service|gateway)|unexpected end of file from server|hash sum mismatch/i,
    attempts: 4,
  },
  {
    name: "the host took no connection",
    shown_as: /\bconnect E(?:CONNREFUSED|HOSTUNREACH|TIMEDOUT|NETUNREACH|AGAIN)\b/,
    attempts: 4,
  },
  { name: "another program holds the lock of the container", shown_as: /lxc[\w-]*:.*\block/i, attempts: 4 },
]

/** What an attempt needs beside itself. */
export type Retrying = Pick<World, "clock" | "random"> & {
  /** Aborted when nothing new may begin. */
  readonly stop: AbortSignal
  readonly progress: (message: string) => void
}

/**
 * Does `attempt`, and again while it fails for a reason that goes away by itself: a bounded number of times, with pauses that double and are not the same for
 * all who wait. The failure of the last one says how often it was tried.
 */
export async function retried<T>(attempt: () => Promise<Outcome<T>>, around: Retrying): Promise<Outcome<T>> {
  for (let tried = 1; ; tried += 1) {
    const outcome = await attempt()
    if (outcome.ok) return outcome
    const transient = transientOf(outcome.failure)
    if (transient === null)
      return tried === 1 ? outcome : told(outcome.failure, tried, "the last one failed for another reason")
    if (tried >= transient.attempts || around.stop.aborted) return told(outcome.failure, tried, transient.name)
    const pause_ms = limits.retry_first_ms * 2 ** (tried - 1) * (0.5 + around.random())
    around.progress(
      `${transient.name}; trying again in ${Math.ceil(pause_ms / 1_000)} s (${tried} of ${transient.attempts} tries failed)`,
    )
    await around.clock.sleep(pause_ms, around.stop)
  }
}

function transientOf({ message, output }: Failure): Transient | null {
  const text = [message, ...output].join("\n")
  return transients.find(({ shown_as }) => shown_as.test(text)) ?? null
}

function told(failure: Failure, tried: number, why: string): { readonly ok: false; readonly failure: Failure } {
  const output = [...failure.output, `tried ${tried} ${tried === 1 ? "time" : "times"}: ${why}`]
  return { ok: false, failure: { ...failure, output: output.slice(-limits.output_lines) } }
}
