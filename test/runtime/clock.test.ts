import { expect, test } from "vitest"
import { systemClock, virtualClock } from "../../runtime/hosts/clock.ts"

test("virtual time passes only while everybody sleeps, in the order of waking", async () => {
  const clock = virtualClock(1_000)
  const woken: string[] = []
  const sleeper = async (name: string, duration_ms: number) => {
    await clock.sleep(duration_ms)
    woken.push(`${name} at ${clock.now()}`)
  }
  const chain = async () => {
    await sleeper("first", 10)
    await sleeper("then", 10)
  }
  await Promise.all([sleeper("late", 3_600_000), sleeper("tied", 20), chain()])
  expect(woken).toEqual(["first at 1010", "tied at 1020", "then at 1020", "late at 3601000"])
})

test.each([
  ["virtual", virtualClock()],
  ["system", systemClock()],
])("a sleep on the %s clock ends when it is aborted", async (_, clock) => {
  const stop = new AbortController()
  const began_ms = clock.now()
  const sleeping = clock.sleep(3_600_000, stop.signal)
  stop.abort()
  await sleeping
  await clock.sleep(3_600_000, stop.signal)
  expect(clock.now() - began_ms).toBeLessThan(3_600_000)
})
