import { describe, expect, test } from "vitest"
import type { DesiredAppliance, DesiredHost, DesiredState } from "../../lang/index.ts"
import { converge, makePlan } from "../../runtime/converge.ts"
import type { Fault } from "../../runtime/drivers/simulated/faults.ts"
import { memoryStore, type SimulatedHosts, type Store } from "../../runtime/drivers/simulated/state.ts"
import { contentOf } from "../../runtime/drivers/simulated/volumes.ts"
import { signs } from "../../runtime/plan/action.ts"
import { readPlan } from "../../runtime/plan/schema.ts"
import { showPlan } from "../../runtime/plan/show.ts"
import { attempt, expectConverges, type Lab, lab, type Snapshot, snapshot } from "./faults.ts"
import { office } from "./fixtures.ts"

const hosts = ["one", "two"].map(
  (name): DesiredHost => ({ name, connection: { kind: "simulated" }, capacity: {}, labels: {}, origin: null }),
)

/** The office on two hosts: each appliance on that which `on` says. `data` is a volume of the first web server. */
function offices(
  on: Readonly<Record<string, string>>,
  more: Partial<DesiredState> = {},
  with_volume = true,
): DesiredState {
  const volumes = with_volume ? [{ name: "data", path: "/srv", size_bytes: 1, backup: null }] : []
  const amend = (one: DesiredAppliance) => ({
    ...one,
    host: on[one.id] ?? "one",
    volumes: one.id === "web[1]" ? volumes : [],
  })
  const made = office({ gateway: "host", amend })
  const used = [...new Set(made.appliances.map((one) => one.host))].sort()
  return {
    ...made,
    hosts,
    networks: made.networks.map((network) => ({ ...network, hosts: used })),
    publishes: made.publishes.map((publish) => ({ ...publish, host: on["web[1]"] ?? "one" })),
    ...more,
  }
}

const here = offices({})
const there = offices({ "web[1]": "two" })
const swapped = offices({ "web[1]": "two", "web[2]": "one", names: "two" })
const crossing = offices({ "web[1]": "one", "web[2]": "two", names: "one" })

describe("the plan of a move", () => {
  test("is one step at the new host, with the operations of both hosts, and is read back as it was", async () => {
    const lab = await settledLab(here)
    const plan = await planOf(lab, there)
    const step = plan.steps.find(({ address }) => address === "appliance/web[1]")!
    expect([step.action, step.host, step.interruption]).toEqual(["move", "two", "copied"])
    expect(step.operations.map(({ verb, host = "two" }) => `${verb} ${host}`)).toEqual([
      "settle one",
      "stop one",
      "receive two",
      "create two",
      "ready two",
      "switch two",
      "ready two",
      "settle two",
      "remove one",
    ])
    expect(step.reasons.map(({ what }) => what)).toEqual(["it leaves host one"])
    expect(plan.steps.filter(({ address }) => address === "appliance/web[1]")).toHaveLength(1)
    const read = readPlan(JSON.parse(JSON.stringify(plan)))
    expect(read.ok ? read.value : read.failure).toEqual(plan)
    expect(showPlan(plan, { color: "never" })).toContain(
      `${signs.move} web[1]  container on two, 64MiB, 10.30.0.3, does not answer while its volumes are copied\n`,
    )
  })

  test("without volumes starts the new one beside the old one first", async () => {
    const lab = await settledLab(offices({}, {}, false))
    const plan = await planOf(lab, offices({ "web[1]": "two" }, {}, false))
    const step = plan.steps.find(({ address }) => address === "appliance/web[1]")!
    expect(step.operations.map(({ verb, host = "two", staged }) => `${verb} ${staged} ${host}`)).toEqual([
      "create staged two",
      "ready staged two",
      "stop joined one",
      "switch joined two",
      "ready joined two",
      "remove joined one",
    ])
  })

  test("takes away what the old host no longer needs after it", async () => {
    const lab = await settledLab(here)
    const { steps } = await planOf(lab, there)
    const publish = steps.find(({ address, host }) => address.startsWith("publish/") && host === "one")!
    expect(publish.after).toContain("move appliance/web[1] on two")
  })
})

