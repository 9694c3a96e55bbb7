import type { Driver } from "../drivers/driver.ts"
import type { Failure, Outcome } from "../model/failure.ts"
import type { RunResult } from "../model/history.ts"
import { limits } from "../model/limits.ts"
import type { World } from "../world.ts"
import type { Lease } from "./lease.ts"

/** The leases of one cluster on all its hosts, held until `release`. */
export type Holding = {
  leaseOf(host: string): Lease
  /** Aborted, with the failure as its reason, when another took a lease or it ran out unrenewed: on any host, for all of them. */
  readonly lost: AbortSignal
  /** What names the run that they were taken for. */
  readonly run_id: string
  /** Gives all of them back, after the last renewal has ended, and leaves in the history of each host what came of the run there. */
  release(resultOn?: (host: string) => RunResult): Promise<void>
}

/** A lease, and when the request that gave it was sent, by this process's own clock: that of the host may say anything. */
type Held = { readonly lease: Lease; readonly asked_ms: number }

/**
 * Takes the lease of `cluster` on every host, all at once. Where somebody else holds one, those after it in the order of names are given back
 * while this one waits, so that two controllers never wait for each other. Says who the holder is; gives up after `lease_wait_ms`, and then
 * holds nothing.
 */
export async function hold(
  asked: World,
  cluster: string,
  operation: string,
  drivers: Readonly<Record<string, Driver>>,
): Promise<Outcome<Holding>> {
  const leases = new Map<string, Held>()
  const run_id = asked.newRunId()
  const world = { ...asked, holder: { ...asked.holder, run: run_id } }
  const failure = await takeAll(world, cluster, operation, drivers, leases)
  if (failure !== null) {
    await releaseAll(cluster, drivers, leases)
    return { ok: false, failure }
  }
  const [lost, ended] = [new AbortController(), new AbortController()]
  const renewing = keepRenewing(world, cluster, drivers, leases, lost, ended.signal)
  return {
    ok: true,
    value: {
      leaseOf: (host) => leases.get(host)!.lease,
      lost: lost.signal,
      run_id,
      release: async (resultOn) => {
        ended.abort()
        await renewing
        await releaseAll(cluster, drivers, leases, resultOn)
      },
    },
  }
}

/** `ada@laptop (process 4711, apply for 12 s)`. */
export function showHolder({ holder, operation, since_ms }: Lease, now_ms: number): string {
  const seconds = Math.max(0, Math.round((now_ms - since_ms) / 1_000))
  return `${holder.user}@${holder.machine} (process ${holder.process_id}, ${operation} for ${seconds} s)`
}

type Drivers = Readonly<Record<string, Driver>>

/** Fills `leases`; gives why not all could be taken, or null. */
async function takeAll(
  world: World,
  cluster: string,
  operation: string,
  drivers: Drivers,
  leases: Map<string, Held>,
): Promise<Failure | null> {
  const began_ms = world.clock.elapsed()
  for (;;) {
    const missing = Object.keys(drivers)
      .filter((host) => !leases.has(host))
      .sort()
    const answers = await Promise.all(missing.map((host) => takeOne(world, cluster, operation, host, drivers, leases)))
    const failure = answers.find((answer) => answer !== null && "failure" in answer)
    if (failure !== undefined && failure !== null && "failure" in failure) return failure.failure
    const first = answers.findIndex((answer) => answer !== null)
    if (first === -1) {
      // Who slept meanwhile holds the last of them only; all have to be held at one time.
      const over = new Map([...leases].filter(([, held]) => isOver(held, world.clock.elapsed())))
      if (over.size === 0) return null
      for (const host of over.keys()) leases.delete(host)
      await releaseAll(cluster, drivers, over)
      continue
    }
    const host = missing[first]!
    const holder = showHolder((answers[first] as HeldBy).by, world.clock.now())
    const waited_ms = world.clock.elapsed() - began_ms
    if (world.stop.aborted || waited_ms >= limits.lease_wait_ms) return heldFailure(cluster, host, holder)
    await giveBackAfter(host, cluster, drivers, leases)
    const message = `${cluster} is being changed by ${holder}; waiting for it`
    world.emit({ kind: "waiting", at_ms: world.clock.now(), host, message })
    await world.clock.sleep(limits.lease_poll_ms * (0.75 + world.random() / 2), world.stop)
  }
}

type HeldBy = { readonly by: Lease }

/** Puts the lease of one host into `leases` and gives null, else who has it or why nobody can say. */
async function takeOne(
  world: World,
  cluster: string,
  operation: string,
  host: string,
  drivers: Drivers,
  leases: Map<string, Held>,
): Promise<null | HeldBy | { readonly failure: Failure }> {
  const asked_ms = world.clock.elapsed()
  const answer = await drivers[host]!.acquire(cluster, world.holder, operation, limits.lease_duration_ms)
  if (!answer.ok) return { failure: answer.failure }
  if (answer.value.kind === "held") return { by: answer.value.by }
  leases.set(host, { lease: answer.value.lease, asked_ms })
  return null
}

/** Who waits for a lease may hold only those whose names come before it: so nobody waits in a circle. */
async function giveBackAfter(
  waited_for: string,
  cluster: string,
  drivers: Drivers,
  leases: Map<string, Held>,
): Promise<void> {
  const after = new Map([...leases].filter(([host]) => host > waited_for))
  for (const host of after.keys()) leases.delete(host)
  await releaseAll(cluster, drivers, after)
}

function heldFailure(cluster: string, host: string, holder: string): Failure {
  return {
    kind: "lease-held",
    message: `${cluster} is being changed on host ${host} by ${holder}`,
    remedy: "wait until it has ended; a lease that is not renewed runs out by itself after a minute",
    output: [],
  }
}

/** Renews all until it is told to end. A host that is silent may come back before its lease is over; one that refuses has a new holder. */
async function keepRenewing(
  world: World,
  cluster: string,
  drivers: Drivers,
  leases: Map<string, Held>,
  lost: AbortController,
  ended: AbortSignal,
): Promise<void> {
  const { clock } = world
  while (!ended.aborted && !lost.signal.aborted) {
    await clock.sleep(limits.lease_renew_ms, ended)
    if (ended.aborted) return
    const renewals = [...leases].map(async ([host, held]) => {
      const asked_ms = clock.elapsed()
      const renewed = await drivers[host]!.renew(cluster, held.lease, limits.lease_duration_ms).catch(thrown)
      if (renewed.ok) leases.set(host, { lease: renewed.value, asked_ms })
      else if (renewed.failure.kind === "lease-lost" || isOver(held, clock.elapsed())) lost.abort(renewed.failure)
    })
    await Promise.all(renewals)
  }
}

/** Measured from when it was asked for, so that it ends here no later than on the host, however long the answer took. */
function isOver({ asked_ms }: Held, now_ms: number): boolean {
  return now_ms - asked_ms >= limits.lease_duration_ms
}

/** A driver that throws has ended with its process; whoever waits for it hears of that through its operations. */
function thrown(error: unknown): Outcome<Lease> {
  return { ok: false, failure: { kind: "lease-lost", message: String(error), remedy: null, output: [] } }
}

async function releaseAll(
  cluster: string,
  drivers: Drivers,
  leases: ReadonlyMap<string, Held>,
  resultOn?: (host: string) => RunResult,
): Promise<void> {
  await Promise.all([...leases].map(([host, { lease }]) => drivers[host]!.release(cluster, lease, resultOn?.(host))))
}
