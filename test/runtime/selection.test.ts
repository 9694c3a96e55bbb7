import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { DesiredState } from "../../lang/index.ts"
import { converge, makePlan, type Options } from "../../runtime/converge.ts"
import { fieldsOf } from "../../runtime/model/fields.ts"
import type { Address } from "../../runtime/model/object.ts"
import type { Plan } from "../../runtime/plan/plan.ts"
import { showPlan } from "../../runtime/plan/show.ts"
import { asked } from "../asked.ts"
import { expectConverges, type Lab, lab } from "./faults.ts"
import { office } from "./fixtures.ts"
import { clusterOf, type RandomCluster, random_cluster } from "./random.ts"

async function planOf(here: Lab, desired: DesiredState, options: Partial<Options>): Promise<Plan> {
  const made = await makePlan(here.process().world, desired, { operation: "apply", ...options })
  if (!made.ok) throw new Error([made.failure.message, ...made.failure.output].join("\n"))
  return made.value.plan
}

async function refusalOf(here: Lab, desired: DesiredState, options: Partial<Options>): Promise<string> {
  const made = await makePlan(here.process().world, desired, { operation: "apply", ...options })
  if (made.ok) throw new Error(`planned: ${made.value.plan.steps.map((step) => step.id).join(", ")}`)
  return [made.failure.message, made.failure.remedy].join(" = ")
}

async function running(before: DesiredState): Promise<Lab> {
  const here = lab()
  await expectConverges(here, before)
  return here
}

const ids = (plan: Plan) => plan.steps.map((step) => step.id)
const only = (...targets: string[]) => ({ selection: { targets, excludes: [] } })
const but = (...excludes: string[]) => ({ selection: { targets: [], excludes } })

describe("a target", () => {
  test("takes along what it needs, and says why; the rest is told", async () => {
    const plan = await planOf(lab(), office(), only("web[1]"))
    expect(ids(plan)).toContain("create appliance/web[1]")
    expect(ids(plan)).not.toContain("create appliance/web[2]")
    expect(plan.chosen?.taken.find(({ address }) => address === "appliance/names")?.why).toBe("web[1] needs it")
    expect(plan.chosen?.left).toContainEqual({
      address: "appliance/web[2]",
      host: "local",
      action: "create",
      why: "it is no target",
    })
    expect(showPlan(plan, { color: "never" })).toMatch(
      /Left out:\n(?:.*\n)* {2}\+ web\[2\] {2}to create on local, it is no target/,
    )
    const names = plan.steps.find(({ address }) => address === "names/hosts")!
    expect(fieldsOf(names.object!, "names").names.map(({ name }) => name)).not.toContain("web-2")
    const firewall = plan.steps.find(({ address }) => address === "firewall/rules")!
    expect(JSON.stringify(firewall.object)).not.toMatch(/web\[2\]/)
  })

  test("of one name is all of its kind, and of a host what stands there", async () => {
    const both = await planOf(lab(), office(), only("web"))
    expect(ids(both)).toEqual(expect.arrayContaining(["create appliance/web[1]", "create appliance/web[2]"]))
    const host = await planOf(lab(), office(), only("host:local"))
    expect(host.chosen?.left).toEqual([])
  })

  test("that is nothing is refused, with what was meant", async () => {
    expect(await refusalOf(lab(), office(), only("wbe"))).toMatch(/nothing is called "wbe".* = did you mean web\?/)
    expect(await refusalOf(lab(), office(), but("firewall/rules"))).toMatch(/shared by all/)
  })

  test("that is gone takes along those that used it, and no flow of what is left out is closed", async () => {
    const here = await running(office())
    const without = office()
    const fewer: DesiredState = {
      ...without,
      appliances: without.appliances.filter(({ id }) => id !== "web[2]"),
      flows: without.flows.filter(({ from, to }) => !JSON.stringify([from, to]).includes("web[")),
    }
    const plan = await planOf(here, fewer, only("web[2]"))
    expect(ids(plan)).toContain("delete appliance/web[2]")
    const closed = plan.flows.closed.map(({ from, to }) => JSON.stringify([from, to]))
    expect(closed.length).toBeGreaterThan(0)
    for (const flow of closed) expect(flow).toMatch(/web\[2\]/)
  })
})

describe("an exclusion", () => {
  test("leaves out what depends on it", async () => {
    const plan = await planOf(lab(), office(), but("names"))
    expect(ids(plan).filter((id) => id.includes("appliance/web"))).toEqual([])
    const left = new Map(plan.chosen!.left.map(({ address, why }) => [address as string, why]))
    expect(left.get("appliance/names")).toBe("it is excluded")
    expect(left.get("appliance/web[1]")).toMatch(/names is left out/)
  })

  test("of a destroy keeps what the rest still needs", async () => {
    const here = await running(office())
    const plan = await planOf(here, office(), { operation: "destroy", ...but("web[1]") })
    expect(ids(plan)).toContain("delete appliance/web[2]")
    expect(ids(plan)).not.toContain("delete appliance/names")
    expect(ids(plan)).not.toContain("delete network/dmz")
    expect(ids(plan)).toContain("update firewall/rules")
  })
})

