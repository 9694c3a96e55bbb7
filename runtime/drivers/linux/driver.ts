import type { Holder, Lease, LeaseAnswer } from "../../apply/lease.ts"
import type { Host } from "../../hosts/host.ts"
import type { Call } from "../../hosts/shell.ts"
import type { Failure, Outcome } from "../../model/failure.ts"
import { fieldsOf } from "../../model/fields.ts"
import type { KeptRun, RunResult } from "../../model/history.ts"
import { limits } from "../../model/limits.ts"
import type { ManagedObject } from "../../model/object.ts"
import type { Health, HostObserved } from "../../model/observed.ts"
import { readLease } from "../../model/schema.ts"
import type { Operation } from "../../plan/plan.ts"
import type { Driver, Work } from "../driver.ts"
import { abilities } from "./abilities.ts"
import { readHealth, readLeaseAnswer, readSeen, readSeenHistory } from "./answers.ts"
import { receiveVolumes, sendVolumes } from "./carry.ts"
import { checkCalls } from "./checks.ts"
import { enter } from "./enter.ts"
import { runsOf } from "./history.ts"
import { resolveImage } from "./image.ts"
import { generationName } from "./names.ts"
import { observedOf } from "./observe.ts"
import { operationCalls, operationSteps } from "./operations.ts"
import { mayCutUsOff, performArmed } from "./own-foot.ts"
import { neededPackages } from "./packages.ts"
import { ask, openSession, type Session } from "./session.ts"
import { unsuitable } from "./suitable.ts"
import { tar } from "./tar.ts"

/**
 * Opens the driver of a bare Linux host: LXC containers, QEMU microVMs, bridges, nftables. `program` is the text of the host's own
 * program. Nothing is asked of the host yet: whether it is there, and a machine that the driver can work on, is found out with the first
 * thing that it is asked.
 */
export async function openLinux(host: Host, program: string): Promise<Outcome<Driver>> {
  const session = openSession(host, program)
  return {
    ok: true,
    value: {
      name: "linux",
      host: host.name,
      abilities,
      observe: (cluster) => observe(session, cluster),
      resolve: (image) => resolveImage(session, image),
      acquire: (cluster, holder, operation, duration_ms) => acquire(session, cluster, holder, operation, duration_ms),
      renew: (cluster, lease, duration_ms) => renew(session, cluster, lease, duration_ms),
      release: (cluster, lease, result) => release(session, cluster, lease, result),
      history: (cluster) => history(session, cluster),
      perform: (work) => perform(session, work),
      check: (cluster, object, generation, staged) => check(session, cluster, object, generation, staged),
      enter: (cluster, address, entering) => enter(session, cluster, address, entering),
      forget: (cluster, lease) => forget(session, cluster, lease),
      close: () => host.close(),
    },
  }
}

async function observe(session: Session, cluster: string): Promise<HostObserved> {
  const answer = await ask(session, {
    calls: [
      ["appl_cluster", cluster],
      ...neededPackages().map(({ name, probe }) => ["appl_needs", name, ...probe]),
      ["appl_observe"],
    ],
    timeout_ms: observe_ms,
  })
  if (!answer.ok) return silent(answer.failure)
  const seen = readSeen(session.host.name, answer.value)
  if (!seen.ok) return silent(seen.failure)
  const observed = observedOf(cluster, seen.value)
  const failure = unsuitable(session.host.name, { user: "0", system: "Linux", release: observed.facts.kernel })
  return failure === null ? observed : silent(failure)
}

async function perform(session: Session, work: Work): Promise<Outcome<null>> {
  if (work.operation.verb === "send") return sendVolumes(session, work)
  if (work.operation.verb === "receive") return receiveVolumes(session, work)
  const steps = operationSteps(work, { program_file: session.program_file, home: home_folder })
  if (session.host.proveReachable !== undefined && mayCutUsOff(work)) return performArmed(session, work, steps)
  const { calls, members } = operationCalls(work, steps)
  const { undo, timeout_ms } = steps
  const answer = await ask(session, {
    calls,
    undo: undo ?? undefined,
    input: tar(members),
    timeout_ms,
    progress: work.progress,
  })
  return answer.ok ? { ok: true, value: null } : answer
}

