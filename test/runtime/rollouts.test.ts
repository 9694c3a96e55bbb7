import { describe, expect, test } from "vitest"
import type { DesiredAppliance, DesiredState, Rollout } from "../../lang/index.ts"
import { makePlan } from "../../runtime/converge.ts"
import type { Settings } from "../../runtime/drivers/simulated/site.ts"
import type { ApplianceFields } from "../../runtime/model/fields.ts"
import type { Plan } from "../../runtime/plan/plan.ts"
import { readPlan } from "../../runtime/plan/schema.ts"
import { showPlan } from "../../runtime/plan/show.ts"
import { attempt, expectConverges, type Lab, lab, snapshot } from "./faults.ts"
import { type OfficeOptions, office } from "./fixtures.ts"

const policy: Rollout = { at_once: 2, canary: 1, healthy_ms: 30_000, turn_back: true }
const webs = ["web[1]", "web[2]", "web[3]", "web[4]", "web[5]"]

/** Five web servers that change as `update` says. */
function farm(asked: Partial<OfficeOptions> = {}, update: Rollout | null = policy): DesiredState {
  const { amend = (one: DesiredAppliance) => one, ...rest } = asked
  return office({ webs: 5, ...rest, amend: (one) => amend(one.id.startsWith("web") ? { ...one, update } : one) })
}
const with_volume = (one: DesiredAppliance): DesiredAppliance =>
  one.id.startsWith("web")
    ? { ...one, volumes: [{ name: "data", path: "/srv/data", size_bytes: 1, backup: null }] }
    : one

async function planOf(here: Lab, desired: DesiredState): Promise<Plan> {
  const planned = await makePlan(here.process().world, desired, { operation: "apply" })
  if (!planned.ok) throw new Error(planned.failure.message)
  return planned.value.plan
}

/** A change of each kind that a rollout can carry, and how its plan names it. */
const changes: readonly (readonly [string, DesiredState, DesiredState])[] = [
  ["reload", farm(), farm({ title: "Good morning" })],
  ["restart", farm(), farm({ amend: (one) => ({ ...one, env: { MODE: "new" } }) })],
  ["replace", farm(), farm({ packages: ["nginx-extras"] })],
  [
    "replace",
    farm({ amend: with_volume }),
    farm({ amend: (one) => with_volume({ ...one }), packages: ["nginx-extras"] }),
  ],
]

/** From then on a change goes wrong on these appliances: one fails at once, or after a while. */
function illness(
  ids: readonly string[],
  is_new: (fields: ApplianceFields) => boolean,
): Pick<Settings, "verdict"> & { readonly heal: () => void } {
  const ill = new Set(ids.map((id) => id.replace("[", "-").replace("]", "")))
  return {
    verdict: (fields) => (ill.has(fields.name) && is_new(fields) ? "status 500" : null),
    heal: () => ill.clear(),
  }
}

