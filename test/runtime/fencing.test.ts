import { describe, expect, test } from "vitest"
import type { DesiredState } from "../../lang/index.ts"
import { limits } from "../../runtime/model/limits.ts"
import { attempt, expectConverges, type Lab, lab, snapshot } from "./faults.ts"
import { random_hosts, spread } from "./random.ts"

const day_ms = 86_400_000

/** Where a fault may strike: at each question that an undisturbed apply asks, as many as `count` shows. */
async function countsOf(from: Lab, desired: DesiredState): Promise<{ readonly effects: readonly string[] }> {
  const process = lab(snapshot(from)).process()
  await attempt(process, desired)
  return { effects: process.controller.log }
}

async function converged(desired: DesiredState): Promise<Lab> {
  const here = lab()
  await expectConverges(here, desired)
  return here
}

describe("a controller that sleeps past its lease", () => {
  test("changes nothing when it wakes, wherever it fell asleep, after another has finished", async () => {
    const first = await converged(spread("one"))
    const { effects } = await countsOf(first, spread("two"))
    let refused = 0
    for (let at = 1; at <= effects.length * 2; at += 2) {
      const here = lab(snapshot(first))
      const sleeper = here.process([{ kind: "sleep", at, duration_ms: 5 * limits.lease_duration_ms }])
      const asleep = attempt(sleeper, spread("two"))
      await here.clock.sleep(limits.lease_duration_ms + 35_000)
      const awake = here.process()
      expect(await attempt(awake, spread("one", { memory: 96 })), `asleep at question ${at}`).toMatchObject({
        state: "done",
      })
      const done = sleeper.controller.log.length
      const leases = sleeper.controller.log.filter((effect) => effect.startsWith("take the lease")).length
      const after = JSON.stringify(here.simulation.state())
      const ended = await asleep
      // It may have slept before it had all leases: then it takes them anew and works on what it finds, as anybody would.
      if (leases < random_hosts.length) continue
      expect(sleeper.controller.log.slice(done), `asleep at question ${at}`).toEqual([])
      expect(JSON.stringify(here.simulation.state())).toBe(after)
      if (ended !== "killed" && ended.state === "failed") refused += 1
      await expectConverges(here, spread("one", { memory: 96 }))
    }
    expect(refused).toBeGreaterThan(5)
  })

  test("a lease that is lost on one host lets nothing begin on the others", async () => {
    const here = await converged(spread("one"))
    const process = here.process([{ kind: "hang", at: 6, duration_ms: 50_000 }])
    const going = attempt(process, spread("two"))
    await here.clock.sleep(10_000)
    // Somebody took it with `appl unlock`, and works on that host only.
    const lease = here.simulation.host("west").clusters.chance!.lease!
    here.simulation.host("west").clusters.chance!.lease = { ...lease, token: lease.token + 1 }
    const ended = await going
    if (ended === "killed") throw new Error("nobody was to be killed")
    expect(ended).toMatchObject({ state: "failed", refusal: { kind: "lease-lost" } })
    expect(ended.results.some((result) => result.state === "left" && result.step.host !== "west")).toBe(true)
  })
})

describe("two that race for three hosts", () => {
  test("both come to an end, one after the other, whatever the order of their requests", async () => {
    for (let later_ms = 0; later_ms < 400; later_ms += 7) {
      const here = lab()
      const [left, right] = [here.process(), here.process()]
      const second = here.clock.sleep(later_ms).then(() => attempt(right, spread("two")))
      const ended = await Promise.all([attempt(left, spread("one")), second])
      expect(ended, `${later_ms} ms later`).toMatchObject([{ state: "done" }, { state: "done" }])
      await expectConverges(here, spread("two"))
    }
  })

  test("the one that waits says who works, holds nothing, and gives up", async () => {
    const here = lab()
    const slow = attempt(here.process([{ kind: "hang", at: 8, duration_ms: 50_000 }]), spread("one"))
    await here.clock.sleep(1_000)
    const process = here.process()
    expect(await attempt(process, spread("two"))).toMatchObject({
      refusal: { kind: "lease-held", message: expect.stringContaining("ada@laptop (process 2, apply for") },
    })
    expect(process.controller.log).toEqual([])
    expect(await slow).toMatchObject({ state: "done" })
  })
})

describe.each([day_ms, -day_ms, 70_000, -70_000])("a clock that is set by %d ms", (ahead_ms) => {
  test("on a host, at any effect, does no harm", async () => {
    const first = await converged(spread("one"))
    const { effects } = await countsOf(first, spread("two"))
    for (let at = 1; at <= effects.length; at += 3) {
      const here = lab(snapshot(first))
      const ended = await attempt(here.process([{ kind: "clock", at, ahead_ms }]), spread("two"))
      expect(ended, `at effect ${at}: ${effects[at - 1]}`).toMatchObject({ state: "done" })
      await expectConverges(here, spread("two"))
    }
  })

  test("on the controller, does no harm: neither waits nor leases are measured by it", async () => {
    const here = lab()
    const process = here.process([{ kind: "hang", at: 9, duration_ms: 3 * limits.lease_duration_ms }])
    for (const after_ms of [100, 2_000, 30_000]) {
      void here.clock.sleep(after_ms).then(() => process.setClock(after_ms === 2_000 ? 0 : ahead_ms))
    }
    expect(await attempt(process, spread("one"))).toMatchObject({ state: "done" })
    await expectConverges(here, spread("one"))
  })

  test("on a host after its holder died elsewhere, lets the next one in within a minute", async () => {
    // Nobody here can see whether a process of another machine lives.
    const here = lab(null, { isAlive: () => true })
    await attempt(here.process([{ kind: "kill", at: 20 }]), spread("one"))
    for (const name of random_hosts) here.simulation.host(name).clock_ahead_ms += ahead_ms
    await here.clock.sleep(limits.lease_duration_ms)
    const ended = await attempt(here.process(), spread("one"))
    expect(ended).toMatchObject({ state: "done" })
  })
})
