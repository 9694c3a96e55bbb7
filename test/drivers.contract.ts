import { text } from "node:stream/consumers"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { DesiredState } from "../lang/index.ts"
import type { Holder, Lease } from "../runtime/apply/lease.ts"
import { type Applied, applyPlan, converge, makePlan, makeRepair } from "../runtime/converge.ts"
import type { Driver, Work } from "../runtime/drivers/driver.ts"
import type { Event } from "../runtime/model/event.ts"
import type { Outcome } from "../runtime/model/failure.ts"
import { fieldsOf } from "../runtime/model/fields.ts"
import type { KeptRun } from "../runtime/model/history.ts"
import type { Address } from "../runtime/model/object.ts"
import type { ObservedObject } from "../runtime/model/observed.ts"
import type { Plan } from "../runtime/plan/plan.ts"
import { memorySecrets } from "../runtime/secrets.ts"
import type { Clock, World } from "../runtime/world.ts"
import { describeCarrying } from "./carry.contract.ts"
import { type OfficeOptions, office } from "./runtime/fixtures.ts"

/** What a driver brings to the suite. One subject serves the whole suite: each test goes on where the last one stopped. */
export type Subject = {
  /** Opens the driver anew, as another run of the command would. */
  open(): Promise<Driver>
  /** What makes `dmz` of the office: how the driver's host is named in a desired state. */
  readonly connection: OfficeOptions["connection"]
  readonly clock: Clock
  /** A process that lives, one that is dead, both on the host's own machine, and one elsewhere that nobody can look at. */
  readonly holders: { readonly alive: Holder; readonly dead: Holder; readonly elsewhere: Holder }
  /** Ends the first process of an appliance with SIGKILL. */
  breakProcess(cluster: string, appliance: string): Promise<void>
  /** Lets the server inside no longer answer the check, while the first process lives. */
  breakCheck(cluster: string, appliance: string, check: string): Promise<void>
  /** Writes nonsense in the place of the record of an object, or takes the record away. */
  damageRecord(cluster: string, address: Address, how: "nonsense" | "gone"): Promise<void>
  /** Switches the host off and on again, as far as a cluster sees it, and waits until the host has brought back what it does. */
  reboot(cluster: string): Promise<void>
  /** What stands in one file of a volume; undefined when there is no such volume. */
  readonly volumes: {
    write(cluster: string, appliance: string, volume: string, content: string): Promise<void>
    read(cluster: string, appliance: string, volume: string): Promise<string | undefined>
  }
  /** Everything of the cluster that is still on the host: processes, mounts, links, tables, files. Empty after a destroy. */
  leftovers(cluster: string): Promise<string[]>
  /** Lets another program listen on a TCP port; the answer ends it. */
  takePort(port: number): Promise<() => Promise<void>>
  /** A driver whose controller dies inside its n-th operation, after `begin` and before the record; absent where that cannot be arranged. */
  openDying?(operation: number): Promise<Driver>
  close(): Promise<void>
}

/** What the suite can leave out: `host` runs it without the edge microVM. */
export type Extent = { readonly gateway: OfficeOptions["gateway"] }

/** Where the clusters of the suite are: not where an example would be, so that one may run on the same machine. */
const place = { net: "10.40.0", port: 18090 }

/**
 * The one contract suite: every driver must pass it, on its own kind of host. It reads as one day in the life of a cluster, so that real hosts
 * build their images and boot their machines once.
 */
