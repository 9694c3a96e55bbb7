import type { Outcome } from "../model/failure.ts"
import {
  address,
  causes,
  closed,
  closedBut,
  end,
  generation,
  host_name,
  list,
  map,
  nullable,
  ofEachKind,
  one,
  origin,
  path,
  pins,
  plain_name,
  port_span,
  type Schema,
  text,
  validated,
  verb,
  whole,
  yes_or_no,
} from "../model/schema.ts"
import type { Plan, Step, Verb } from "./plan.ts"

/**
 * Gives a plan that was read back from a file, or says what is wrong with it: its shape by JSON Schema, and that its steps come after steps
 * that are there, without a cycle, each for the object that it names.
 */
export function readPlan(value: unknown): Outcome<Plan> {
  const shaped = validated<Plan>(plan_schema, value, "plan")
  if (!shaped.ok) return shaped
  const problem = problemOf(shaped.value)
  if (problem === null) return shaped
  return {
    ok: false,
    failure: { kind: "plan-invalid", message: `this is no plan: ${problem}`, remedy: null, output: [] },
  }
}

const object = ofEachKind({ address, host: host_name, after: list(address), origin, origins: map(origin), causes })

const touched = closed({ written: list(path), removed: list(path), fields: list(text) })

const operation: Schema = {
  ...closedBut(
    { host: host_name, address },
    {
      verb,
      generation,
      staged: one("staged", "joined"),
      undo: nullable(closed({ verb, generation })),
      pending: nullable(verb),
      details: map({}),
    },
  ),
  if: { properties: { verb: one("configure") } },
  // biome-ignore lint/suspicious/noThenProperty: this is the keyword of JSON Schema.
  then: { properties: { details: touched } },
  else: {
    properties: {
      details: {
        properties: {
          delete_volumes: yes_or_no,
          healthy_ms: whole,
          received: yes_or_no,
          from: closed({ host: host_name, address, generation }),
          volumes: list(plain_name),
        },
        additionalProperties: false,
      },
    },
  },
}
const action = one("update", "reload", "restart", "create", "replace", "move", "delete")

const step = closed({
  id: text,
  action,
  address,
  host: host_name,
  after: list(text),
  reasons: list(
    closed({
      what: text,
      from: nullable(text),
      to: nullable(text),
      through: list(text),
      origin: nullable(origin),
      drift: yes_or_no,
    }),
  ),
  diffs: list(closed({ path: text, diff: text })),
  operations: list(operation),
  object: { if: { type: "null" }, else: object },
  previous: nullable(closed({ generation, fields: map({}), causes, after: list(address), origin })),
  interruption: one("none", "moment", "restart", "copied", "gone", null),
})

const flow = closed({ from: end, to: end, ports: list(port_span), cause: text, origin })
const amount = nullable({ type: "number" })

/** The documented shape of `appl apply --dry-run --json` and of a saved plan. */
export const plan_schema: Schema = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "Plan",
  ...closed({
    version: one(2),
    cluster: plain_name,
    operation: one("apply", "destroy"),
    file: text,
    world: map(map(text)),
    steps: list(step),
    rollouts: list(
      closed({
        family: text,
        batches: list(list(text)),
        healthy_ms: nullable(whole),
        back: nullable(map(list(operation))),
      }),
    ),
    kept: whole,
    causes: closed({ source: whole, drift: whole }),
    chosen: nullable(
      closed({
        targets: list(text),
        excludes: list(text),
        taken: list(closed({ address, host: host_name, why: text })),
        left: list(closed({ address, host: host_name, action, why: text })),
      }),
    ),
    builds: list(closed({ image: text, host: host_name, packages: whole, download_bytes: whole })),
    flows: closed({ opened: list(flow), closed: list(flow) }),
    placement: list(
      closedBut(
        { source: one("declared", "discovered") },
        {
          host: text,
          resource: one("cpus", "memory", "disk"),
          wanted: { type: "number" },
          capacity: amount,
          free: amount,
        },
      ),
    ),
    packages: list(closed({ image: text, name: text, from: nullable(text), to: nullable(text) })),
    pins: map(pins),
    outputs: list(closed({ name: text, value: {}, origin })),
    secrets: list(closed({ name: text, version: text, length: nullable(whole) })),
    warnings: list(text),
  }),
}

