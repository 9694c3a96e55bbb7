import { describe, expect, test } from "vitest"
import type { DesiredState } from "../../lang/index.ts"
import type { Options } from "../../runtime/converge.ts"
import type { Fault } from "../../runtime/drivers/simulated/faults.ts"
import { attempt, expectConverges, type Lab, lab, type Snapshot, snapshot } from "./faults.ts"
import { office } from "./fixtures.ts"

/** One change of a cluster: how it was, what happened to it meanwhile, and what shall be. Together they have a step of every kind. */
type Transition = {
  readonly title: string
  readonly from: DesiredState | null
  readonly meanwhile?: (lab: Lab) => void
  readonly to: DesiredState
  readonly operation?: Options["operation"]
  /** Appliances that go on running without a restart, whatever happens. */
  readonly unharmed?: readonly string[]
}

const all = ["edge", "names", "web[1]", "web[2]"]
const with_volume = (packages: readonly string[]) =>
  office({
    webs: 1,
    packages,
    amend: (one) =>
      one.id === "web[1]" ? { ...one, volumes: [{ name: "data", path: "/srv", size_bytes: 1, backup: null }] } : one,
  })
const transitions: readonly Transition[] = [
  { title: "everything is created", from: null, to: office() },
  { title: "a title changes", from: office(), to: office({ title: "Good morning" }), unharmed: all },
  {
    title: "a package changes",
    from: office(),
    to: office({ packages: ["nginx-extras"] }),
    unharmed: ["edge", "names"],
  },
  {
    title: "a package changes under a volume",
    from: with_volume(["nginx-light"]),
    to: with_volume(["nginx-extras"]),
    unharmed: ["edge", "names"],
  },
  { title: "a server is added", from: office(), to: office({ webs: 3 }), unharmed: all },
  { title: "a server is removed", from: office({ webs: 3 }), to: office(), unharmed: all },
  { title: "the network changes", from: office(), to: office({ net: "10.31.0" }) },
  { title: "the published port changes", from: office(), to: office({ port: 8081 }), unharmed: ["names", "web[1]"] },
  {
    title: "more memory",
    from: office(),
    to: office({ amend: (one) => (one.id === "names" ? { ...one, memory_bytes: 2 ** 27 } : one) }),
    unharmed: ["edge", "web[1]", "web[2]"],
  },
  {
    title: "two first processes are gone",
    from: office(),
    meanwhile: ({ simulation }) => {
      simulation.killProcess("local", "office", "names")
      simulation.killProcess("local", "office", "web[2]")
    },
    to: office({ title: "Good morning" }),
    unharmed: ["edge", "web[1]"],
  },
  { title: "everything is destroyed", from: office(), to: office(), operation: "destroy" },
]

describe.each(transitions)("$title", (transition) => {
  const { to, operation = "apply", unharmed = [] } = transition

  test.for([
    ["kill", (at: number): Fault => ({ kind: "kill", at })],
    ["fail", (at: number): Fault => ({ kind: "fail", at })],
    ["disconnect", (at: number): Fault => ({ kind: "disconnect", at })],
    ["lie", (at: number): Fault => ({ kind: "lie", at })],
    ["disk full", (at: number): Fault => ({ kind: "disk-full", at })],
  ] as const)("%s at every effect, then converge", async ([fault, faultAt]) => {
    const before = await prepared(transition)
    const count = await effects(before, transition)
    expect(count).toBeGreaterThan(5)
    for (let at = 0; at <= count; at += 1) {
      const here = lab(before)
      const starts = startsOf(here, unharmed)
      const process = here.process([faultAt(at)])
      await attempt(process, to, operation)
      await expectConverges(here, to, operation).catch((error: Error) => {
        error.message = `after a fault at effect ${at} (${process.controller.log[at - 1]}): ${error.message}`
        throw error
      })
      // What lied is mended as drift, with a restart.
      if (fault !== "lie")
        expect(startsOf(here, unharmed), `effect ${at}: ${process.controller.log[at - 1]}`).toEqual(starts)
    }
  })

  test("killed at every effect, then the old state is wanted again", async () => {
    if (transition.from === null || operation === "destroy") return
    const before = await prepared(transition)
    const count = await effects(before, transition)
    for (let at = 0; at <= count; at += 1) {
      const here = lab(before)
      const process = here.process([{ kind: "kill", at }])
      await attempt(process, to, operation)
      await expectConverges(here, transition.from).catch((error: Error) => {
        error.message = `after a kill at effect ${at} (${process.controller.log[at - 1]}): ${error.message}`
        throw error
      })
    }
  })
})

/** The state from which a transition starts. */
async function prepared({ from, meanwhile }: Transition): Promise<Snapshot> {
  const here = lab()
  if (from !== null) await expectConverges(here, from)
  meanwhile?.(here)
  return snapshot(here)
}

/** How many effects a transition has when nothing goes wrong. */
async function effects(before: Snapshot, { to, operation }: Transition): Promise<number> {
  const process = lab(before).process()
  await attempt(process, to, operation)
  return process.controller.log.length
}

function startsOf({ simulation }: Lab, ids: readonly string[]): unknown[] {
  return ids.map((id) => simulation.appliance("local", "office", id)?.process?.started_ms)
}
