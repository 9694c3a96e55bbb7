import { describe, expect, test } from "vitest"
import { converge } from "../../runtime/converge.ts"
import { limits } from "../../runtime/model/limits.ts"
import { attempt, expectConverges, lab } from "./faults.ts"
import { office } from "./fixtures.ts"

describe("two controllers", () => {
  test("the second waits for the first, shows who it is, and then finds nothing left to do", async () => {
    const here = lab()
    const [first, second] = [here.process(), here.process()]
    const [one, other] = await Promise.all([attempt(first, office()), attempt(second, office())])
    expect([one, other]).toMatchObject([{ state: "done" }, { state: "done" }])
    const waiting = [...first.events, ...second.events].filter((event) => event.kind === "waiting")
    expect(waiting.length).toBeGreaterThan(1)
    expect(waiting[0]!.message).toMatch(/office is being changed by ada@laptop \(process \d, apply for \d+ s\)/)
    await expectConverges(here, office())
  })

  test("the second gives up after half a minute, holds nothing, and changes nothing", async () => {
    const here = lab()
    const slow = here.process([{ kind: "hang", at: 3, duration_ms: 50_000 }])
    const first = attempt(slow, office())
    await here.clock.sleep(1_000)
    const began_ms = here.clock.now()
    const second = here.process()
    expect(await attempt(second, office({ title: "Other" }))).toMatchObject({
      state: "failed",
      refusal: { kind: "lease-held", message: expect.stringContaining("ada@laptop (process 2, apply for") },
    })
    expect(here.clock.now() - began_ms).toBeLessThan(limits.lease_wait_ms + 5_000)
    expect(second.controller.log).toEqual([])
    expect(await first).toMatchObject({ state: "done" })
    await expectConverges(here, office())
  })

  test("the second takes over at once from a process of its own machine that has ended, though the host cannot see that", async () => {
    const here = lab(null, { isAlive: () => true })
    const held = here.process()
    const driver = await held.world.open(office().hosts[0]!)
    if (!driver.ok) throw new Error(driver.failure.message)
    const taken = await driver.value.acquire("office", held.world.holder, "apply", limits.lease_duration_ms)
    const second = here.process()
    const world = { ...second.world, isAlive: () => false }
    expect(await converge(world, office(), { operation: "apply" })).toMatchObject({ state: "done" })
    expect(second.events.filter((event) => event.kind === "waiting")).toEqual([])
    if (!taken.ok || taken.value.kind !== "taken") throw new Error("the lease is not taken")
    const late = await driver.value.renew("office", taken.value.lease, 1_000)
    expect(late).toMatchObject({ ok: false, failure: { kind: "lease-lost" } })
  })

  test("a holder that works for longer than its lease lasts renews it", async () => {
    const here = lab()
    const slow = here.process([{ kind: "hang", at: 3, duration_ms: 5 * limits.lease_duration_ms }])
    const first = attempt(slow, office())
    await here.clock.sleep(4 * limits.lease_duration_ms)
    const lease = here.simulation.host("local").clusters.office!.lease!
    expect(lease.until_ms).toBeGreaterThan(here.clock.now())
    expect(lease.since_ms).toBeLessThan(here.clock.now() - 3 * limits.lease_duration_ms)
    expect(await first).toMatchObject({ state: "done" })
  })

  test("a holder that slept past its lease is refused when it wakes, and does no harm", async () => {
    const here = lab()
    await expectConverges(here, office())
    const asleep = here.process([{ kind: "hang", at: 2, duration_ms: 2 * limits.lease_duration_ms }])
    // A laptop with its lid closed renews nothing.
    const world = {
      ...asleep.world,
      open: async (host: Parameters<typeof asleep.world.open>[0]) => {
        const opened = await asleep.world.open(host)
        if (!opened.ok) return opened
        const renew = async (...given: Parameters<typeof opened.value.renew>) => {
          await here.clock.sleep(3 * limits.lease_duration_ms)
          return opened.value.renew(...given)
        }
        return { ok: true as const, value: { ...opened.value, renew } }
      },
    }
    const sleeping = converge(world, office({ title: "Old wish" }), { operation: "apply" })
    await here.clock.sleep(limits.lease_duration_ms + 10_000)
    const awake = attempt(here.process(), office({ title: "New wish", webs: 3 }))
    const [old, fresh] = await Promise.all([sleeping, awake])
    expect(fresh).toMatchObject({ state: "done" })
    expect(old).toMatchObject({ state: "failed" })
    const failures = old.results.flatMap((result) => (result.state === "failed" ? [result.failure.kind] : []))
    expect(new Set(failures)).toEqual(new Set(["lease-lost"]))
    await expectConverges(here, office({ title: "New wish", webs: 3 }))
  })

  test("a plan that is refused leaves no lease and no trace", async () => {
    const here = lab()
    here.simulation.host("local").missing = ["lxc"]
    expect(await attempt(here.process(), office())).toMatchObject({
      refusal: {
        kind: "package-missing",
        message: "host local lacks lxc",
        remedy: expect.stringContaining("appl host prepare"),
      },
    })
    expect(here.simulation.host("local").clusters).toEqual({})
  })
})
