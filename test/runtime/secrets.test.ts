import fc from "fast-check"
import { describe, expect, test } from "vitest"
import {
  appliedLater,
  type DesiredAppliance,
  type DesiredState,
  filterText,
  type LateExpression,
  type Part,
} from "../../lang/index.ts"
import { type Applied, applyPlan, converge, makePlan } from "../../runtime/converge.ts"
import { simulate } from "../../runtime/drivers/simulated/site.ts"
import { memoryStore } from "../../runtime/drivers/simulated/state.ts"
import { virtualClock } from "../../runtime/hosts/clock.ts"
import type { Event } from "../../runtime/model/event.ts"
import { redactor } from "../../runtime/model/secrets.ts"
import { readPlan } from "../../runtime/plan/schema.ts"
import { memorySecrets } from "../../runtime/secrets.ts"
import type { World } from "../../runtime/world.ts"
import { office } from "./fixtures.ts"
import { holder } from "./simulated.ts"

const canary = "canary-4f1e'\"&"

/** The office with one web server whose file and environment have these parts. */
function withParts(parts: readonly Part[], env: readonly Part[] = parts): DesiredState {
  const amend = (one: DesiredAppliance): DesiredAppliance =>
    one.id === "web[1]"
      ? {
          ...one,
          files: [{ path: "/etc/app", content: { parts }, mode: 0o600, causes: [], origin: one.origin }],
          env: { ALL: { parts: env } },
        }
      : one
  return office({ gateway: "host", webs: 1, amend })
}

function lab(initial: Readonly<Record<string, string>>) {
  const store = memoryStore()
  const clock = virtualClock()
  const simulation = simulate(store, clock, {})
  const secrets = memorySecrets(initial)
  const events: Event[] = []
  let runs = 0
  const world: World = {
    open: simulation.controller().open,
    clock,
    secrets,
    newRunId: () => `${++runs}`.padStart(16, "0"),
    random: () => 0.5,
    holder: holder(2),
    emit: (event) => events.push(event),
    stop: new AbortController().signal,
  }
  const apply = (desired: DesiredState): Promise<Applied> => converge(world, desired, { operation: "apply" })
  const delivered = () => simulation.delivered("local", "office", "web[1]")
  const reasons = async (desired: DesiredState) => {
    const made = await makePlan(world, desired, { operation: "apply" })
    return made.ok ? made.value.plan.steps.flatMap((step) => step.reasons.map((one) => one.what)) : made.failure
  }
  return { world, secrets, events, apply, delivered, reasons, state: () => JSON.stringify(simulation.state()) }
}

