import { describe, expect, test } from "vitest"
import type { DesiredState } from "../../lang/index.ts"
import { type Applied, applyPlan, makePlan } from "../../runtime/converge.ts"
import type { Fault } from "../../runtime/drivers/simulated/faults.ts"
import { canReach, publishedPage } from "../../runtime/drivers/simulated/reach.ts"
import type { Settings } from "../../runtime/drivers/simulated/site.ts"
import { virtualClock } from "../../runtime/hosts/clock.ts"
import type { Event } from "../../runtime/model/event.ts"
import type { ApplianceFields } from "../../runtime/model/fields.ts"
import { attempt, expectConverges, type Lab, lab } from "./faults.ts"
import { office } from "./fixtures.ts"

/** A check that never passes as long as the appliance has this in one of its files. */
const broken_when = (words: string): Pick<Settings, "verdict"> => ({
  verdict: (fields: ApplianceFields) => (JSON.stringify(fields.files).includes(words) ? "status 500" : null),
})

async function applied(here: Lab, desired: DesiredState, faults: readonly Fault[] = []) {
  const process = here.process(faults)
  const result = await attempt(process, desired)
  if (result === "killed") throw new Error("nobody was to be killed")
  return { ...process, result }
}

function states({ results }: Applied): Record<string, string> {
  return Object.fromEntries(results.map((result) => [result.step.id, result.state]))
}

function ofKind<K extends Event["kind"]>(events: readonly Event[], kind: K): (Event & { kind: K })[] {
  return events.filter((event): event is Event & { kind: K } => event.kind === kind)
}

describe("the walk", () => {
  test("starts a dependant only when the checks of what it needs have passed", async () => {
    const { events } = await applied(lab(), office())
    const finished = ofKind(events, "step-finished").map((event) => event.address)
    const at = (kind: Event["kind"], address: string) =>
      events.findIndex((event) => event.kind === kind && "address" in event && event.address === address)
    expect(finished.indexOf("appliance/names")).toBeLessThan(finished.indexOf("appliance/web[1]"))
    expect(at("step-started", "appliance/web[1]")).toBeGreaterThan(at("step-finished", "appliance/names"))
    expect(at("step-started", "publish/8080-tcp")).toBeGreaterThan(at("step-finished", "appliance/web[1]"))
  })

  test("a failed step blocks what depends on it, is reported once, and everything else is done", async () => {
    const here = lab()
    const names = (await applied(lab(), office())).controller.log.indexOf("create appliance/names: start")
    const { result, events } = await applied(here, office(), [{ kind: "fail", at: names + 1 }])
    expect(result.state).toBe("failed")
    expect(states(result)).toMatchObject({
      "create appliance/names": "failed",
      "create appliance/web[1]": "blocked",
      "create appliance/web[2]": "blocked",
      "create publish/8080-tcp": "blocked",
      "create appliance/edge": "done",
    })
    expect(ofKind(events, "step-failed")).toHaveLength(1)
    expect(ofKind(events, "step-blocked").map((event) => event.by)).toEqual(Array(3).fill("create appliance/names"))
    expect(ofKind(events, "finished")).toMatchObject([{ failed: 1, blocked: 3, left: 0 }])
    expect(here.simulation.appliance("local", "office", "names")).toBeNull()
    await expectConverges(here, office())
  })

  test("as many operations run at once as the host allows, and one image build", async () => {
    const here = lab()
    let [operations, most, builds, most_builds] = [0, 0, 0, 0]
    const { world } = here.process()
    const made = await makePlan(world, office({ webs: 30 }), { operation: "apply" })
    if (!made.ok) throw new Error(made.failure.message)
    const counting = {
      ...world,
      open: async (host: Parameters<typeof world.open>[0]) => {
        const opened = await world.open(host)
        if (!opened.ok) return opened
        const { perform, ...driver } = opened.value
        return {
          ok: true as const,
          value: {
            ...driver,
            perform: async (work: Parameters<typeof perform>[0]) => {
              if (work.operation.verb === "build") most_builds = Math.max(most_builds, ++builds)
              else most = Math.max(most, ++operations)
              const answer = await perform(work)
              if (work.operation.verb === "build") builds -= 1
              else operations -= 1
              return answer
            },
          },
        }
      },
    }
    expect((await applyPlan(counting, made.value.plan, office().hosts)).state).toBe("done")
    expect([most, most_builds]).toEqual([8, 1])
  })

  test("a step that says nothing for long is called quiet, once per silence", async () => {
    const { events } = await applied(lab(), office(), [{ kind: "hang", at: 3, duration_ms: 60_000 }])
    const quiet = ofKind(events, "step-quiet")
    expect(quiet.map((event) => event.address)).toHaveLength(new Set(quiet.map((event) => event.address)).size)
    expect(quiet.length).toBeGreaterThan(0)
  })

  test("after Ctrl-C what runs is finished, nothing new begins, the lease is free, and apply goes on", async () => {
    const here = lab()
    const process = here.process()
    // While the name server's image is built, which takes seconds.
    void here.clock.sleep(2_000).then(process.stop)
    const result = await attempt(process, office())
    if (result === "killed") throw new Error("nobody was to be killed")
    expect(result.state).toBe("interrupted")
    expect(ofKind(process.events, "interrupted")).toHaveLength(1)
    const started = ofKind(process.events, "step-started").map((event) => event.step)
    const ended = ofKind(process.events, "step-finished").map((event) => event.step)
    expect(ended.sort()).toEqual(started.sort())
    expect(Object.values(states(result))).toContain("left")
    expect(here.simulation.host("local").clusters.office!.lease).toBeNull()
    await expectConverges(here, office())
  })
})