export function describeDriver(name: string, make: () => Promise<Subject>, extent: Extent = { gateway: "edge" }): void {
  describe(`driver ${name}`, () => {
    let subject: Subject
    beforeAll(async () => {
      subject = await make()
    })
    afterAll(async () => {
      for (const cluster of ["office", "one", "two"]) await destroy(subject, wanted({ cluster }))
      await subject.close()
    })
    const wanted = (options: Partial<OfficeOptions> = {}) =>
      office({ ...place, connection: subject.connection, gateway: extent.gateway, ...options })
    const appliances = extent.gateway === "edge" ? 4 : 3

    describe("a cluster is made", () => {
      test("killed at an operation's border, the first apply leaves nothing twice and the next one goes on", async () => {
        const dying = async (open: () => Promise<Driver>) => {
          const world = { ...worldOf(subject), open: opening(open), holder: subject.holders.dead }
          await expect(converge(world, wanted(), { operation: "apply" })).rejects.toThrow("killed")
        }
        await dying(async () => dyingAt(2, await subject.open()))
        if (subject.openDying !== undefined) await dying(() => subject.openDying!(2))
        expectDone(await apply(subject, wanted()))
        const objects = await observed(subject, "office")
        expect(new Set(objects.map((object) => object.address)).size).toBe(objects.length)
        expect(objects.every((object) => object.life === "running" && object.record !== null)).toBe(true)
        expect(objects.filter((object) => object.address.startsWith("appliance/"))).toHaveLength(appliances)
        expect(objects.flatMap((object) => object.health).every((health) => health.passed)).toBe(true)
      })

      test("the second plan is empty, and a second apply starts nothing anew", async () => {
        const before = await starts(subject, "office")
        expect(summary(await planned(subject, wanted()))).toEqual([])
        expect((await apply(subject, wanted())).state).toBe("done")
        expect(await starts(subject, "office")).toEqual(before)
      })

      test("its appliances can be entered without a lease: streams and exit codes are those of the command", async () => {
        const driver = await subject.open()
        const run = async (address: Address, words: readonly string[], input = "") => {
          const entered = await driver.enter("office", address, { kind: "command", words })
          if (!entered.ok) return { code: null, out: entered.failure.message }
          const { stdin, stdout, stderr, ended } = entered.value
          stderr.resume()
          stdin.end(input)
          const out = await text(stdout)
          return { code: (await ended).code, out }
        }
        const hostile = ["echo", "a  b", "$(id)", "it's", ";", "*"]
        expect(await run("appliance/web[1]", hostile)).toEqual({ code: 0, out: "a  b $(id) it's ; *\n" })
        const long = "0123456789abcdef".repeat(65_536)
        expect(await run("appliance/web[1]", ["cat"], long)).toEqual({ code: 0, out: long })
        expect(await run("appliance/web[1]", ["false"])).toEqual({ code: 1, out: "" })
        expect((await run("appliance/web[1]", ["no-such-program"])).code).toBe(127)
        expect(await run("appliance/nobody", ["true"])).toEqual({
          code: null,
          out: "the appliance is not on this host",
        })
        const read = await driver.enter("office", "appliance/web[1]", { kind: "log", lines: 5, follow: false })
        if (!read.ok) throw new Error(read.failure.message)
        read.value.stdin.end()
        read.value.stderr.resume()
        read.value.stdout.resume()
        expect(await read.value.ended).toMatchObject({ code: 0 })
        await driver.close()
      })

      test("its journal has nothing unfinished and nobody holds its lease", async () => {
        const seen = await reachable(subject, "office")
        expect(seen.unfinished).toEqual([])
        expect(seen.lease).toBeNull()
      })
    })

    describe("drift is found and mended, and nothing else is touched", () => {
      test("a first process that was killed", async () => {
        await subject.breakProcess("office", "web[2]")
        const plan = await planned(subject, wanted())
        expect(summary(plan)).toEqual(["restart appliance/web[2]"])
        expect(plan.steps[0]!.reasons).toMatchObject([{ what: "its first process is not running", drift: true }])
        await onlyStarts(subject, ["appliance/web[2]"], async () => expectDone(await apply(subject, wanted())))
        expect(summary(await planned(subject, wanted()))).toEqual([])
      })

      test("a server that no longer answers its check", async () => {
        await subject.breakCheck("office", "web[1]", "front page")
        const plan = await planned(subject, wanted())
        expect(summary(plan)).toEqual(["restart appliance/web[1]"])
        expect(plan.steps[0]!.reasons[0]!.what).toContain('"front page"')
        await onlyStarts(subject, ["appliance/web[1]"], async () => expectDone(await apply(subject, wanted())))
        expect(summary(await planned(subject, wanted()))).toEqual([])
      })
    })

    describe("a reboot of its host", () => {
      test("is made good by the host itself: all starts again once, and nothing is left to do", async () => {
        const before = await starts(subject, "office")
        await subject.reboot("office")
        await eventually(subject, async () => summary(await planned(subject, wanted())).length === 0)
        const after = await starts(subject, "office")
        expect(Object.keys(after)).toEqual(Object.keys(before))
        expect(Object.keys(after).filter((address) => after[address] === before[address])).toEqual([])
        expect(
          (await observed(subject, "office")).every(({ life, drift }) => life === "running" && drift.length === 0),
        ).toBe(true)
      })

      test("does not bring back a cluster that was being destroyed", async () => {
        const driver = await subject.open()
        const answer = await driver.acquire("office", subject.holders.dead, "destroy", 60_000)
        expect(answer).toMatchObject({ ok: true, value: { kind: "taken" } })
        await subject.reboot("office")
        expect(Object.keys(await starts(subject, "office"))).toEqual([])
        await driver.close()
        expectDone(await apply(subject, wanted()))
        expect(summary(await planned(subject, wanted()))).toEqual([])
      })
    })

    describe("records that were lost", () => {
      const repaired = async (desired: DesiredState, set_aside: boolean) => {
        const made = await makeRepair(worldOf(subject), desired, { set_aside })
        if (!made.ok) throw new Error(made.failure.message)
        return applyPlan(worldOf(subject), made.value, desired.hosts)
      }

      test("are written again from what is there, and nothing is touched", async () => {
        await subject.damageRecord("office", "names/hosts", "nonsense")
        await subject.damageRecord("office", "network/dmz", "nonsense")
        await subject.damageRecord("office", "appliance/names", "nonsense")
        await subject.damageRecord("office", "appliance/web[1]", "gone")
        expect(await makePlan(worldOf(subject), wanted(), { operation: "apply" })).toMatchObject({
          ok: false,
          failure: { message: expect.stringContaining("damaged"), remedy: expect.stringContaining("appl repair") },
        })
        await onlyStarts(subject, [], async () => expectDone(await repaired(wanted(), false)))
        expect(summary(await planned(subject, wanted()))).toEqual([])
        const again = await makeRepair(worldOf(subject), wanted(), { set_aside: false })
        expect(again).toMatchObject({ ok: true, value: { steps: [] } })
      })

      test("are not guessed where what is there is something else; set aside, it is made anew", async () => {
        await subject.damageRecord("office", "appliance/web[2]", "nonsense")
        const desired = wanted({ title: "Another title" })
        const refused = await repaired(desired, false)
        expect(refused.results).toMatchObject([
          { state: "failed", failure: { message: expect.stringContaining("not what the source says") } },
        ])
        expect((await repaired(desired, true)).state).toBe("done")
        expect(summary(await planned(subject, wanted()))).toEqual(["create appliance/web[2]"])
        expectDone(await apply(subject, wanted()))
        expect(summary(await planned(subject, wanted()))).toEqual([])
      })
    })

    describe("the history", () => {
      test("tells who did what, also of who never came to an end", async () => {
        const runs = await historyOf(subject, "office")
        const killed = runs.find(({ ended }) => ended === null)
        // Whoever worked before a reboot has the number of another boot.
        const { user, machine } = subject.holders.alive
        const holder = { user, machine, started: subject.holders.dead.started }
        expect(killed).toMatchObject({ operation: "apply", holder, working: false })
        const made = runs.find(({ ended }) => ended?.steps.some(({ action }) => action === "create"))!
        expect(made).toMatchObject({ operation: "apply", ended: { state: "done", why: null, more: 0 } })
        expect(made.holder).toMatchObject({ user, machine })
        expect(made.ended!.steps).toContainEqual({
          action: "create",
          address: "appliance/web[1]",
          host: "local",
          state: "done",
        })
        expect(made.ended!.until_ms).toBeGreaterThanOrEqual(made.since_ms)
        expect(new Set(runs.map(({ holder }) => holder.run)).size).toBeGreaterThan(1)
      })

      test("tells who works now", async () => {
        const driver = await subject.open()
        const lease = await taken(driver, { ...subject.holders.alive, run: "abc123" })
        expect((await historyOf(subject, "office")).at(-1)).toMatchObject({ holder: { run: "abc123" }, working: true })
        await driver.release("office", lease)
        expect((await historyOf(subject, "office")).at(-1)).toMatchObject({ working: false, ended: null })
        await driver.close()
      })
    })

    describe("a change does what it must and no more", () => {
      test("another title reloads without a restart, with a diff and the line that asked for it", async () => {
        const desired = wanted({ title: "Good morning" })
        const plan = await planned(subject, desired)
        expect(summary(plan)).toEqual(["reload appliance/web[1]", "reload appliance/web[2]"])
        expect(plan.steps[0]!.reasons).toEqual([
          {
            what: "`title` changed",
            from: "Welcome to the office",
            to: "Good morning",
            through: [],
            origin: { file: "office.appl", line: 22, column: 3 },
            drift: false,
          },
        ])
        expect(plan.steps[0]!.diffs[0]!.diff).toContain("+<h1>Good morning</h1>")
        await onlyStarts(subject, [], async () => expectDone(await apply(subject, desired)))
        expect(summary(await planned(subject, desired))).toEqual([])
        expectDone(await apply(subject, wanted()))
      })

      test("another package replaces, the new one checked before the old one goes", async () => {
        const desired = wanted({ packages: ["nginx-light", "busybox"] })
        const plan = await planned(subject, desired)
        const step = plan.steps.find((step) => step.address === "appliance/web[1]")!
        expect(step.action).toBe("replace")
        expect(step.operations.map((operation) => `${operation.verb} ${operation.generation}`)).toEqual([
          "create 2",
          "ready 2",
          "switch 2",
          "ready 2",
          "remove 1",
        ])
        expect(plan.packages).toMatchObject([{ name: "busybox", from: null }])
        expectDone(await apply(subject, desired))
        expect(summary(await planned(subject, desired))).toEqual([])
        const webs = (await observed(subject, "office")).filter(({ address }) => address.startsWith("appliance/web"))
        expect(webs.map((web) => web.generation)).toEqual([2, 2])
        expectDone(await apply(subject, wanted()))
        expect(summary(await planned(subject, wanted()))).toEqual([])
      })

      test("one more server adds that server, and touches no other appliance", async () => {
        const desired = wanted({ webs: 3 })
        const plan = await planned(subject, desired)
        expect(summary(plan)).toEqual(["create appliance/web[3]", "update firewall/rules", "update names/hosts"])
        expect(plan.flows.opened.map((flow) => flow.cause)).toEqual(["web[3] needs dns: names.dns"])
        await onlyStarts(subject, ["appliance/web[3]"], async () => expectDone(await apply(subject, desired)))
        expect(summary(await planned(subject, desired))).toEqual([])
      })

      test("one server less removes that server alone", async () => {
        const plan = await planned(subject, wanted())
        expect(summary(plan)).toEqual(["delete appliance/web[3]", "update firewall/rules", "update names/hosts"])
        expect(plan.flows.closed.map((flow) => flow.cause)).toEqual(["web[3] needs dns: names.dns"])
        await onlyStarts(subject, ["appliance/web[3]"], async () => expectDone(await apply(subject, wanted())))
        expect(summary(await planned(subject, wanted()))).toEqual([])
      })

      test("a change of what no process sees touches no process", async () => {
        const desired = wanted({ amend: (one) => (one.id === "names" ? { ...one, tags: ["watched"] } : one) })
        expect(summary(await planned(subject, desired))).toEqual(["update appliance/names"])
        await onlyStarts(subject, [], async () => expectDone(await apply(subject, desired)))
        expect(summary(await planned(subject, desired))).toEqual([])
        expectDone(await apply(subject, wanted()))
      })
    })

    describe("the lease", () => {
      test("is refused to a second holder, who is told the first one", async () => {
        const driver = await subject.open()
        const lease = await taken(driver, subject.holders.alive)
        const second = await driver.acquire("office", subject.holders.elsewhere, "apply", 60_000)
        expect(second).toMatchObject({ ok: true, value: { kind: "held", by: { holder: subject.holders.alive } } })
        expect(await driver.renew("office", lease, 60_000)).toMatchObject({ ok: true, value: { token: lease.token } })
        await driver.release("office", lease)
        await driver.close()
      })

      test("of a dead process of this machine is taken over at once, and its token is refused from then on", async () => {
        const driver = await subject.open()
        const dead = await taken(driver, subject.holders.dead)
        const lease = await taken(driver, subject.holders.alive)
        expect(lease.token).toBeGreaterThan(dead.token)
        expect(await driver.renew("office", dead, 60_000)).toMatchObject({ ok: false, failure: { kind: "lease-lost" } })
        const refused = await driver.perform(await namesWork(subject, driver, dead.token))
        expect(refused).toMatchObject({ ok: false, failure: { kind: "lease-lost" } })
        expect(await driver.perform(await namesWork(subject, driver, lease.token))).toMatchObject({ ok: true })
        await driver.release("office", dead)
        expect((await reachable(subject, "office")).lease).toMatchObject({ token: lease.token })
        await driver.release("office", lease)
        await driver.close()
      })

      test("of somebody elsewhere is taken over when it has run out", async () => {
        const driver = await subject.open()
        const answer = await driver.acquire("office", subject.holders.elsewhere, "apply", 1_500)
        expect(answer).toMatchObject({ ok: true, value: { kind: "taken" } })
        expect(await driver.acquire("office", subject.holders.alive, "apply", 60_000)).toMatchObject({
          value: { kind: "held" },
        })
        await subject.clock.sleep(2_500)
        await driver.release("office", await taken(driver, subject.holders.alive))
        await driver.close()
        expect(summary(await planned(subject, wanted()))).toEqual([])
      })
    })

    describe("two clusters on one host", () => {
      const one = () => wanted({ cluster: "one", net: "10.41.0", port: 18091, webs: 1 })
      const two = () => wanted({ cluster: "two", net: "10.42.0", port: 18092, webs: 1 })

      test("run side by side, and neither sees or touches the other", async () => {
        expectDone(await apply(subject, one()))
        const before = await starts(subject, "one")
        expectDone(await apply(subject, two()))
        expect(summary(await planned(subject, one()))).toEqual([])
        await destroyed(subject, two())
        expect(await starts(subject, "one")).toEqual(before)
        expect(summary(await planned(subject, one()))).toEqual([])
      })

      test("with one network in common are refused before anything is touched", async () => {
        const desired = wanted({ cluster: "two", net: "10.41.0", port: 18092, webs: 1 })
        const refused = await apply(subject, desired)
        expect(refused).toMatchObject({ state: "failed", refusal: { kind: "conflict" }, results: [] })
        expect([refused.refusal!.message, ...refused.refusal!.output].join()).toContain("10.41.0.0/24")
        expect(await subject.leftovers("two")).toEqual([])
      })

      test("with one published port in common are refused before anything is touched", async () => {
        const desired = wanted({ cluster: "two", net: "10.42.0", port: 18091, webs: 1 })
        const refused = await apply(subject, desired)
        expect(refused).toMatchObject({ state: "failed", refusal: { kind: "conflict" }, results: [] })
        expect(refused.refusal!.message).toContain("8091/tcp")
        expect(await subject.leftovers("two")).toEqual([])
        await destroyed(subject, one())
      })

      test("nor is a port published that another program listens on", async () => {
        const give = await subject.takePort(18092)
        expect(await apply(subject, two())).toMatchObject({ state: "failed", refusal: { kind: "conflict" } })
        await give()
        expect(await subject.leftovers("two")).toEqual([])
      })
    })

    describeCarrying({ subject: () => subject, world: () => worldOf(subject), wanted })

    describe("the end", () => {
      test("a protected appliance stays, though its line is gone", async () => {
        const guarded = wanted({ amend: (one) => (one.id === "web[2]" ? { ...one, protect: true } : one) })
        expectDone(await apply(subject, guarded))
        const refused = await apply(subject, wanted({ webs: 1 }))
        expect(refused).toMatchObject({ state: "failed", refusal: { kind: "protected" } })
        expect(await makePlan(worldOf(subject), guarded, { operation: "destroy" })).toMatchObject({
          ok: false,
          failure: { kind: "protected" },
        })
        expectDone(await apply(subject, wanted()))
      })

      test("a destroy leaves nothing behind", async () => {
        await destroyed(subject, wanted())
        expect(await observed(subject, "office")).toEqual([])
      })
    })
  })
}

