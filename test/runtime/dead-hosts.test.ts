import { expect, test } from "vitest"
import type { DesiredState } from "../../lang/index.ts"
import { makePlan, type Options } from "../../runtime/converge.ts"
import { contentOf } from "../../runtime/drivers/simulated/volumes.ts"
import { attempt, expectConverges, type Lab, lab } from "./faults.ts"
import { office } from "./fixtures.ts"

const host = (name: string) => ({
  name,
  connection: { kind: "simulated" as const },
  capacity: {},
  labels: {},
  origin: null,
})

/** The office with its second web server on `two`, or wherever `web` says. */
function offices(web = "two", more: Partial<DesiredState> = {}, volumes = 0): DesiredState {
  const made = office({
    gateway: "host",
    amend: (one) => ({
      ...one,
      host: one.id === "web[2]" ? web : "one",
      volumes: one.id === "web[2]" && volumes > 0 ? [{ name: "data", path: "/srv", size_bytes: 1, backup: null }] : [],
    }),
  })
  const publishes = made.publishes.map((publish) => ({ ...publish, host: "one" }))
  return { ...made, publishes, hosts: [host("one"), host("two")], ...more }
}
const last = { "web[1]": "one", "web[2]": "two", names: "one" }

async function running(desired: DesiredState): Promise<Lab> {
  const here = lab()
  await expectConverges(here, desired)
  return here
}

async function planned(here: Lab, desired: DesiredState, options: Partial<Options> = {}) {
  return makePlan(here.process().world, desired, { operation: "apply", ...options })
}

test("a silent host of the cluster is a refusal, unless it is left alone", async () => {
  const here = await running(offices())
  here.simulation.strike("two", "cut")
  const refused = await planned(here, office_of_more)
  expect(refused).toMatchObject({ ok: false, failure: { kind: "host-unreachable" } })
  const made = await planned(here, { ...office_of_more, last }, { without: ["two"] })
  if (!made.ok) throw new Error(made.failure.message)
  expect(new Set(made.value.plan.steps.map((step) => step.host))).toEqual(new Set(["one"]))
  expect(made.value.plan.warnings[0]).toBe("host two is left out: it may still hold web[2]")
})
const office_of_more = {
  ...offices(),
  appliances: offices().appliances.map((one) => ({ ...one, memory_bytes: 2 ** 27 })),
}

test("nothing that may run on a silent host is started elsewhere, until the host is fenced", async () => {
  const here = await running(offices())
  here.simulation.strike("two", "cut")
  const left = offices("one", { hosts: [host("one")], former: [host("two")], last })
  await attempt(here.process(), left)
  expect(here.simulation.appliance("one", "office", "web[2]")).toBeNull()
  const made = await planned(here, left)
  if (!made.ok) throw new Error(made.failure.message)
  expect(made.value.plan.warnings.join("\n")).toContain("not started, since they may run there: web[2]")

  const fenced = { ...left, away: { two: "fenced" as const } }
  const plan = await planned(here, fenced)
  if (!plan.ok) throw new Error(plan.failure.message)
  const create = plan.value.plan.steps.find(({ address }) => address === "appliance/web[2]")!
  expect([create.action, create.host]).toEqual(["create", "one"])
  expect(create.reasons[0]!.what).toBe("it was on host two, which is fenced")
  await attempt(here.process(), fenced)
  expect(here.simulation.appliance("one", "office", "web[2]")!.process!.running).toBe(true)
})

test("what a fenced host still has goes first when it answers again, and its volumes stay", async () => {
  const here = await running(offices("two", {}, 1))
  here.simulation.write("two", "office", "web[2]", "data", "precious")
  here.simulation.strike("two", "power-off")
  const fenced = offices("one", { away: { two: "fenced" }, last }, 1)
  const refused = await planned(here, fenced)
  expect(refused).toMatchObject({ ok: false, failure: { kind: "protected" } })
  const lost = await planned(here, fenced, { lose_volumes: true })
  if (!lost.ok) throw new Error(lost.failure.message)
  const { converge } = await import("../../runtime/converge.ts")
  const process = here.process()
  expect((await converge(process.world, fenced, { operation: "apply", lose_volumes: true })).state).toBe("done")
  process.end()

  here.simulation.strike("two", "wake")
  const back = await planned(here, fenced)
  if (!back.ok) throw new Error(back.failure.message)
  const gone = back.value.plan.steps.find(({ address, host }) => address === "appliance/web[2]" && host === "two")!
  expect([gone.action, gone.reasons[0]!.what]).toEqual(["delete", "it runs on one now"])
  await expectConverges(here, fenced)
  expect(contentOf(here.simulation.host("two"), "office", "appliance/web[2]", "data")).toBe("precious")
})

test("a host that left the file and answers gives back what it has", async () => {
  const here = await running(offices("two", {}, 1))
  here.simulation.write("two", "office", "web[2]", "data", "precious")
  const left = offices("one", { hosts: [host("one")], former: [host("two")], last }, 1)
  const made = await planned(here, left)
  if (!made.ok) throw new Error(made.failure.message)
  const move = made.value.plan.steps.find(({ address }) => address === "appliance/web[2]")!
  expect([move.action, move.host]).toEqual(["move", "one"])
  expect(move.reasons[0]!.what).toBe("it leaves host two, which is no longer in office.appl")
  await expectConverges(here, left)
  expect(contentOf(here.simulation.host("one"), "office", "appliance/web[2]", "data")).toBe("precious")
})
