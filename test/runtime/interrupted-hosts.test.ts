import { describe, expect, test } from "vitest"
import type { DesiredState, Rollout } from "../../lang/index.ts"
import type { Options } from "../../runtime/converge.ts"
import type { Fault } from "../../runtime/drivers/simulated/faults.ts"
import { attempt, expectConverges, lab, type Snapshot, snapshot } from "./faults.ts"
import { spread } from "./random.ts"

/** One change of a cluster on three hosts. Together they have a step of every kind, and each kind of rollout. */
type Transition = {
  readonly title: string
  readonly from: DesiredState | null
  readonly to: DesiredState
  readonly operation?: Options["operation"]
}

const update: Rollout = { at_once: 2, canary: 1, healthy_ms: 3_000, turn_back: true }
const volume = true
const transitions: readonly Transition[] = [
  { title: "everything is created", from: null, to: spread("one") },
  { title: "a file changes", from: spread("one"), to: spread("two") },
  { title: "a file is rolled out", from: spread("one", { update }), to: spread("two", { update }) },
  {
    title: "a package is rolled out",
    from: spread("one", { update }),
    to: spread("one", { update, packages: "dnsmasq" }),
  },
  {
    title: "a package is rolled out under volumes",
    from: spread("one", { update, volume }),
    to: spread("one", { update, volume, packages: "dnsmasq" }),
  },
  { title: "a host is left", from: spread("one"), to: spread("one", { keys: [1, 3, 4, 6] }) },
  { title: "everything is destroyed", from: spread("one"), to: spread("one"), operation: "destroy" },
]

describe.each(transitions)("$title on three hosts", ({ from, to, operation = "apply" }) => {
  test.for([
    ["killed", (at: number): Fault => ({ kind: "kill", at })],
    ["failing", (at: number): Fault => ({ kind: "fail", at })],
    ["cut off from one host", (at: number): Fault => ({ kind: "cut", at })],
    ["cut off from all hosts", (at: number): Fault => ({ kind: "disconnect", at })],
    ["with one host that starts anew", (at: number): Fault => ({ kind: "reboot", at, duration_ms: 20_000 })],
  ] as const)("%s at every effect, then converge", async ([, faultAt]) => {
    const before = await prepared(from)
    const whole = lab(before).process()
    await attempt(whole, to, operation)
    expect(whole.controller.log.length).toBeGreaterThan(20)
    for (let at = 0; at <= whole.controller.log.length; at += 1) {
      const here = lab(before)
      await attempt(here.process([faultAt(at)]), to, operation)
      await expectConverges(here, to, operation).catch((error: Error) => {
        error.message = `after a fault at effect ${at} (${whole.controller.log[at - 1]}): ${error.message}`
        throw error
      })
    }
  })

  test("a host that is silent from any question on is told, and never a reason to make something anew", async () => {
    const before = await prepared(from)
    for (let at = 1; at < 40; at += 3) {
      const here = lab(before)
      const ended = await attempt(here.process([{ kind: "silent", at }]), to, operation)
      if (ended === "killed") throw new Error("nobody was to be killed")
      if (ended.refusal !== null) expect(ended.refusal.kind).toBe("host-unreachable")
      await expectConverges(here, to, operation)
    }
  })
})

async function prepared(from: DesiredState | null): Promise<Snapshot> {
  const here = lab()
  if (from !== null) await expectConverges(here, from)
  return snapshot(here)
}
