import type { Address } from "../model/object.ts"
import type { Observed, ObservedObject, Reachable } from "../model/observed.ts"
import { readRecord } from "../model/schema.ts"
import type { Operation, Plan, Step } from "./plan.ts"
import { worldOf } from "./world.ts"

/** A record that cannot be read, or that is missing beside an appliance that runs; with the generations that are there. */
type Lost = {
  readonly host: string
  readonly address: Address
  readonly why: string
  readonly there: readonly ObservedObject[]
}

export type Repairing = { readonly set_aside: boolean }

/** What was observed, without all that has lost its record: planned from it, each of these is new, so that its step says what it shall be. */
export function withoutLost(observed: Observed): Observed {
  const lost = new Set(lostOf(observed).map(({ host, address }) => `${host} ${address}`))
  const hosts = Object.entries(observed.hosts).map(([host, seen]) => {
    if (seen.kind === "unreachable") return [host, seen] as const
    const objects = seen.objects.filter(({ address }) => !lost.has(`${host} ${address}`))
    return [host, { ...seen, objects }] as const
  })
  return { hosts: Object.fromEntries(hosts) }
}

/**
 * A plan that writes the lost records again. `made` was planned from `withoutLost`. What is small is set again; of an appliance the host compares
 * what is there with what the source says, and records it when that is the same. With `set_aside` the records are forgotten instead, as are
 * those of what is neither there nor in the source.
 */
export function repairPlan(made: Plan, observed: Observed, { set_aside }: Repairing): Plan {
  const steps = lostOf(observed).map((lost) =>
    repairStep(lost, made, Object.keys(observed.hosts).length, { set_aside }),
  )
  return {
    ...made,
    world: worldOf(observed),
    steps,
    causes: { source: 0, drift: steps.length },
    builds: [],
    flows: { opened: [], closed: [] },
    packages: [],
  }
}

function repairStep(lost: Lost, made: Plan, hosts: number, { set_aside }: Repairing): Step {
  const { host, address, why, there } = lost
  const wanted = made.steps.find((step) => step.address === address && step.host === host)?.object ?? null
  const generation = (there.find(({ life }) => life === "running") ?? there[0])?.generation ?? 1
  const appliance = address.startsWith("appliance/")
  const forgets = wanted === null || (appliance && (set_aside || there.length === 0))
  const verb = forgets || appliance ? "record" : address.startsWith("image/") ? "build" : "set"
  const operation: Operation = { verb, generation, staged: "joined", undo: null, pending: null, details: {} }
  const next = forgets ? "it is forgotten, and the next apply decides anew" : "it is written again"
  return {
    id: `repair ${address}${hosts > 1 ? ` on ${host}` : ""}`,
    address,
    host,
    action: "update",
    object: forgets ? null : wanted,
    previous: null,
    operations: [operation],
    after: [],
    reasons: [
      { what: `${why}; ${next}`, from: null, to: null, through: [], origin: wanted?.origin ?? null, drift: true },
    ],
    diffs: [],
    interruption: null,
  }
}

function lostOf(observed: Observed): readonly Lost[] {
  return Object.entries(observed.hosts).flatMap(([host, seen]) =>
    seen.kind === "unreachable" ? [] : lostOn(seen).map((lost) => ({ host, ...lost })),
  )
}

function lostOn(seen: Reachable): readonly Omit<Lost, "host">[] {
  const all = Map.groupBy(seen.objects, ({ address }) => address)
  return [...all].flatMap(([address, objects]) => {
    // What stands for a damaged record alone is no more than partly there.
    const there = objects.filter(({ record, life }) => record === null || life === "running")
    const read = objects.flatMap(({ record }) => (record === null ? [] : [readRecord(record)]))
    const damage = read.find((one) => !one.ok)
    if (damage !== undefined && !damage.ok)
      return [{ address, why: `its record is damaged: ${damage.failure.message}`, there }]
    const runs = there.some(({ life }) => life === "running")
    if (read.length === 0 && runs && address.startsWith("appliance/"))
      return [{ address, why: "it has no record", there }]
    return []
  })
}
