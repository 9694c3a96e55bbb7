import { PassThrough } from "node:stream"
import type { Transfer, Work } from "../drivers/driver.ts"
import type { Outcome } from "../model/failure.ts"
import type { Operation, Source, Step } from "../plan/plan.ts"
import type { Running } from "./operation.ts"

/** The step as an operation sees it that works elsewhere: on what the step moves, where it was and as it was. */
export function stepAt(step: Step, { host, address }: Pick<Operation, "host" | "address">): Step {
  if (host === undefined || address === undefined) return step
  const { object, previous } = step
  if (object === null || previous === null) return { ...step, host, address }
  const { fields, causes, after, origin } = previous
  return { ...step, host, address, object: { ...object, host, address, fields, causes, after, origin } }
}

/**
 * Reads volumes on the host that has them and writes them on the one that gets them, both at once; when one fails, the other ends too. `receiving`
 * is the work of the one that gets them.
 */
export async function carryOver(step: Step, receiving: Work, running: Running): Promise<Outcome<null>> {
  const { from, volumes } = receiving.operation.details as unknown as { from: Source; volumes: readonly string[] }
  const transfer = newTransfer(volumes)
  let first: Outcome<null> | null = null
  const breakOff = (why: Error) => {
    transfer.bytes.destroy(why)
    transfer.digest.reject(why)
    transfer.compressions.reject(why)
  }
  const end = (work: Promise<Outcome<null>>) =>
    work.then(
      (outcome) => {
        // The other end then fails as well, and says no more than that.
        if (!outcome.ok) first ??= outcome
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
    object: stepAt(step, operation).object,
    transfer,
  }
  const [, received] = await Promise.all([
    end(running.drivers[from.host]!.perform(sending)),
    end(running.drivers[step.host]!.perform({ ...receiving, transfer })),
  ])
  return first ?? received
}

/** A way for volumes from a `send` to a `receive`. Whoever reads of a failure hears of it; a process that looks away does not end. */
export function newTransfer(volumes: readonly string[]): Transfer {
  const transfer: Transfer = {
    volumes,
    bytes: new PassThrough(),
    compressions: Promise.withResolvers<readonly string[]>(),
    digest: Promise.withResolvers<string>(),
  }
  transfer.bytes.on("error", () => {})
  transfer.digest.promise.catch(() => {})
  transfer.compressions.promise.catch(() => {})
  return transfer
}
