import { printCalls } from "../../hosts/shell.ts"
import type { Failure, Outcome } from "../../model/failure.ts"
import { limits } from "../../model/limits.ts"
import type { Work } from "../driver.ts"
import { readConfirmed } from "./answers.ts"
import { recordName } from "./names.ts"
import { beginCalls, type Input, keptMembers, recordMembers, removeSteps, type Steps } from "./operations.ts"
import { ask, type Session } from "./session.ts"
import { type Member, tar } from "./tar.ts"

/** Whether an operation changes links or rules of its host, over which we may have come. */
export function mayCutUsOff({ address, operation }: Pick<Work, "address" | "operation">): boolean {
  if (operation.verb !== "set" && operation.verb !== "remove") return false
  return ["network", "firewall", "publish"].includes(kindOf(address))
}

/**
 * Does an operation that may cut our own connection. The host takes it back by itself after `revert_after_ms`, unless it is confirmed, and it
 * is confirmed only when a connection that was opened after it reaches the host. What was taken back is a failure, and the host is as before.
 */
export async function performArmed(session: Session, work: Work, steps: Steps): Promise<Outcome<null>> {
  const { calls, members } = armedInput(work, steps)
  const done = await ask(session, {
    calls,
    undo: [["appl_revert", recordName(work.address)]],
    input: tar(members),
    timeout_ms: steps.timeout_ms,
    progress: work.progress,
  })
  // A connection that broke says nothing: what was done may be what broke it.
  if (!done.ok && done.failure.kind !== "host-unreachable") return done
  const proveReachable = session.host.proveReachable!
  const proved = await proveReachable(limits.prove_within_ms)
  const confirmed = proved.ok ? await confirm(session, work) : proved
  if (confirmed.ok) return confirmed.value ? { ok: true, value: null } : takenBack(session.host.name, work)
  if (confirmed.failure.kind !== "host-unreachable") return confirmed

  work.progress(`no new connection reaches ${session.host.name}; it takes the change back by itself`)
  const back = await proveReachable(limits.revert_after_ms + limits.prove_again_within_ms)
  const asked = back.ok ? await confirm(session, work) : back
  if (!asked.ok) return asked
  return asked.value ? { ok: true, value: null } : takenBack(session.host.name, work)
}

/** Whether the change stays. False: the host has taken it back. */
async function confirm(session: Session, work: Work): Promise<Outcome<boolean>> {
  const answer = await ask(session, {
    calls: [
      ["appl_cluster", work.cluster],
      ["appl_confirm", `${work.token}`, JSON.stringify(work.operation_id), recordName(work.address)],
    ],
    timeout_ms: confirm_ms,
  })
  if (!answer.ok) return answer
  return readConfirmed(session.host.name, answer.value)
}

/** Exported for its golden test. */
export function armedInput(work: Work, steps: Steps): Input {
  const { operation, address, cluster } = work
  const name = recordName(address)
  const sets = operation.verb === "set"
  const back = sets ? removeSteps({ cluster, address }, kindOf(address)).calls : []
  const way_back: Member = { path: "back", mode: 0o600, content: printCalls(back) }
  const seconds = `${Math.ceil(limits.revert_after_ms / 1_000)}`
  return {
    calls: [
      ...beginCalls(work),
      ["appl_arm", name, seconds, sets ? "set" : "remove", `${operation.generation}`],
      ...steps.calls,
      ["appl_armed", name],
    ],
    members: [...steps.members, ...(sets ? keptMembers(steps) : []), way_back, ...recordMembers(work)],
  }
}

function takenBack(host: string, { address }: Work): Outcome<never> {
  const failure: Failure = {
    kind: "operation-failed",
    message: `the change cut our own connection to ${host}; the host has taken it back`,
    remedy: `let ${address} leave a way to ${host}: another network or port, or a flow from where this command runs`,
    output: [],
  }
  return { ok: false, failure }
}

function kindOf(address: Work["address"]): string {
  return address.slice(0, address.indexOf("/"))
}

const confirm_ms = 30_000