describe("undo", () => {
  test("a new appliance that is not ready is kept, so that its logs can be read, and said so", async () => {
    const here = lab(null, broken_when("Bad page"))
    const { result } = await applied(here, office({ title: "Bad page" }))
    const failed = result.results.find((one) => one.step.address === "appliance/web[1]")!
    expect(failed).toMatchObject({
      state: "failed",
      failure: { kind: "not-ready", output: ['check "front page": status 500'] },
    })
    expect(failed.state === "failed" && failed.failure.remedy).toContain("logs")
    expect(here.simulation.appliance("local", "office", "web[1]")?.process?.running).toBe(true)
    await expectConverges(here, office())
  })

  test("a replacement that is not ready goes, and the old one has never stopped", async () => {
    const here = lab(null, broken_when("Bad page"))
    await expectConverges(here, office())
    const before = here.simulation.appliance("local", "office", "web[1]")
    const bad = office({ title: "Bad page", packages: ["nginx-extras"] })
    const { result } = await applied(here, bad)
    expect(states(result)["replace appliance/web[1]"]).toBe("failed")
    expect(here.simulation.appliance("local", "office", "web[1]")).toEqual(before)
    const things = Object.values(here.simulation.host("local").clusters.office!.things)
    expect(things.filter((thing) => thing.address === "appliance/web[1]")).toHaveLength(1)
    await expectConverges(here, office())
  })

  test("a replacement that fails after the switch gives the networks and the record back", async () => {
    const here = lab()
    await expectConverges(here, office({ webs: 1 }))
    const desired = office({ webs: 1, packages: ["nginx-extras"] })
    // The new one passes its checks beside the old one, and stops to as soon as it has the network.
    const { world } = here.process()
    const made = await makePlan(world, desired, { operation: "apply" })
    if (!made.ok) throw new Error(made.failure.message)
    const watching: typeof world = {
      ...world,
      open: async (host) => {
        const opened = await world.open(host)
        if (!opened.ok) return opened
        const { perform, ...driver } = opened.value
        const spoil: typeof perform = async (work) => {
          const answer = await perform(work)
          if (work.operation.verb === "switch" && work.operation.generation === 2) {
            here.simulation.breakCheck("local", "office", "web[1]", "front page")
          }
          return answer
        }
        return { ok: true, value: { ...driver, perform: spoil } }
      },
    }
    const result = await applyPlan(watching, made.value.plan, desired.hosts)
    const failed = result.results.find((one) => one.step.address === "appliance/web[1]")!
    expect(failed).toMatchObject({
      state: "failed",
      failure: { output: [expect.any(String), "taken back: switch", "taken back: create"] },
    })
    const record = here.simulation.host("local").clusters.office!.records["appliance/web[1]"]!
    expect(record.generation).toBe(1)
    expect(here.simulation.appliance("local", "office", "web[1]")).toMatchObject({ generation: 1, joined: true })
    await expectConverges(here, office({ webs: 1 }))
  })

  test("an old generation that cannot be removed does not cost the new one", async () => {
    const here = lab()
    await expectConverges(here, office({ webs: 1 }))
    const desired = office({ webs: 1, packages: ["nginx-extras"] })
    const trial = lab({ state: structuredClone(here.simulation.state()), now_ms: here.clock.now() })
    const remove = (await applied(trial, desired)).controller.log.indexOf("remove appliance/web[1]: delete")
    const { result } = await applied(here, desired, [{ kind: "fail", at: remove + 1 }])
    expect(states(result)["replace appliance/web[1]"]).toBe("failed")
    expect(here.simulation.appliance("local", "office", "web[1]")).toMatchObject({ generation: 2, joined: true })
    const next = await makePlan(here.process().world, desired, { operation: "apply" })
    expect(next.ok && next.value.plan.steps.map((step) => step.id)).toEqual([
      "update appliance/web[1]",
      expect.any(String),
    ])
    await expectConverges(here, desired)
  })
})