/** The addresses of a plan with their actions, sorted: what it does, without the how. */
export function summary(plan: Plan): string[] {
  return plan.steps.map((step) => step.id).sort()
}

/** A world whose only host is the subject's. */
export function worldOf(subject: Subject): World {
  let run = 0
  return {
    open: opening(() => subject.open()),
    clock: subject.clock,
    newRunId: () =>
      `${Math.floor(subject.clock.now()).toString(16)}${(run++).toString(16)}`.padStart(16, "0").slice(-16),
    random: Math.random,
    holder: subject.holders.alive,
    secrets: memorySecrets(),
    emit: (_event: Event) => {},
    stop: new AbortController().signal,
  }
}

function opening(open: () => Promise<Driver>): World["open"] {
  return async () => ({ ok: true, value: await open() })
}

/** A driver whose controller is killed before its n-th operation begins: from then on nothing is answered. */
function dyingAt(operation: number, driver: Driver): Driver {
  let count = 0
  const dead = async () => {
    throw new Error("the controller was killed")
  }
  return {
    ...driver,
    perform: async (work) => {
      count += 1
      return count >= operation ? dead() : driver.perform(work)
    },
    renew: async (...given) => (count >= operation ? dead() : driver.renew(...given)),
    release: async (...given) => (count >= operation ? undefined : driver.release(...given)),
  }
}

