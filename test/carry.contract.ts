import { Transform } from "node:stream"
import { describe, expect, test } from "vitest"
import type { DesiredAppliance, DesiredState } from "../lang/index.ts"
import { carryOver } from "../runtime/apply/carrying.ts"
import type { Running } from "../runtime/apply/operation.ts"
import { type Applied, converge, makePlan } from "../runtime/converge.ts"
import type { Driver, Work } from "../runtime/drivers/driver.ts"
import type { Outcome } from "../runtime/model/failure.ts"
import type { Address } from "../runtime/model/object.ts"
import type { Operation, Step, Verb } from "../runtime/plan/plan.ts"
import type { World } from "../runtime/world.ts"
import type { Subject } from "./drivers.contract.ts"
import type { OfficeOptions } from "./runtime/fixtures.ts"

/** What the chapter takes from the suite. */
export type Chapter = {
  readonly subject: () => Subject
  readonly world: () => World
  readonly wanted: (options: Partial<OfficeOptions>) => DesiredState
}

/** A chapter of the contract: what is on volumes goes from one appliance to another, as it does when one moves, whole or not at all. */
export function describeCarrying({ subject, world, wanted }: Chapter): void {
  const cluster = "two"
  const volumes = [{ name: "data", path: "/srv/my data", size_bytes: 32 * 2 ** 20, backup: null }]
  const amend = (one: DesiredAppliance) => (one.id === "web[1]" ? { ...one, volumes } : one)
  const made = () => wanted({ cluster, net: "10.42.0", port: 18092, webs: 1, amend })
  const renamed = (): DesiredState => ({
    ...made(),
    appliances: made().appliances.map((one) => (one.id === "web[1]" ? { ...one, id: "page", name: "page" } : one)),
    flows: [],
    wires: [],
    publishes: [],
    moved: [{ kind: "appliance", from: "web[1]", to: "page", origin: { file: "office.appl", line: 3, column: 1 } }],
  })
  const applied = async (desired: DesiredState) => expectDone(await converge(world(), desired, { operation: "apply" }))
  const nothingToDo = async (desired: DesiredState) => {
    const again = await makePlan(world(), desired, { operation: "apply" })
    expect(again.ok ? again.value.plan.steps.map(({ id }) => id) : again.failure).toEqual([])
  }
  const read = (appliance: string) => subject().volumes.read(cluster, appliance, "data")

  describe("volumes that move", () => {
    test("are brought along when their appliance gets another name", async () => {
      await applied(made())
      await subject().volumes.write(cluster, "web[1]", "data", "what it keeps")
      await applied(renamed())
      expect(await read("page")).toBe("what it keeps")
      expect(await read("web[1]")).toBeUndefined()
      await nothingToDo(renamed())
    })

    test("wait with an appliance that is stopped, also when its host boots", async () => {
      await carrying(subject(), async ({ at }) => at("stop", "page"))
      await subject().reboot(cluster)
      await expect.poll(() => lifeOf("names"), { timeout: 30_000, interval: 500 }).toBe("running")
      expect(await lifeOf("page")).toBe("stopped")
    })

    test("arrive under a mark, and go with a removal until they are settled", async () => {
      await carrying(subject(), async ({ carry, at }) => {
        await at("stop", "page")
        expect(await carry()).toMatchObject({ ok: true })
        expect(await read("other")).toBe("what it keeps")
        await at("remove", "other")
        expect(await read("other")).toBeUndefined()
        expect(await carry()).toMatchObject({ ok: true })
        // A copy that nobody settled is in nobody's way.
        expect(await carry()).toMatchObject({ ok: true })
        await at("settle", "other")
        await at("remove", "other")
        expect(await read("other")).toBe("what it keeps")
      })
    })

    test("never come in the place of what is there", async () => {
      await carrying(subject(), async ({ carry, at }) => {
        expect(await carry()).toMatchObject({ ok: false })
        expect(await read("other")).toBe("what it keeps")
        await at("remove", "other", { delete_volumes: true })
        expect(await read("other")).toBeUndefined()
      })
    })

    test.for([
      ["breaks off", () => new Error("the connection was lost")],
      ["changes on its way", (bytes: Buffer) => flipped(bytes)],
      ["ends early", () => Buffer.alloc(0)],
    ] as const)("leave nothing when what is sent %s", async ([, alter]) => {
      await carrying(subject(), async ({ carry }) => {
        expect(await carry(alter)).toMatchObject({ ok: false })
        expect(await read("other")).toBeUndefined()
        expect(await read("page")).toBe("what it keeps")
      })
    })

    test("are where they were after all that", async () => {
      await applied(renamed())
      expect(await read("page")).toBe("what it keeps")
      await nothingToDo(renamed())
      const ended = await converge(world(), renamed(), { operation: "destroy", delete_volumes: true })
      expectDone(ended)
      expect(await subject().leftovers(cluster)).toEqual([])
    })

    async function lifeOf(appliance: string): Promise<string | undefined> {
      const driver = await subject().open()
      const seen = await driver.observe(cluster)
      await driver.close()
      if (seen.kind === "unreachable") return seen.why
      return seen.objects.find(({ address }) => address === `appliance/${appliance}`)?.life
    }

    type Alter = (bytes: Buffer) => Buffer | Error
    type Hands = {
      /** Carries the volume of `page` to an appliance `other`. */
      readonly carry: (alter?: Alter) => Promise<Outcome<null>>
      readonly at: (verb: Verb, appliance: string, details?: Operation["details"]) => Promise<void>
    }

    /** Works by hand, as steps do, under the lease. */
    async function carrying(from: Subject, work: (hands: Hands) => Promise<void>): Promise<void> {
      const driver = await from.open()
      const seen = await driver.observe(cluster)
      const record =
        seen.kind === "reachable" && seen.objects.find(({ address }) => address === "appliance/page")?.record
      if (!record) throw new Error("there is no page")
      const taken = await driver.acquire(cluster, from.holders.alive, "apply", 60_000)
      if (!taken.ok || taken.value.kind !== "taken") throw new Error("the lease is held")
      const { lease } = taken.value
      const workOf = (verb: Verb, appliance: string, details: Operation["details"] = {}): Work => {
        const address: Address = `appliance/${appliance}`
        const { generation, fields, kind, after, origin, causes } = record
        return {
          cluster,
          operation_id: `contract/${verb} ${appliance}`,
          token: lease.token,
          operation: { verb, generation, staged: "joined", undo: null, pending: null, details },
          address,
          object: { address, kind, host: driver.host, fields, after, origin, origins: {}, causes },
          secrets: new Map(),
          progress: () => {},
        }
      }
      const carry = (alter: Alter = (bytes) => bytes): Promise<Outcome<null>> => {
        const source = { host: driver.host, address: "appliance/page", generation: record.generation }
        const receiving = workOf("receive", "other", { from: source, volumes: ["data"] })
        const step = { host: driver.host, object: receiving.object, previous: record } as unknown as Step
        const drivers = { [driver.host]: altering(driver, alter) }
        return carryOver(step, receiving, { drivers, tokenOf: () => lease.token } as unknown as Running)
      }
      const at: Hands["at"] = async (...given) => {
        const done = await driver.perform(workOf(...given))
        if (!done.ok) throw new Error(done.failure.message)
      }
      await work({ carry, at }).finally(async () => {
        await driver.release(cluster, lease)
        await driver.close()
      })
    }

    /** What is sent through it arrives as `alter` makes it. */
    function altering(driver: Driver, alter: Alter): Driver {
      return {
        ...driver,
        perform: (work) => {
          if (work.operation.verb !== "send") return driver.perform(work)
          const transfer = work.transfer!
          const bytes = new Transform({
            transform: (given: Buffer, _encoding, next) => {
              const made = alter(given)
              if (made instanceof Error) next(made)
              else next(null, made)
            },
          })
          bytes.on("error", (error) => transfer.bytes.destroy(error))
          transfer.bytes.on("error", (error) => bytes.destroy(error))
          bytes.pipe(transfer.bytes)
          return driver.perform({ ...work, transfer: { ...transfer, bytes } })
        },
      }
    }
  })
}

/** The last byte but some is another one: in the middle of what is counted. */
function flipped(bytes: Buffer): Buffer {
  const made = Buffer.from(bytes)
  const at = Math.floor(made.length / 2)
  made[at] = made[at]! ^ 1
  return made
}

function expectDone(applied: Applied): void {
  const failures = applied.results.flatMap((result) => (result.state === "failed" ? [result.failure] : []))
  expect({ refusal: applied.refusal, failures }).toEqual({ refusal: null, failures: [] })
}
