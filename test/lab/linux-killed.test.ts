import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { DesiredState } from "../../lang/index.ts"
import { converge, makePlan } from "../../runtime/converge.ts"
import { type Subject, summary, worldOf } from "../drivers.contract.ts"
import { type OfficeOptions, office } from "../runtime/fixtures.ts"
import { labName, leftovers, linuxSubject } from "./linux-subject.ts"

const cluster = "killed"

/**
 * A day on which every operation on this machine is killed once, with its controller, after its effect and before its record: each run does
 * one operation more than the last one and dies in the next.
 */
describe("whatever is killed, the next run goes on", () => {
  let subject: Subject
  const wanted = (options: Partial<OfficeOptions> = {}): DesiredState =>
    office({ cluster, gateway: "host", net: "10.56.0", port: 8156, webs: 1, connection: "local", ...options })

  /** Runs until one is not killed; gives how many were. A replacement begins anew each time: `later` lets each run come one further. */
  const persist = async (
    desired: DesiredState,
    operation: "apply" | "destroy",
    at: "second" | "later" = "second",
  ): Promise<number> => {
    for (let killed = 0; killed < 40; killed += 1) {
      const world = {
        ...worldOf(subject),
        holder: subject.holders.dead,
        open: async () => ({ ok: true as const, value: await subject.openDying!(at === "later" ? 2 + killed : 2) }),
      }
      const ended = await converge(world, desired, { operation }).catch((error: Error) => error)
      if (!(ended instanceof Error)) {
        expect(ended).toMatchObject({ state: "done", warnings: [] })
        return killed
      }
      expect(ended.message).toContain("killed")
    }
    throw new Error("it never ends")
  }
  const settled = async (desired: DesiredState): Promise<void> => {
    const made = await makePlan(worldOf(subject), desired, { operation: "apply" })
    if (!made.ok) throw new Error(made.failure.message)
    expect(summary(made.value.plan)).toEqual([])
    const seen = made.value.observed.hosts.local
    if (seen?.kind !== "reachable") throw new Error("not reachable")
    const addresses = seen.objects.map((object) => object.address)
    expect(addresses).toEqual([...new Set(addresses)])
    expect(seen.unfinished).toEqual([])
  }

  beforeAll(async () => {
    subject = await linuxSubject()
  })
  afterAll(async () => {
    await converge(worldOf(subject), wanted(), { operation: "destroy" })
    expect(leftovers(labName(cluster))).toEqual([])
  })

  test("while a cluster is made", async () => {
    expect(await persist(wanted(), "apply")).toBeGreaterThan(5)
    await settled(wanted())
  })

  test("while a change is reloaded", async () => {
    expect(await persist(wanted({ title: "Good morning" }), "apply")).toBeGreaterThan(0)
    await settled(wanted({ title: "Good morning" }))
  })

  test("while an appliance is replaced", async () => {
    const desired = wanted({ packages: ["nginx-light", "busybox"] })
    expect(await persist(desired, "apply", "later")).toBeGreaterThan(1)
    await settled(desired)
  })

  test("while a cluster is destroyed", async () => {
    expect(await persist(wanted(), "destroy")).toBeGreaterThan(3)
    expect(leftovers(labName(cluster))).toEqual([])
  })
})