async function check(
  session: Session,
  cluster: string,
  object: ManagedObject,
  generation: number,
  staged: Operation["staged"],
): Promise<readonly Health[]> {
  const { checks } = fieldsOf(object, "appliance")
  if (checks.length === 0) return []
  const name = generationName(object.address, generation)
  const inside: readonly Call[] = staged === "staged" ? [["appl_checks_from_inside", name]] : []
  const longest_ms = Math.max(...checks.map((one) => one.timeout_ms))
  const answer = await ask(session, {
    calls: [
      ["appl_cluster", cluster],
      ["appl_checks_begin"],
      ...inside,
      ...checkCalls(object.address, name, checks),
      ["appl_checks_answer"],
    ],
    timeout_ms: longest_ms + patience_ms,
  })
  const health = answer.ok ? readHealth(session.host.name, answer.value) : answer
  if (health.ok) return health.value.map(({ check, passed, detail }) => ({ check, passed, detail }))
  return checks.map((one) => ({ check: one.name, passed: false, detail: said(health.failure) }))
}

// --- Lease ---

async function acquire(
  session: Session,
  cluster: string,
  holder: Holder,
  operation: string,
  duration_ms: number,
): Promise<Outcome<LeaseAnswer>> {
  const answer = await ask(session, {
    calls: [
      ["appl_cluster", cluster],
      ["appl_acquire", `${duration_ms}`, `${former_s}`, ...holderWords(holder, operation)],
    ],
    timeout_ms: former_s * 1000 + patience_ms,
  })
  if (!answer.ok) return answer
  const read = readLeaseAnswer(session.host.name, answer.value)
  if (!read.ok) return read
  const { value } = read
  if ("taken" in value) return { ok: true, value: { kind: "taken", lease: value.taken } }
  const by = readLease(value.held)
  if (!by.ok)
    return refused(
      "host-unsuitable",
      `the lease of ${cluster} on ${session.host.name} is damaged`,
      `when nobody else is at work, remove ${home_folder}/${cluster}/lease there and run the command again`,
    )
  return { ok: true, value: { kind: "held", by: by.value } }
}

async function renew(session: Session, cluster: string, lease: Lease, duration_ms: number): Promise<Outcome<Lease>> {
  const { token, since_ms, holder, operation } = lease
  const answer = await ask(session, {
    calls: [
      ["appl_cluster", cluster],
      ["appl_renew", `${token}`, `${since_ms}`, `${duration_ms}`, ...holderWords(holder, operation)],
    ],
    timeout_ms: quick_ms,
  })
  const read = answer.ok ? readLeaseAnswer(session.host.name, answer.value) : answer
  if (!read.ok) return read
  if ("taken" in read.value) return { ok: true, value: read.value.taken }
  return refused(
    "lease-lost",
    `the lease of ${cluster} on ${session.host.name} is not ours any more`,
    "run the command again",
  )
}

async function release(session: Session, cluster: string, lease: Lease, result?: RunResult): Promise<void> {
  await ask(session, {
    calls: [
      ["appl_cluster", cluster],
      ["appl_release", `${lease.token}`, ...(result === undefined ? [] : [JSON.stringify(result)])],
    ],
    // The program goes with the last cluster of a host.
    missing: "nothing",
    timeout_ms: quick_ms,
  })
}

async function forget(session: Session, cluster: string, lease: Lease): Promise<Outcome<null>> {
  const answer = await ask(session, {
    calls: [
      ["appl_cluster", cluster],
      ["appl_forget", `${lease.token}`],
    ],
    timeout_ms: quick_ms,
  })
  return answer.ok ? { ok: true, value: null } : answer
}

async function history(session: Session, cluster: string): Promise<Outcome<readonly KeptRun[]>> {
  const answer = await ask(session, {
    calls: [
      ["appl_cluster", cluster],
      ["appl_history", `${limits.lease_duration_ms + former_s * 1000}`],
    ],
    missing: "nothing",
    timeout_ms: quick_ms,
  })
  if (!answer.ok) return answer
  if (answer.value === null) return { ok: true, value: [] }
  const seen = readSeenHistory(session.host.name, answer.value)
  return seen.ok ? { ok: true, value: runsOf(seen.value) } : seen
}

/** The holder as JSON for people, and in words for the shell. */
function holderWords(holder: Holder, operation: string): readonly string[] {
  const { boot_id, process_id, started } = holder
  return [JSON.stringify(holder), JSON.stringify(operation), boot_id, `${process_id}`, started]
}

function refused(kind: Failure["kind"], message: string, remedy: string): Outcome<never> {
  return { ok: false, failure: { kind, message, remedy, output: [] } }
}

/** What keeps a host from being observed; with the failure when it is one that says more than that it is silent. */
function silent(failure: Failure): HostObserved {
  const why = said(failure)
  return failure.kind === "host-unreachable" ? { kind: "unreachable", why } : { kind: "unreachable", why, failure }
}

function said(failure: Failure): string {
  return [failure.message, ...failure.output.slice(-1)].join(": ")
}

const home_folder = "/var/lib/appl"
const observe_ms = 120_000
const quick_ms = 30_000
const patience_ms = 20_000
/** How long a new holder waits for what the former one has still running. */
const former_s = 180