/** What no schema can say. */
function problemOf(plan: Plan): string | null {
  return problemOfSteps(plan) ?? problemOfRollouts(plan)
}

function problemOfRollouts({ steps, rollouts }: Plan): string | null {
  const known = new Map(steps.map((step) => [step.id, step]))
  for (const { family, batches, back } of rollouts) {
    const members = new Set(batches.flat())
    const unknown = [...members, ...Object.keys(back ?? {})].find((id) => !known.has(id) || !members.has(id))
    if (unknown !== undefined) return `the rollout of ${family} has ${unknown}, which is no step of it`
    for (const [id, operations] of Object.entries(back ?? {})) {
      const step = known.get(id)!
      if (step.previous === null || step.object === null) return `${id} cannot be turned back`
      // What turns back has the same verbs as a step, for the object as it was.
      const problem = problemOfStep({ ...step, operations, object: { ...step.object, fields: step.previous.fields } })
      if (problem !== null) return `turning back ${id} ${problem}`
    }
  }
  return null
}

function problemOfSteps({ steps }: Plan): string | null {
  const ids = new Set(steps.map((step) => step.id))
  if (ids.size !== steps.length) return "two steps have one name"
  const seen = new Set<string>()
  for (const one of steps) {
    const unknown = one.after.find((id) => !ids.has(id))
    if (unknown !== undefined) return `${one.id} comes after ${unknown}, which is no step`
    // The steps stand in an order that respects `after`: so a cycle shows as a step that comes too early.
    const late = one.after.find((id) => !seen.has(id))
    if (late !== undefined) return `${one.id} stands before ${late}, which it comes after`
    const problem = problemOfStep(one)
    if (problem !== null) return `${one.id} ${problem}`
    seen.add(one.id)
  }
  return null
}

function problemOfStep({ action, address, host, object, operations, previous }: Step): string | null {
  if ((object === null) !== (action === "delete")) return "has no object, or one too many"
  if (object !== null && (object.address !== address || object.host !== host)) return "is for another object"
  if (object !== null && !address.startsWith(`${object.kind}/`)) return "is for another kind of object"
  if (object === null && operations.some(({ verb }) => verb !== "remove")) return "has nothing to make"
  if (object?.fields.reload === null && operations.some(({ verb }) => verb === "reload")) return "has no reload"
  if (operations.some(({ verb }) => !verbsOf(address).includes(verb))) return "does what such a thing has no verb for"
  if (operations.some(({ undo }) => undo?.verb === "switch") && previous === null) return "cannot be taken back"
  const elsewhere = operations.filter((operation) => operation.host !== undefined || operation.address !== undefined)
  if (elsewhere.length > 0 && action !== "move") return "works on another object, and is no move"
  if (elsewhere.some((operation) => !elsewhere_verbs.includes(operation.verb))) return "makes something elsewhere"
  if (elsewhere.some((one) => one.address?.startsWith("appliance/") === false)) return "works on another kind of object"
  if (action === "move" && previous === null) return "moves nothing"
  if (operations.some(({ verb, details }) => verb === "receive" && details.from === undefined))
    return "receives from nowhere"
  return null
}

function verbsOf(address: Step["address"]): readonly Verb[] {
  if (address.startsWith("appliance/")) return appliance_verbs
  return address.startsWith("image/") ? ["build", "remove"] : ["set", "remove"]
}

const appliance_verbs: readonly Verb[] = [
  ...(["create", "configure", "reload", "restart", "ready", "switch", "remove", "record"] as const),
  ...(["stop", "receive", "settle"] as const),
]

/** What a move does at the place that it leaves. */
const elsewhere_verbs: readonly Verb[] = ["stop", "settle", "remove"]