async function apply(subject: Subject, desired: DesiredState): Promise<Applied> {
  return converge(worldOf(subject), desired, { operation: "apply" })
}

async function destroy(subject: Subject, desired: DesiredState): Promise<Applied> {
  return converge(worldOf(subject), desired, { operation: "destroy" })
}

async function destroyed(subject: Subject, desired: DesiredState): Promise<void> {
  expectDone(await destroy(subject, desired))
  expect(await subject.leftovers(desired.cluster)).toEqual([])
}

/** Says which step failed and why, instead of only that something did. */
function expectDone(applied: Applied): void {
  const failures = applied.results.flatMap((result) => (result.state === "failed" ? [result.failure] : []))
  expect({ refusal: applied.refusal, failures, warnings: applied.warnings }).toEqual({
    refusal: null,
    failures: [],
    warnings: [],
  })
  expect(applied.state).toBe("done")
}

async function planned(subject: Subject, desired: DesiredState): Promise<Plan> {
  const made = await makePlan(worldOf(subject), desired, { operation: "apply" })
  if (!made.ok) throw new Error([made.failure.message, ...made.failure.output].join("\n"))
  return made.value.plan
}

async function reachable(subject: Subject, cluster: string) {
  const driver = await subject.open()
  const seen = await driver.observe(cluster)
  await driver.close()
  if (seen.kind === "unreachable") throw new Error(seen.why)
  return seen
}