describe.each(changes)("a rolling %s", (action, from, to) => {
  const is_new = (fields: ApplianceFields) => {
    const wanted = to.appliances.find((one) => one.name === fields.name)!
    const web = to.images.find((image) => image.id === fields.image.id) !== undefined
    const text = JSON.stringify([wanted.env, wanted.files.map((file) => file.content)])
    return web && JSON.stringify([fields.env, fields.files.map((file) => file.content)]) === text
  }

  test("changes the canary, watches it, then goes on by batches, and converges", async () => {
    const here = lab()
    await expectConverges(here, from)
    const plan = await planOf(here, to)
    expect(readPlan(JSON.parse(JSON.stringify(plan))).ok).toBe(true)
    expect(plan.rollouts).toMatchObject([{ family: "web", healthy_ms: 30_000 }])
    expect(plan.rollouts[0]!.batches).toEqual([
      [`${action} appliance/web[1]`],
      [`${action} appliance/web[2]`, `${action} appliance/web[3]`],
      [`${action} appliance/web[4]`, `${action} appliance/web[5]`],
    ])
    expect(showPlan(plan, { color: "never" })).toContain(
      "each healthy for 30 s, 1 min 30 s at least; a failure stops it",
    )
    const process = here.process()
    expect(await attempt(process, to)).toMatchObject({ state: "done", warnings: [] })
    const at = (kind: string, id: string) =>
      process.events.find((event) => event.kind === kind && "address" in event && event.address === `appliance/${id}`)!
        .at_ms
    for (const [before, after] of [
      ["web[1]", "web[2]"],
      ["web[1]", "web[3]"],
      ["web[2]", "web[4]"],
      ["web[3]", "web[5]"],
    ] as const) {
      expect(at("step-finished", before)).toBeLessThanOrEqual(at("step-started", after))
      expect(at("step-finished", before) - at("step-started", before)).toBeGreaterThanOrEqual(30_000)
    }
    await expectConverges(here, to)
  })

  test("turns back what it changed when a later one fails, and the next plan shows the same change again", async () => {
    const first = lab()
    await expectConverges(first, from)
    const before = await planOf(first, to)
    const here = lab(snapshot(first), illness(["web[4]"], is_new))
    const process = here.process()
    const ended = await attempt(process, to)
    if (ended === "killed") throw new Error("nobody was to be killed")
    const state = Object.fromEntries(ended.results.map((result) => [result.step.address, result.state]))
    expect(ended.state).toBe("failed")
    expect(state).toMatchObject({
      "appliance/web[1]": "turned-back",
      "appliance/web[2]": "turned-back",
      "appliance/web[3]": "turned-back",
      "appliance/web[4]": "failed",
      "appliance/web[5]": "turned-back",
    })
    expect(ended.results.filter((result) => result.state === "turned-back" && result.problem !== null)).toEqual([])
    const after = await planOf(here, to)
    const shown = (plan: Plan) =>
      plan.steps.filter((step) => step.address.startsWith("appliance/web")).map((step) => [step.id, step.reasons])
    expect(shown(after)).toEqual(shown(before))
    // What was there before is there again, and nothing else.
    await expectConverges(here, from)
    const mended = lab(snapshot(here))
    await expectConverges(mended, to)
  })

  test("killed at every effect, the next apply converges, on to the new or back to the old", async () => {
    const first = lab()
    await expectConverges(first, from)
    const before = snapshot(first)
    const whole = lab(before).process()
    await attempt(whole, to)
    for (let kill = 0; kill <= whole.controller.log.length; kill += 1) {
      for (const wanted of [to, from]) {
        const here = lab(before)
        const process = here.process([{ kind: "kill", at: kill }])
        await attempt(process, to)
        await expectConverges(here, wanted).catch((error: Error) => {
          error.message = `killed after effect ${kill} (${process.controller.log[kill - 1]}): ${error.message}`
          throw error
        })
      }
    }
  })

  test("killed at every effect while it turns back, the next apply converges", async () => {
    const first = lab()
    await expectConverges(first, from)
    const before = snapshot(first)
    const whole = lab(before, illness(["web[2]"], is_new)).process()
    await attempt(whole, to)
    for (let kill = 0; kill <= whole.controller.log.length; kill += 1) {
      const ill = illness(["web[2]"], is_new)
      const here = lab(before, ill)
      await attempt(here.process([{ kind: "kill", at: kill }]), to)
      ill.heal()
      await expectConverges(here, to)
    }
  })
})

test("without turning back, a failure stops the rollout and leaves what was changed", async () => {
  const first = lab()
  const update = { ...policy, turn_back: false }
  await expectConverges(first, farm({}, update))
  const to = farm({ title: "Good morning" }, update)
  const is_new = (fields: ApplianceFields) => JSON.stringify(fields.files).includes("Good morning")
  const here = lab(snapshot(first), illness(["web[2]"], is_new))
  const ended = await attempt(here.process(), to)
  if (ended === "killed") throw new Error("nobody was to be killed")
  expect(Object.fromEntries(ended.results.map((result) => [result.step.address, result.state]))).toMatchObject({
    "appliance/web[1]": "done",
    "appliance/web[2]": "failed",
    "appliance/web[4]": "blocked",
    "appliance/web[5]": "blocked",
  })
  await expectConverges(lab(snapshot(here)), to)
})

test("one that falls ill while it is watched fails, and the canary saves all others", async () => {
  const first = lab()
  await expectConverges(first, farm())
  const here = lab(snapshot(first))
  const process = here.process()
  const going = attempt(process, farm({ packages: ["nginx-extras"] }))
  await here.clock.sleep(20_000)
  here.simulation.breakCheck("local", "office", "web[1]", "front page")
  const ended = await going
  if (ended === "killed") throw new Error("nobody was to be killed")
  const failed = ended.results.find((result) => result.state === "failed")
  expect(failed).toMatchObject({
    step: { address: "appliance/web[1]" },
    failure: { kind: "not-ready", message: expect.stringMatching(/was ready, and failed after \d+ of the 30 s/) },
  })
  expect(webs.map((id) => here.simulation.appliance("local", "office", id)?.process?.starts)).toEqual([1, 1, 1, 1, 1])
  const left = (await planOf(here, farm())).steps.map((step) => step.id)
  expect(left.filter((id) => !id.startsWith("delete image/"))).toEqual([])
})

test("Ctrl-C ends the watching; nothing is turned back, and the next apply goes on", async () => {
  const here = lab()
  await expectConverges(here, farm())
  const to = farm({ title: "Good morning" })
  const process = here.process()
  void here.clock.sleep(10_000).then(process.stop)
  expect(await attempt(process, to)).toMatchObject({ state: "interrupted" })
  expect((await planOf(here, to)).rollouts[0]!.batches.flat()).toHaveLength(4)
  await expectConverges(here, to)
})

test("what broke by itself is mended at once, whatever the rollout says", async () => {
  const here = lab()
  await expectConverges(here, farm())
  for (const id of webs) here.simulation.killProcess("local", "office", id)
  expect((await planOf(here, farm())).rollouts).toEqual([])
})