describe("a secret", () => {
  const desired = withParts(["password=", { secret: "db/password" }, "\n"])

  test("arrives in the appliance, and nowhere else", async () => {
    const { apply, delivered, state, events } = lab({ "db/password": canary })
    const applied = await apply(desired)
    expect(applied.state).toBe("done")
    expect(delivered()?.files).toMatchObject([{ content: { text: `password=${canary}\n` }, mode: 0o600 }])
    expect(delivered()?.env).toEqual({ ALL: `password=${canary}\n` })
    for (const text of [state(), JSON.stringify(applied), JSON.stringify(events)])
      expect(text).not.toContain("canary-4f1e")
    expect(readPlan(JSON.parse(JSON.stringify(applied.plan)))).toMatchObject({ ok: true })
  })

  test("that nobody changed changes nothing; one that has another value is a reason, without either value", async () => {
    const { apply, reasons, secrets, delivered } = lab({ "db/password": canary })
    await apply(desired)
    expect(await reasons(desired)).toEqual([])
    secrets.set("db/password", "canary-4f1e-two")
    expect(await reasons(desired)).toEqual(["the secret db/password changed"])
    await apply(desired)
    expect(delivered()?.env).toEqual({ ALL: "password=canary-4f1e-two\n" })
  })

  test("that is not there is told before anything is touched", async () => {
    const { apply, state } = lab({})
    expect(await apply(desired)).toMatchObject({ state: "failed", refusal: { kind: "secret-missing" }, results: [] })
    expect(JSON.parse(state()).hosts.local.clusters).toEqual({})
  })

  test("that changed after its plan was made makes the plan stale", async () => {
    const { world, secrets } = lab({ "db/password": canary })
    const made = await makePlan(world, desired, { operation: "apply" })
    if (!made.ok) throw new Error(made.failure.message)
    secrets.set("db/password", "another")
    expect(await applyPlan(world, made.value.plan, desired.hosts)).toMatchObject({ refusal: { kind: "plan-stale" } })
  })

  test("is made once when it may be, as long as it is asked for", async () => {
    const { apply, delivered, reasons } = lab({})
    const generated = withParts([{ secret: "made", length: 20 }])
    expect((await apply(generated)).plan?.secrets).toMatchObject([{ name: "made", length: 20 }])
    const value = delivered()?.env.ALL
    expect(value).toMatch(/^[A-Za-z0-9]{20}$/)
    expect(await reasons(generated)).toEqual([])
  })

  test("is put through the filters that waited for it", async () => {
    const { apply, delivered } = lab({ pw: `a b"c` })
    await apply(
      withParts([
        { filter: "urlencode", of: ["x ", { secret: "pw" }] },
        { filter: "dump", of: [{ secret: "pw" }] },
      ]),
    )
    expect(delivered()?.env.ALL).toBe(`x%20a%20b%22c"a b\\"c"`)
  })
})

describe("what is late", () => {
  const twice: LateExpression = { call: "*", of: [{ fact: "cpus", host: "local" }, { value: 2 }] }

  test("is known when the host was looked at, and then a value like any other", async () => {
    const { apply, delivered, reasons } = lab({})
    const desired = withParts(["cpus ", { late: { fact: "cpus", host: "local" } }, " twice ", { late: twice }])
    await apply(desired)
    expect(delivered()?.env.ALL).toBe("cpus 16 twice 32")
    expect(await reasons(desired)).toEqual([])
  })

  test("stands in outputs", async () => {
    const { world } = lab({})
    const late = [{ path: ["a", 1], of: twice }]
    const desired: DesiredState = {
      ...office({ gateway: "host", webs: 1 }),
      outputs: [{ name: "all", value: { a: [1, null] }, late, origin: { file: "a", line: 1, column: 1 } }],
    }
    const made = await makePlan(world, desired, { operation: "apply" })
    expect(made).toMatchObject({ ok: true, value: { plan: { outputs: [{ name: "all", value: { a: [1, 32] } }] } } })
  })

  test("without a value is told with its place", async () => {
    const { apply } = lab({})
    const none: LateExpression = { call: "div", of: [{ fact: "cpus", host: "local" }, { value: 0 }] }
    const { refusal } = await apply(withParts([{ late: none }]))
    expect(refusal?.message).toContain("local.facts.cpus div 0")
  })
})

describe("hiding", () => {
  test("takes every form of a secret out of any text", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }),
        fc.string({ minLength: 4, maxLength: 40 }),
        fc.string(),
        (before, secret, after) => {
          const hide = redactor([secret])
          const filtered = [...appliedLater].map((filter) => filterText(filter, secret)).filter((form) => form !== "")
          const encoded = encodeURIComponent(secret.toWellFormed())
          for (const form of [secret, encoded, JSON.stringify(secret).slice(1, -1), ...filtered]) {
            expect(hide(`${before}${form}${after}`)).not.toContain(form)
          }
        },
      ),
      { numRuns: Number(process.env.APPL_RUNS ?? 300), seed: Number(process.env.APPL_SEED ?? 1) },
    )
  })

  test("also the lines of a longer one", () => {
    const key = "-----BEGIN KEY-----\nAAAAB3NzaC1yc2E\nBBBBB3NzaC1yc2E\n-----END KEY-----"
    expect(redactor([key])("bad line: BBBBB3NzaC1yc2E")).toBe("bad line: •••")
  })
})
