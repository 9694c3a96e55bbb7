import { expect } from "vitest"
import type { DesiredState, ImagePins } from "../../lang/index.ts"
import { type Applied, converge, makePlan, type Options } from "../../runtime/converge.ts"
import type { Fault } from "../../runtime/drivers/simulated/faults.ts"
import { Killed } from "../../runtime/drivers/simulated/faults.ts"
import { unfinishedOf } from "../../runtime/drivers/simulated/observe.ts"
import {
  type Settings,
  type SimulatedController,
  type Simulation,
  simulate,
} from "../../runtime/drivers/simulated/site.ts"
import { memoryStore, type SimulatedHosts, thingKey } from "../../runtime/drivers/simulated/state.ts"
import { virtualClock } from "../../runtime/hosts/clock.ts"
import type { Event } from "../../runtime/model/event.ts"
import { fieldsOf } from "../../runtime/model/fields.ts"
import type { ManagedObject } from "../../runtime/model/object.ts"
import type { Observed } from "../../runtime/model/observed.ts"
import { toObjects } from "../../runtime/plan/objects.ts"
import { underlaysOf } from "../../runtime/plan/underlay.ts"
import { memorySecrets } from "../../runtime/secrets.ts"
import type { Clock, World } from "../../runtime/world.ts"
import { settled } from "./fixtures.ts"
import { holder } from "./simulated.ts"

/** Simulated hosts with a clock, and processes that work on them. A process lives until its attempt ends, well or badly. */
export type Lab = {
  readonly simulation: Simulation
  readonly clock: Clock
  /** A new process: the world that it has, and its controller. */
  process(faults?: readonly Fault[]): LabProcess
}
export type LabProcess = {
  readonly world: World
  readonly controller: SimulatedController
  readonly events: Event[]
  /** Sets the clock of its machine. */
  readonly setClock: (ahead_ms: number) => void
  /** What Ctrl-C does. */
  readonly stop: () => void
  /** From now on it is dead. */
  readonly end: () => void
}

/** Hosts as they were in `state` at `now_ms`, or empty ones. */
export function lab(
  from: Snapshot | null = null,
  settings: Partial<Settings> = {},
  store = memoryStore(),
  clock = virtualClock(from?.now_ms),
): Lab {
  if (from !== null) store.save(structuredClone(from.state))
  const living = new Set<number>()
  let latest = 1
  const simulation = simulate(store, clock, { isAlive: ({ process_id }) => living.has(process_id), ...settings })
  return {
    simulation,
    clock,
    process: (faults = []) => {
      latest += 1
      living.add(latest)
      const controller = simulation.controller(faults)
      const stop = new AbortController()
      const events: Event[] = []
      const process_id = latest
      let [runs, drawn, ahead_ms] = [0, 0, 0]
      const world: World = {
        open: controller.open,
        clock: { ...clock, now: () => clock.now() + ahead_ms },
        newRunId: () => `${process_id}.${++runs}`.padStart(16, "0"),
        random: () => ((process_id * 7 + ++drawn * 3) % 10) / 10,
        holder: holder(process_id),
        secrets: memorySecrets(),
        emit: (event) => events.push(event),
        stop: stop.signal,
      }
      const setClock = (to_ms: number) => {
        ahead_ms = to_ms
      }
      return { world, controller, events, setClock, stop: () => stop.abort(), end: () => living.delete(process_id) }
    },
  }
}

export type Snapshot = { readonly state: SimulatedHosts; readonly now_ms: number }

export function snapshot({ simulation, clock }: Lab): Snapshot {
  return { state: structuredClone(simulation.state()), now_ms: clock.now() }
}

/** Applies or destroys; a killed controller gives `killed`. */
export async function attempt(
  { world, end }: LabProcess,
  desired: DesiredState,
  operation: Options["operation"] = "apply",
): Promise<Applied | "killed"> {
  try {
    return await converge(world, desired, { operation })
  } catch (error) {
    if (error instanceof Killed) return "killed"
    throw error
  } finally {
    end()
  }
}

/** Applies in a healthy process, and expects everything to be as it should be afterwards. */
export async function expectConverges(
  lab: Lab,
  desired: DesiredState,
  operation: Options["operation"] = "apply",
): Promise<void> {
  const applied = await attempt(lab.process(), desired, operation)
  if (applied === "killed") throw new Error("a healthy process was killed")
  const failures = applied.results.flatMap((result) => (result.state === "failed" ? [result.failure] : []))
  const unsettled = applied.warnings.filter((warning) => !warning.startsWith("the volumes of"))
  expect({ state: applied.state, refusal: applied.refusal, failures, unsettled }).toEqual({
    state: "done",
    refusal: null,
    failures: [],
    unsettled: [],
  })
  const next = await makePlan(lab.process().world, desired, { operation })
  if (!next.ok) throw new Error(next.failure.message)
  expect(next.value.plan.steps.map((step) => [step.id, ...step.reasons.map((reason) => reason.what)])).toEqual([])
  expectAsDesired(lab, operation === "apply" ? desired : null, desired.cluster, next.value.observed)
}

/** What is really there is what was asked for, once, joined, running, with its latest files taken in; and nothing else. */
function expectAsDesired({ simulation }: Lab, desired: DesiredState | null, cluster: string, observed: Observed): void {
  const wanted = desired === null ? [] : objectsOf(desired, simulation.state(), observed)

  for (const [host, state] of Object.entries(simulation.state().hosts)) {
    expect(Object.values(state.builds).every((count) => count === 1)).toBe(true)
    const there = state.clusters[cluster]
    if (desired === null || there === undefined) {
      expect(there).toBeUndefined()
      expect(desired?.appliances.filter((one) => one.host === host) ?? []).toEqual([])
      continue
    }
    expect(there.lease === null || !simulation.isAlive(there.lease.holder)).toBe(true)
    const things = Object.values(there.things)
    // What began on a thing that is gone, as the removal that a crash cut off after its last effect, leaves nothing open.
    const open = unfinishedOf(there).filter((entry) => there.things[thingKey(entry.address, entry.generation)])
    expect(open).toEqual([])
    const objects = wanted.filter((object) => object.host === host)
    expect(things.map((thing) => thing.address).sort()).toEqual(objects.map((object) => object.address).sort())
    for (const object of objects) {
      const thing = things.find((thing) => thing.address === object.address)!
      expect(there.records[object.address]).toMatchObject({ generation: thing.generation, pending: null })
      expect(thing.fields).toEqual(object.fields)
      expect(thing.complete && thing.joined).toBe(true)
      if (object.kind !== "appliance") continue
      expect(thing.process?.running).toBe(true)
      expect([thing.loaded.files, thing.loaded.env]).toEqual([object.fields.files, object.fields.env])
    }
  }
}

function objectsOf(desired: DesiredState, state: SimulatedHosts, observed: Observed): readonly ManagedObject[] {
  const facts = new Map(
    Object.entries(observed.hosts).flatMap(([host, seen]) =>
      seen.kind === "reachable" ? [[host, seen.facts] as const] : [],
    ),
  )
  return toObjects(settled(desired), pinsOf(state), underlaysOf(desired.hosts, facts))
}

/** The packages of every image that any host has. */
function pinsOf(state: SimulatedHosts): Record<string, ImagePins> {
  const things = Object.values(state.hosts).flatMap((host) =>
    Object.values(host.clusters).flatMap((cluster) => Object.values(cluster.things)),
  )
  const images = things.filter((thing) => thing.kind === "image")
  return Object.fromEntries(
    images.map((thing) => [thing.address.slice("image/".length), fieldsOf(thing, "image").pins]),
  )
}