describe("a plan that was made before", () => {
  test("is refused when its world has changed, saying what differs, and leaves no lease", async () => {
    const here = lab()
    await expectConverges(here, office())
    const made = await makePlan(here.process().world, office({ title: "Good morning" }), { operation: "apply" })
    if (!made.ok) throw new Error(made.failure.message)
    here.simulation.killProcess("local", "office", "names")
    const refused = await applyPlan(here.process().world, made.value.plan, office().hosts)
    expect(refused).toMatchObject({
      state: "failed",
      results: [],
      refusal: { kind: "plan-stale", output: ["appliance/names on host local has changed"] },
    })
    expect(here.simulation.host("local").clusters.office!.lease).toBeNull()
  })

  test("is applied when only what decides nothing has changed", async () => {
    const here = lab()
    const made = await makePlan(here.process().world, office(), { operation: "apply" })
    if (!made.ok) throw new Error(made.failure.message)
    await here.clock.sleep(3_600_000)
    expect(await applyPlan(here.process().world, made.value.plan, office().hosts)).toMatchObject({ state: "done" })
  })
})

describe("the simulated hosts", () => {
  test("let through what a wire opened, and nothing else", async () => {
    const here = lab()
    await expectConverges(here, office())
    const host = here.simulation.host("local")
    const reach = (from: Parameters<typeof canReach>[2], appliance: string, port: number, protocol: "tcp" | "udp") =>
      canReach(host, "office", from, { appliance, port, protocol })
    expect(reach({ appliance: "web[1]" }, "names", 53, "udp")).toBe(true)
    expect(reach({ appliance: "web[1]" }, "names", 2222, "tcp")).toBe(false)
    expect(reach({ appliance: "names" }, "web[1]", 80, "tcp")).toBe(false)
    expect(reach("outside", "web[1]", 80, "tcp")).toBe(true)
    expect(reach("outside", "web[2]", 80, "tcp")).toBe(false)
    here.simulation.killProcess("local", "office", "names")
    expect(reach({ appliance: "web[1]" }, "names", 53, "udp")).toBe(false)
  })

  test("give the published page, through the edge", async () => {
    const here = lab()
    await expectConverges(here, office())
    const host = here.simulation.host("local")
    expect(publishedPage(host, "office", 8080, "/")).toContain("<h1>Welcome to the office</h1>")
    await expectConverges(here, office({ title: "Good morning" }))
    expect(publishedPage(host, "office", 8080, "/")).toContain("<h1>Good morning</h1>")
    here.simulation.killProcess("local", "office", "edge")
    expect(publishedPage(host, "office", 8080, "/")).toBeNull()
  })
})

describe("simulated hosts in a file", () => {
  /** What a file does to a state: nobody holds on to what another process changes. */
  function fileStore() {
    let text = JSON.stringify({ version: 1, hosts: {} })
    return {
      load: () => JSON.parse(text),
      save: (state: unknown) => {
        text = JSON.stringify(state)
      },
    }
  }

  test("are the same for two processes, of which one waits for the other", async () => {
    const [store, clock] = [fileStore(), virtualClock()]
    const one = lab(null, { isAlive: () => true }, store, clock)
    const other = lab(null, { isAlive: () => true }, store, clock)
    const [first, second] = await Promise.all([
      attempt(one.process(), office()),
      attempt(other.process(), office({ webs: 3 })),
    ])
    expect([first, second]).toMatchObject([{ state: "done" }, { state: "done" }])
    await expectConverges(one, office({ title: "Good morning" }))
    await expectConverges(other, office(), "destroy")
  })

  test("have the memory that was declared, and no more", async () => {
    const here = lab()
    const desired = office({ webs: 1 })
    const hosts = desired.hosts.map((host) => ({ ...host, capacity: { memory_bytes: 200 * 2 ** 20 } }))
    const { result } = await applied(here, { ...desired, hosts })
    const failed = result.results.flatMap((one) => (one.state === "failed" ? [one.failure.message] : []))
    expect(failed).toEqual(["the host has no memory left"])
  })
})
