import type { Clock } from "../world.ts"

/** The real clock. */
export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    elapsed: () => performance.now(),
    sleep: (duration_ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve()
        const end = () => {
          clearTimeout(timer)
          signal?.removeEventListener("abort", end)
          resolve()
        }
        const timer = setTimeout(end, duration_ms)
        signal?.addEventListener("abort", end)
      }),
  }
}

/**
 * A clock whose time only passes while everybody sleeps: when nothing else is left to do, it jumps to the next one who wakes up. An hour of
 * waiting costs nothing, and the same program gives the same times. `start_ms` is its first time, in milliseconds since 1970.
 */
export function virtualClock(start_ms = Date.UTC(2030, 0, 1)): Clock {
  let now_ms = start_ms
  let scheduled = false
  const sleepers: Sleeper[] = []

  function wakeNext(): void {
    scheduled = false
    const next = sleepers.shift()
    if (next === undefined) return
    now_ms = Math.max(now_ms, next.at_ms)
    next.wake()
    schedule()
  }
  // One turn of the event loop lets all that follows from the last waking run before time passes again.
  function schedule(): void {
    if (scheduled || sleepers.length === 0) return
    scheduled = true
    setImmediate(wakeNext)
  }

  return {
    now: () => now_ms,
    elapsed: () => now_ms - start_ms,
    sleep: (duration_ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve()
        const end = () => {
          const at = sleepers.indexOf(sleeper)
          if (at !== -1) sleepers.splice(at, 1)
          signal?.removeEventListener("abort", end)
          resolve()
        }
        const sleeper: Sleeper = { at_ms: now_ms + Math.max(0, duration_ms), wake: end }
        signal?.addEventListener("abort", end)
        insert(sleepers, sleeper)
        schedule()
      }),
  }
}

type Sleeper = { readonly at_ms: number; readonly wake: () => void }

/** Keeps the list sorted by waking time, and by who slept first. */
function insert(sleepers: Sleeper[], sleeper: Sleeper): void {
  let at = sleepers.length
  while (at > 0 && sleepers[at - 1]!.at_ms > sleeper.at_ms) at -= 1
  sleepers.splice(at, 0, sleeper)
}