async function observed(subject: Subject, cluster: string): Promise<readonly ObservedObject[]> {
  return (await reachable(subject, cluster)).objects
}

async function historyOf(subject: Subject, cluster: string): Promise<readonly KeptRun[]> {
  const driver = await subject.open()
  const runs = await driver.history(cluster)
  await driver.close()
  if (!runs.ok) throw new Error(runs.failure.message)
  return runs.value
}

/** Asks again until it is so: what was just started takes its time to answer. */
async function eventually(subject: Subject, isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 60; tries += 1) {
    if (await isSo()) return
    await subject.clock.sleep(500)
  }
  throw new Error("it never came to be so")
}

/** When each appliance was started, and which generation it is. */
async function starts(subject: Subject, cluster: string): Promise<Record<string, string>> {
  const objects = (await observed(subject, cluster)).filter((object) => object.started_ms !== null)
  return Object.fromEntries(objects.map((one) => [one.address, `${one.generation} at ${one.started_ms}`]))
}

/** Does `work`, and expects that exactly these appliances have been started or stopped by it. */
async function onlyStarts(subject: Subject, addresses: readonly string[], work: () => Promise<void>): Promise<void> {
  const before = await starts(subject, "office")
  await work()
  const after = await starts(subject, "office")
  const all = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  expect(all.filter((address) => before[address] !== after[address]).sort()).toEqual([...addresses].sort())
}

async function taken(driver: Driver, holder: Holder): Promise<Lease> {
  const answer: Outcome<unknown> = await driver.acquire("office", holder, "apply", 60_000)
  expect(answer).toMatchObject({ ok: true, value: { kind: "taken" } })
  return (answer as { value: { lease: Lease } }).value.lease
}

/** Sets the names file to what it is already. */
async function namesWork(subject: Subject, driver: Driver, token: number): Promise<Work> {
  const record = (await observed(subject, "office")).find(({ address }) => address === "names/hosts")!.record!
  const address: Address = "names/hosts"
  expect(fieldsOf(record, "names").names.length).toBeGreaterThan(0)
  return {
    cluster: "office",
    operation_id: `contract/set names/hosts/${token}`,
    token,
    operation: { verb: "set", generation: 1, staged: "joined", undo: null, pending: null, details: {} },
    address,
    object: {
      address,
      kind: "names",
      host: driver.host,
      fields: record.fields,
      after: record.after,
      origin: record.origin,
      origins: {},
      causes: record.causes,
    },
    secrets: new Map(),
    progress: () => {},
  }
}