describe("a part of a cluster", () => {
  const everybody = offices({ "web[1]": "two", "web[2]": "two", names: "one" })
  const part = async (
    now: Lab,
    desired: DesiredState,
    targets: readonly string[],
    excludes: readonly string[] = [],
  ) => {
    const done = await converge(now.process().world, desired, { operation: "apply", selection: { targets, excludes } })
    expect(done).toMatchObject({ state: "done", refusal: null })
    return done.results.map(({ step }) => step.id)
  }
  const homes = ({ simulation }: Lab) =>
    ["one", "two"].map((host) =>
      ["names", "web[1]", "web[2]"].filter((id) => simulation.appliance(host, "office", id)?.process?.running === true),
    )

  test("that moves leaves its old place, and the rest stays where and as it was", async () => {
    const lab = await settledLab(here)
    const larger = there.appliances.map((one) => (one.id === "web[2]" ? { ...one, memory_bytes: 2 ** 27 } : one))
    const done = await part(lab, { ...there, appliances: larger }, ["web[1]"])
    expect(done).toContain("move appliance/web[1] on two")
    expect(done).not.toContain("update appliance/web[2] on one")
    expect(homes(lab)).toEqual([["names", "web[2]"], ["web[1]"]])
    const rules = JSON.stringify(lab.simulation.host("one").clusters.office!.records["firewall/rules"]!.fields.rules)
    expect(rules).toContain("web[2]")
    const both = await part(lab, everybody, ["web[2]"])
    expect(both).toContain("move appliance/web[2] on two")
    await expectConverges(lab, everybody)
    expect(homes(lab)).toEqual([["names"], ["web[1]", "web[2]"]])
  })

  test("is also what leaves a host, and what is left out of a move runs on", async () => {
    const lab = await settledLab(here)
    const before = JSON.stringify(lab.simulation.host("one").clusters.office!.records["firewall/rules"]!.fields.ports)
    const others = await part(lab, everybody, [], ["web"])
    expect(others.filter((id) => id.endsWith(" on one") || id.startsWith("move"))).toEqual([])
    expect(homes(lab)).toEqual([["names", "web[1]", "web[2]"], []])
    expect(JSON.stringify(lab.simulation.host("one").clusters.office!.records["firewall/rules"]!.fields.ports)).toBe(
      before,
    )
    const all = await part(lab, everybody, ["host:one"])
    expect(all.filter((id) => id.startsWith("move"))).toHaveLength(2)
    await expectConverges(lab, everybody)
  })
})

type Transition = { readonly title: string; readonly from: DesiredState; readonly to: DesiredState }

const renamed: DesiredState = {
  ...here,
  appliances: here.appliances.map((one) => (one.id === "web[1]" ? { ...one, id: "page", name: "page" } : one)),
  flows: [],
  wires: [],
  publishes: [],
  moved: [{ kind: "appliance", from: "web[1]", to: "page", origin: { file: "office.appl", line: 3, column: 1 } }],
}

const transitions: readonly Transition[] = [
  { title: "one with a volume moves", from: here, to: there },
  { title: "one without a volume moves", from: offices({}, {}, false), to: offices({ "web[1]": "two" }, {}, false) },
  { title: "two change places", from: crossing, to: swapped },
  { title: "all leave a host", from: here, to: offices({ "web[1]": "two", "web[2]": "two", names: "two" }) },
  { title: "one has another name now", from: here, to: renamed },
]

const faults = [
  ["kill", (at: number): Fault => ({ kind: "kill", at })],
  ["fail", (at: number): Fault => ({ kind: "fail", at })],
  ["disconnect", (at: number): Fault => ({ kind: "disconnect", at })],
  ["lie", (at: number): Fault => ({ kind: "lie", at })],
  ["disk full", (at: number): Fault => ({ kind: "disk-full", at })],
  ["cut", (at: number): Fault => ({ kind: "cut", at })],
  ["reboot", (at: number): Fault => ({ kind: "reboot", at, duration_ms: 600_000 })],
] as const

