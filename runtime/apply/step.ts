import { PassThrough } from "node:stream"
import type { Driver, Transfer, Work } from "../drivers/driver.ts"
import type { Event } from "../model/event.ts"
import type { Failure, Outcome } from "../model/failure.ts"
import { limits } from "../model/limits.ts"
import type { ManagedObject } from "../model/object.ts"
import type { SecretValues } from "../model/secrets.ts"
import type { Operation, Source, Step, Verb } from "../plan/plan.ts"
import type { Clock } from "../world.ts"
import { waitUntilReady } from "./readiness.ts"
import type { Slots } from "./slots.ts"

/** What steps share while they run. */
export type Running = {
  readonly cluster: string
  readonly run_id: string
  readonly drivers: Readonly<Record<string, Driver>>
  readonly clock: Clock
  readonly emit: (event: Unstamped) => void
  /** Aborted when nothing new may begin: Ctrl-C, or a lost lease. */
  readonly stop: AbortSignal
  readonly secrets: SecretValues
  readonly tokenOf: (host: string) => number
  /** Places for operations and for image builds, per host. */
  readonly slotsOf: (host: string, verb: Verb) => Slots
  /** Called with every sign of life of a step. */
  readonly heard: (step: Step) => void
}
/** An event before the walk puts the time on it. */
export type Unstamped = Event extends infer E ? (E extends Event ? Omit<E, "at_ms"> : never) : never

export type StepEnd =
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly failure: Failure }
  /** It had not begun when the signal to stop came. */
  | { readonly kind: "left" }

/** Does the operations of one step in order. When one fails, what the earlier ones did is taken back where that makes sense. */
export async function runStep(step: Step, running: Running): Promise<StepEnd> {
  const done: Operation[] = []
  const began_ms = running.clock.elapsed()
  for (const [index, operation] of step.operations.entries()) {
    const host = operation.host ?? step.host
    const give = operation.verb === "ready" ? null : await running.slotsOf(host, operation.verb).take()
    if (index === 0) {
      if (running.stop.aborted) {
        give?.()
        return { kind: "left" }
      }
      running.heard(step)
      running.emit({ kind: "step-started", ...nameOf(step), action: step.action, host: step.host })
    }
    const failure = await doOperation(step, operation, index, running).finally(() => give?.())
    if (failure !== null) return { kind: "failed", failure: await takenBack(step, operation, done, failure, running) }
    done.push(operation)
  }
  const took_ms = running.clock.elapsed() - began_ms
  running.emit({ kind: "step-finished", ...nameOf(step), action: step.action, took_ms })
  return { kind: "done" }
}

function nameOf(step: Step): { readonly step: string; readonly address: Step["address"] } {
  return { step: step.id, address: step.address }
}

async function doOperation(step: Step, operation: Operation, index: number, running: Running): Promise<Failure | null> {
  const progress = (message: string) => {
    running.heard(step)
    running.emit({ kind: "step-progress", ...nameOf(step), message })
  }
  if (operation.verb === "ready") {
    const { cluster, clock, stop } = running
    return waitUntilReady({
      driver: running.drivers[step.host]!,
      cluster,
      object: step.object!,
      operation,
      clock,
      stop,
      progress,
    })
  }
  const work: Omit<Work, "operation" | "object"> = {
    cluster: running.cluster,
    operation_id: `${running.run_id}/${step.id}/${index}`,
    token: running.tokenOf(operation.host ?? step.host),
    address: operation.address ?? step.address,
    secrets: running.secrets,
    progress,
  }
  const object = operation.verb === "remove" ? null : objectOf(step, operation)
  const outcome =
    operation.verb === "receive"
      ? await carryOver(step, { ...work, operation, object }, running)
      : await running.drivers[operation.host ?? step.host]!.perform({ ...work, operation, object })
  running.heard(step)
  return outcome.ok ? null : outcome.failure
}

/** Where another object is meant than that of the step, it is what the step moves: as it was. */
function objectOf(step: Step, operation: Operation): ManagedObject | null {
  return operation.host === undefined ? step.object : asItWas(step, operation)
}

