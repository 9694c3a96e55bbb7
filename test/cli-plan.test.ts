import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { forged, makePlace, type Place } from "./cli/command.ts"

const office = "02-office/office.appl"

async function savedPlan(place: Place) {
  const saved = await place.appl("apply", office, "--simulated", "--dry-run", "--out", "plan.json")
  expect(saved.code).toBe(2)
  return JSON.parse(readFileSync(join(place.folder, "plan.json"), "utf8"))
}

describe("a saved plan", () => {
  test("that was changed is refused, anywhere in it", async (context) => {
    const place = makePlace(context)
    const saved = await savedPlan(place)
    const changes: readonly ((copy: typeof saved) => void)[] = [
      (copy) => (copy.plan.cluster = "other"),
      (copy) => (copy.plan.steps[3].reasons = []),
      (copy) => (copy.plan.world.local = { x: "y" }),
      (copy) => (copy.hosts[0].name = "other"),
      (copy) => (copy.lock.content.deployed = {}),
      (copy) => delete copy.digest,
    ]
    for (const change of changes) {
      const copy = structuredClone(saved)
      change(copy)
      place.write("plan.json", JSON.stringify(copy))
      const refused = await place.appl("apply", "plan.json", "--yes")
      expect([refused.code, refused.err]).toEqual([
        1,
        expect.stringMatching(/changed after it was saved[\s\S]*plan again/),
      ])
    }
    place.write("plan.json", JSON.stringify(saved))
    expect((await place.appl("apply", "plan.json", "--yes")).code).toBe(0)
  })

  test("of another version says so, and what to do", async (context) => {
    const place = makePlace(context)
    const saved = await savedPlan(place)
    for (const [version, age] of [
      [1, "an older"],
      [3, "a newer"],
    ] as const) {
      place.write("plan.json", forged({ ...saved, version }))
      const refused = await place.appl("apply", "plan.json", "--yes")
      expect(refused.code).toBe(1)
      expect(refused.err).toMatch(new RegExp(`saved by ${age} version of appl[\\s\\S]*plan again: appl apply`))
    }
  })

  test("is for the cluster and the choice that it was made for", async (context) => {
    const place = makePlace(context)
    await savedPlan(place)
    const other = await place.appl("apply", "plan.json", "--yes", "--as", "blue")
    expect([other.code, other.err]).toEqual([1, expect.stringMatching(/is a plan for office, and --as says blue/)])
    for (const words of [["--target", "web"], ["--replace", "web"], ["--simulated"], ["--cluster", "office"]]) {
      const refused = await place.appl("apply", "plan.json", "--yes", ...words)
      expect([refused.code, refused.err]).toEqual([1, expect.stringMatching(/was planned already, and --/)])
    }
    expect((await place.appl("apply", "plan.json", "--yes", "--as", "office")).code).toBe(0)
  })

  test("of a world that is gone says what differs, and leaves no lease", async (context) => {
    const place = makePlace(context)
    await savedPlan(place)
    expect((await place.appl("apply", office, "--simulated", "--yes", "--target", "names")).code).toBe(0)
    const stale = await place.appl("apply", "plan.json", "--yes")
    expect(stale.code).toBe(1)
    expect(stale.err).toMatch(
      /have changed since this plan was made[\s\S]*appliance\/names on host local is there now[\s\S]*plan again/,
    )
    const state = JSON.parse(readFileSync(join(place.folder, "state/appl/simulated/hosts.json"), "utf8"))
    expect(state.hosts.local.clusters.office.lease).toBeNull()
  })
})