describe.each(transitions)("$title", ({ from, to }) => {
  test.for(faults)("%s at every effect, then converge", async ([fault, faultAt]) => {
    const before = await prepared(from)
    const count = await effects(before, to)
    expect(count).toBeGreaterThan(10)
    for (let at = 0; at <= count; at += 1) {
      const store = memoryStore()
      const now = lab(before, {}, fault === "lie" ? store : watching(store))
      const process = now.process([faultAt(at)])
      const described = (error: Error) => {
        error.message = `after a fault at effect ${at} (${process.controller.log[at - 1]}): ${error.message}`
        throw error
      }
      await attempt(process, to).catch(described)
      await expectConverges(now, to).catch(described)
      expect(contentsOf(now, to), `effect ${at}: ${process.controller.log[at - 1]}`).toEqual(
        contentsOf(lab(before), from),
      )
    }
  })

  test("killed at every effect, then the old place is wanted again", async () => {
    const before = await prepared(from)
    const count = await effects(before, to)
    for (let at = 0; at <= count; at += 1) {
      const now = lab(before, {}, watching(memoryStore()))
      const process = now.process([{ kind: "kill", at }])
      await attempt(process, to)
      const back = { ...from, moved: to.moved.map((one) => ({ ...one, from: one.to, to: one.from })) }
      await expectConverges(now, back).catch((error: Error) => {
        error.message = `after a kill at effect ${at} (${process.controller.log[at - 1]}): ${error.message}`
        throw error
      })
      expect(contentsOf(now, from)).toEqual(contentsOf(lab(before), from))
    }
  })
})

test("when the new one does not get ready, the old one runs again where it was, with what it had", async () => {
  const before = await prepared(here)
  const now = lab(before, { verdict: () => null }, watching(memoryStore()))
  const fields = now.simulation.appliance("one", "office", "web[1]")!.fields
  const refusing = lab(
    before,
    { verdict: (seen) => (JSON.stringify(seen.nics) === JSON.stringify(fields.nics) ? "it refuses" : null) },
    watching(memoryStore()),
  )
  const applied = await attempt(refusing.process(), there)
  expect(applied).toMatchObject({ state: "failed" })
  const old = refusing.simulation.appliance("one", "office", "web[1]")!
  expect([old.process!.running, old.joined]).toEqual([true, true])
  expect(refusing.simulation.appliance("two", "office", "web[1]")).toBeNull()
  expect(contentsOf(refusing, here)).toEqual(contentsOf(lab(before), here))
  await expectConverges(lab(snapshot(refusing)), there)
})

async function settledLab(desired: DesiredState): Promise<Lab> {
  const made = lab()
  await expectConverges(made, desired)
  return made
}

async function planOf(now: Lab, desired: DesiredState) {
  const made = await makePlan(now.process().world, desired, { operation: "apply" })
  if (!made.ok) throw new Error(made.failure.message)
  return made.value.plan
}

async function prepared(from: DesiredState): Promise<Snapshot> {
  const made = await settledLab(from)
  for (const { id, host, volumes } of from.appliances)
    for (const { name } of volumes) made.simulation.write(host, "office", id, name, `what ${name} keeps`)
  return snapshot(made)
}

async function effects(before: Snapshot, to: DesiredState): Promise<number> {
  const process = lab(before).process()
  await attempt(process, to)
  return process.controller.log.length
}

/** What is on the volumes of appliances, where they shall be. */
function contentsOf({ simulation }: Lab, desired: DesiredState): readonly unknown[] {
  return desired.appliances.flatMap(({ id, host, volumes }) =>
    volumes.map(({ name }) => contentOf(simulation.host(host), "office", `appliance/${id}`, name)),
  )
}

/** Looks at every state that is saved: no appliance ever answers twice, on one host or on two. */
function watching(store: Store): Store {
  return {
    load: store.load,
    save: (state: SimulatedHosts) => {
      const answering = Object.values(state.hosts)
        .flatMap((host) => Object.values(host.clusters))
        .flatMap((cluster) => Object.values(cluster.things))
        .filter((thing) => thing.joined && thing.process?.running === true)
        .map((thing) => JSON.stringify(thing.fields.nics))
      if (new Set(answering).size !== answering.length) throw new Error(`two answer for one: ${answering.join(" ")}`)
      store.save(state)
    },
  }
}