describe("--replace", () => {
  test("makes an appliance anew and names who asked for it", async () => {
    const here = await running(office())
    const plan = await planOf(here, office(), { replace: ["web[1]"] })
    expect(ids(plan)).toEqual(["replace appliance/web[1]"])
    expect(plan.steps[0]!.reasons[0]!.what).toMatch(/@.* asked for it with --replace web\[1\]$/)
    expect(await refusalOf(here, office(), { replace: ["wbe"] })).toMatch(/did you mean web/)
  })

  test("does not replace what is protected", async () => {
    const kept = office({ amend: (one) => (one.id === "web[1]" ? { ...one, protect: true } : one) })
    const here = await running(kept)
    expect(await refusalOf(here, kept, { replace: ["web"] })).toMatch(/web\[1\] is protected.*protect = false/)
  })
})

/** Two clusters, and which of their things are chosen. */
const random_choice = fc.record({
  desired: random_cluster,
  targets: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 2 }),
  excludes: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 1 }),
})

test("after any parts, what runs has what it needs, a full apply converges, and the next plan is empty", async () => {
  const property = fc.asyncProperty(fc.array(random_choice, { minLength: 1, maxLength: 5 }), async (choices) => {
    const here = lab()
    let last: RandomCluster = choices[0]!.desired
    for (const { desired, targets, excludes } of choices) {
      last = desired
      const state = clusterOf(desired)
      const known = knownKeys(here, desired)
      const some = (keys: readonly number[]) => keys.filter((key) => known.has(key)).map((key) => `web[${key}]`)
      const selection = { targets: some(targets), excludes: some(excludes) }
      const applied = await converge(here.process().world, state, { operation: "apply", selection })
      expect([applied.state, applied.refusal, applied.results.filter((one) => one.state !== "done")]).toEqual([
        "done",
        null,
        [],
      ])
      expect(applied.warnings.filter((warning) => !warning.startsWith("the volume"))).toEqual([])
      await expectWhole(here, state)
    }
    await expectConverges(here, clusterOf(last))
    await expectConverges(here, clusterOf(last), "destroy")
  })
  const { count, seed } = asked(150)
  await fc.assert(property, { numRuns: count, seed, path: process.env.APPL_PATH })
}, 600_000)

function knownKeys({ simulation }: Lab, desired: RandomCluster): ReadonlySet<number> {
  const there = Object.values(simulation.state().hosts).flatMap((host) =>
    Object.keys(host.clusters.chance?.records ?? {}).flatMap((address) => /web\[(\d)\]/.exec(address)?.[1] ?? []),
  )
  return new Set([...desired.map(({ key }) => key), ...there.map(Number)])
}

/** Everything that runs has its network, firewall, names and providers, by what is true for it; its flows to them are open. */
async function expectWhole(here: Lab, desired: DesiredState): Promise<void> {
  const rest = await makePlan(here.process().world, desired, { operation: "apply" })
  if (!rest.ok) throw new Error(rest.failure.message)
  const differs = new Set(rest.value.plan.steps.map(({ address }) => address))
  const wanted = new Map(desired.appliances.map((one) => [`appliance/${one.id}`, one]))
  const clusters = Object.values(here.simulation.state().hosts).flatMap(({ clusters }) => clusters.chance ?? [])
  const there = new Set(clusters.flatMap(({ things }) => Object.values(things).map(({ address }) => address as string)))
  const rules = clusters.flatMap(({ records }) =>
    records["firewall/rules"] === undefined ? [] : fieldsOf(records["firewall/rules"], "firewall").rules,
  )
  for (const { records } of clusters) {
    for (const record of Object.values(records)) {
      if (record === undefined || record.kind !== "appliance") continue
      const id = record.address.slice("appliance/".length)
      const as_said = wanted.get(record.address)
      const needs: readonly string[] =
        differs.has(record.address) || as_said === undefined
          ? record.after.filter((address) => address.startsWith("appliance/"))
          : as_said.after.map((one): Address => `appliance/${one}`)
      for (const need of [...needs, `network/${fieldsOf(record, "appliance").nics[0]!.network}`])
        expect(there, `${need} for ${record.address}`).toContain(need)
      for (const need of needs) {
        const open = rules.some(
          ({ from, to }) =>
            from.end.kind === "appliance" &&
            from.end.id === id &&
            to.end.kind === "appliance" &&
            `appliance/${to.end.id}` === need,
        )
        expect(open, `the flow of ${id} to ${need}`).toBe(true)
      }
    }
  }
}