describe("a policy", () => {
  const policy = `use { plan } from "std/plan"

test "only a few new appliances" {
  assert [for step in plan.created if step.kind == "appliance": step.name].length <= 3
}

test "nothing that is there stops answering" {
  for step in plan.replaced { assert step.interruption == "none" }
}
`

  test("beside the file is asked before anything is touched, and shows what did not hold", async (context) => {
    const place = makePlace(context)
    place.write("02-office/policy.appl", policy)
    const dry = await place.appl("apply", office, "--simulated", "--dry-run")
    expect(dry.code).toBe(1)
    expect(dry.err).toMatch(
      /policy only a few new appliances[\s\S]*error A0701: this does not hold[\s\S]*\["edge", "names"/,
    )
    expect(dry.err).toMatch(/error: a policy forbids this plan: "only a few new appliances" of 02-office\/policy\.appl/)
    const applied = await place.appl("apply", office, "--simulated", "--yes")
    expect([applied.code, applied.err]).toEqual([1, expect.stringMatching(/a policy forbids this plan/)])
    expect((await place.appl("status", office, "--simulated", "--json")).out).not.toMatch(/running/)
    // Fewer at once are within it.
    expect((await place.appl("apply", office, "--simulated", "--yes", "--target", "names", "edge")).code).toBe(0)
    expect((await place.appl("apply", office, "--simulated", "--yes")).code).toBe(0)
  })

  test("in a saved plan, of a destroy and for machines is the same", async (context) => {
    const place = makePlace(context)
    await savedPlan(place)
    place.write("mine.appl", 'use { plan } from "std/plan"\n\ntest "closed" {\n  assert plan.steps.length == 0\n}\n')
    const words = ["--policy", "mine.appl"]
    expect((await place.appl("apply", "plan.json", "--yes", ...words)).code).toBe(1)
    expect((await place.appl("apply", "plan.json", "--yes")).code).toBe(0)
    expect((await place.appl("destroy", office, "--simulated", "--yes", ...words)).code).toBe(1)
    const said = await place.appl("destroy", office, "--simulated", "--dry-run", "--json", ...words)
    expect(said.code).toBe(1)
    const lines = said.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
    expect(lines[1].policies).toMatchObject([{ file: "mine.appl", title: "closed", passed: false }])
    expect(lines[1].policies[0].values).toContainEqual({ expression: "plan.steps.length", value: expect.any(String) })
    expect(lines[2].error.message).toMatch(/a policy forbids this plan/)
  })

  test("with an error, without a test or not there forbids, with an ordinary diagnostic", async (context) => {
    const place = makePlace(context)
    place.write("typed.appl", 'use { plan } from "std/plan"\n\ntest "x" {\n  assert plan.deletd.length == 0\n}\n')
    const typed = await place.appl("apply", office, "--simulated", "--dry-run", "--policy", "typed.appl")
    expect([typed.code, typed.err]).toEqual([
      1,
      expect.stringMatching(/error A\d{4}[\s\S]*deletd[\s\S]*deleted[\s\S]*typed\.appl has errors/),
    ])
    place.write("empty.appl", "let x = 1\n")
    const empty = await place.appl("apply", office, "--simulated", "--dry-run", "--policy", "empty.appl")
    expect([empty.code, empty.err]).toEqual([1, expect.stringMatching(/empty\.appl holds no policy/)])
    const none = await place.appl("apply", office, "--simulated", "--dry-run", "--policy", "none.appl")
    expect([none.code, none.err]).toEqual([1, expect.stringMatching(/there is no policy none\.appl/)])
  })
})

test("drift is told apart from what the source asks for", async (context) => {
  const place = makePlace(context)
  expect((await place.appl("apply", office, "--simulated", "--yes")).code).toBe(0)
  const path = join(place.folder, "state/appl/simulated/hosts.json")
  const state = JSON.parse(readFileSync(path, "utf8"))
  for (const thing of Object.values<{ address: string; process: { running: boolean } }>(
    state.hosts.local.clusters.office.things,
  ))
    if (thing.address === "appliance/web[1]") thing.process.running = false
  place.write("state/appl/simulated/hosts.json", JSON.stringify(state))
  const dry = await place.appl("apply", office, "--simulated", "--dry-run", "--set", "domain=other.test")
  expect(dry.out).toMatch(/drift: its first process is not running/)
  expect(dry.out).toMatch(/Does not answer: .*web\[1\].* while it restarts\./)
  expect(dry.out).toMatch(/\(\d by the source, 1 by drift\)\.\n$/)
  const { plan } = JSON.parse((await place.appl("apply", office, "--simulated", "--dry-run", "--json")).out)
  expect(plan.causes).toEqual({ source: 0, drift: 1 })
})