/** Reads volumes on the host that has them, and writes them on the one that gets them, both at once; when one fails, the other ends too. */
async function carryOver(step: Step, receiving: Work, running: Running): Promise<Outcome<null>> {
  const { from, volumes } = receiving.operation.details as unknown as { from: Source; volumes: readonly string[] }
  const transfer: Transfer = { volumes, bytes: new PassThrough(), digest: Promise.withResolvers<string>() }
  transfer.bytes.on("error", () => {})
  transfer.digest.promise.catch(() => {})
  const breakOff = (why: Error) => {
    transfer.bytes.destroy(why)
    transfer.digest.reject(why)
  }
  const end = (work: Promise<Outcome<null>>) =>
    work.then(
      (outcome) => {
        if (!outcome.ok) breakOff(new Error(outcome.failure.message))
        return outcome
      },
      (error: unknown) => {
        breakOff(new Error(String(error)))
        throw error
      },
    )
  const operation: Operation = { ...receiving.operation, ...from, verb: "send", undo: null, details: {} }
  const sending: Work = {
    ...receiving,
    operation_id: `${receiving.operation_id}/send`,
    token: running.tokenOf(from.host),
    operation,
    address: from.address,
    object: asItWas(step, operation),
    transfer,
  }
  const give = await running.slotsOf(from.host, "send").take()
  const [sent, received] = await Promise.all([
    end(running.drivers[from.host]!.perform(sending)).finally(give),
    end(running.drivers[step.host]!.perform({ ...receiving, transfer })),
  ])
  return sent.ok ? received : sent
}

/**
 * Undoes the failed operation and those before it, the latest first, and says so in the failure. Nothing is undone when the outcome on the
 * host is unknown, when only the removal of an old generation failed, or when an appliance came up but is not ready and there is no
 * other one to go back to: then its logs are worth more than its absence.
 */
async function takenBack(
  step: Step,
  failed: Operation,
  done: readonly Operation[],
  failure: Failure,
  running: Running,
): Promise<Failure> {
  const unknown = failure.kind === "host-unreachable" && !isHarmless(step, failed, done)
  if (unknown || failure.kind === "lease-lost" || last_verbs.includes(failed.verb)) return failure
  const replaces = failed.staged === "staged" || done.some((operation) => operation.verb === "switch")
  if (failed.verb === "ready" && !replaces) {
    return {
      ...failure,
      remedy: failure.remedy ?? "it is kept as it is, so that its logs can be read; mend it and apply again",
    }
  }
  const undone: string[] = []
  for (const [index, operation] of [failed, ...done.toReversed()].entries()) {
    if (operation.undo === null) continue
    const problem = await undo(step, operation, `${running.run_id}/${step.id}/undo-${index}`, running)
    const stays = problem !== null && step.action === "move" && operation.verb === "switch"
    undone.push(
      problem === null ? `taken back: ${operation.verb}` : `could not take back ${operation.verb}: ${problem.message}`,
    )
    // The new one may still have the networks: the old one must not join them beside it.
    if (stays) break
  }
  return { ...failure, output: [...failure.output, ...undone].slice(-limits.output_lines) }
}

/**
 * A move whose new appliance was not joined yet: whatever the silent host has done or will do, the old one is the only one that can answer, and may
 * run again.
 */
function isHarmless({ action }: Step, failed: Operation, done: readonly Operation[]): boolean {
  return action === "move" && [failed, ...done].every(({ verb }) => verb !== "switch")
}

/** What ends a step: the new one stands, and only what it replaces is left. */
const last_verbs: readonly Verb[] = ["remove", "settle"]

async function undo(step: Step, operation: Operation, operation_id: string, running: Running): Promise<Failure | null> {
  const { verb, generation } = operation.undo!
  const host = operation.host ?? step.host
  const give = await running.slotsOf(host, verb).take()
  const outcome = await running.drivers[host]!.perform({
    cluster: running.cluster,
    operation_id,
    token: running.tokenOf(host),
    operation: { verb, generation, staged: "joined", undo: null, pending: null, details: {} },
    address: operation.address ?? step.address,
    object: verb === "remove" ? null : asItWas(step, operation),
    secrets: running.secrets,
    progress: () => running.heard(step),
  }).finally(give)
  return outcome.ok ? null : outcome.failure
}

/** The object with the fields of the generation that is taken back to, so that the driver writes the old record again. */
function asItWas({ object, previous }: Step, operation: Operation): ManagedObject | null {
  if (object === null || previous === null) return object
  const { fields, causes, after, origin } = previous
  const { host = object.host, address = object.address } = operation
  return { ...object, host, address, fields, causes, after, origin }
}
