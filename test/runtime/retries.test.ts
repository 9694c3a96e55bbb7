import { expect, test } from "vitest"
import { retried } from "../../runtime/apply/retries.ts"
import { converge } from "../../runtime/converge.ts"
import type { Work } from "../../runtime/drivers/driver.ts"
import { virtualClock } from "../../runtime/hosts/clock.ts"
import type { Failure, FailureKind, Outcome } from "../../runtime/model/failure.ts"
import { expectConverges, lab } from "./faults.ts"
import { office } from "./fixtures.ts"

/** Fails with these lines, one try after the other, then succeeds. */
async function tried(lines: readonly string[], kind: FailureKind = "operation-failed") {
  const clock = virtualClock()
  const said: string[] = []
  let tries = 0
  const outcome = await retried<string>(
    async (): Promise<Outcome<string>> => {
      tries += 1
      const line = lines[tries - 1]
      return line === undefined ? { ok: true, value: "done" } : { ok: false, failure: failure(kind, line) }
    },
    { clock, random: () => 0.5, stop: new AbortController().signal, progress: (message) => said.push(message) },
  )
  return { outcome, tries, said, took_ms: clock.elapsed() }
}

function failure(kind: FailureKind, line: string): Failure {
  return { kind, message: "a command on odd failed with exit code 100", remedy: null, output: [line] }
}

test.each([
  "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 1044 (apt-get)",
  "E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it?",
  "W: Failed to fetch http://deb.debian.org/debian/x.deb  Connection reset by peer",
  "W: Temporary failure resolving 'deb.debian.org'",
  "lxc-start: web-1: ../src/lxc/lxclock.c: lxclock: 181 Failed to take the lock",
])("what goes away by itself is tried again, and said: %s", async (line) => {
  const { outcome, tries, said, took_ms } = await tried([line, line])
  expect(outcome).toEqual({ ok: true, value: "done" })
  expect(tries).toBe(3)
  expect(said).toHaveLength(2)
  expect(said[0]).toMatch(/; trying again in \d+ s \(1 of \d tries failed\)$/)
  expect(took_ms).toBeGreaterThan(2_000)
})

test.each([
  ["odd cannot be reached: 10.1.2.3 port 22: nobody listens there", 2],
  ["odd cannot be reached: 10.1.2.3 port 22 closed the connection during the greeting", 2],
  // What broke while a program ran may have been done: only looking tells.
  ["odd cannot be reached: the connection to 10.1.2.3 port 22 was lost during its end: connection reset by peer", 1],
  ["odd cannot be reached: it did not begin the program in time: connection timed out", 1],
])("a host is tried again only before anything was sent to it: %s", async (line, times) => {
  expect((await tried([line], "host-unreachable")).tries).toBe(times)
})

test.each([
  "E: Unable to locate package nginks",
  "the connection broke while the program ran",
  "cp: error writing: No space left on device",
])("everything else is told at once: %s", async (line) => {
  const { outcome, tries, said } = await tried([line, line], "operation-failed")
  expect(outcome).toMatchObject({ ok: false, failure: { output: [line] } })
  expect([tries, said]).toEqual([1, []])
})

test("the tries end, and the failure says how many there were", async () => {
  const { outcome, tries } = await tried(Array(20).fill("E: Could not get lock /var/lib/dpkg/lock-frontend"))
  expect(tries).toBe(6)
  expect(outcome).toMatchObject({
    failure: { output: [expect.any(String), "tried 6 times: another program holds the lock of the package manager"] },
  })
})

test("an apply goes on when a mirror comes back, and its operation is journaled once", async () => {
  const here = lab()
  const { world, events } = here.process()
  let failed = 0
  const flaky = async (host: Parameters<typeof world.open>[0]) => {
    const opened = await world.open(host)
    if (!opened.ok) return opened
    const perform = async (work: Work): Promise<Outcome<null>> => {
      if (work.operation.verb !== "build" || ++failed > 2) return opened.value.perform(work)
      return { ok: false, failure: failure("operation-failed", "502 Bad Gateway") }
    }
    return { ok: true as const, value: { ...opened.value, perform } }
  }
  expect(await converge({ ...world, open: flaky }, office(), { operation: "apply" })).toMatchObject({ state: "done" })
  const said = events.filter((event) => event.kind === "step-progress" && event.message.includes("mirror broke"))
  expect(said).toHaveLength(2)
  await expectConverges(here, office())
})
