import type { Driver } from "../drivers/driver.ts"
import type { Failure, Outcome } from "../model/failure.ts"
import { limits } from "../model/limits.ts"
import type { World } from "../world.ts"
import type { Lease } from "./lease.ts"

/** The leases of one cluster on all its hosts, held until `release`. */
export type Holding = {
  leaseOf(host: string): Lease
  /** Aborted, with the failure as its reason, when another took a lease or it ran out unrenewed. */
  readonly lost: AbortSignal
  /** Gives all of them back, after the last renewal has ended. */
  release(): Promise<void>
}

/**
 * Takes the lease of `cluster` on every host, in the order of their names, so that two controllers never wait for each other. Waits for
 * another holder and says who it is; gives up after `lease_wait_ms`, and then holds nothing.
 */
export async function hold(
  world: World,
  cluster: string,
  operation: string,
  drivers: Readonly<Record<string, Driver>>,
): Promise<Outcome<Holding>> {
  const leases = new Map<string, Lease>()
  const until_ms = world.clock.now() + limits.lease_wait_ms
  for (const [host, driver] of Object.entries(drivers).sort(byName)) {
    const taken = await takeOne(world, cluster, operation, host, driver, until_ms)
    if (!taken.ok) {
      await releaseAll(cluster, drivers, leases)
      return taken
    }
    leases.set(host, taken.value)
  }
  const [lost, ended] = [new AbortController(), new AbortController()]
  const renewing = keepRenewing(world, cluster, drivers, leases, lost, ended.signal)
  return {
    ok: true,
    value: {
      leaseOf: (host) => leases.get(host)!,
      lost: lost.signal,
      release: async () => {
        ended.abort()
        await renewing
        await releaseAll(cluster, drivers, leases)
      },
    },
  }
}

/** `ada@laptop (process 4711, apply for 12 s)`. */
export function showHolder({ holder, operation, since_ms }: Lease, now_ms: number): string {
  const seconds = Math.max(0, Math.round((now_ms - since_ms) / 1_000))
  return `${holder.user}@${holder.machine} (process ${holder.process_id}, ${operation} for ${seconds} s)`
}

async function takeOne(
  world: World,
  cluster: string,
  operation: string,
  host: string,
  driver: Driver,
  until_ms: number,
): Promise<Outcome<Lease>> {
  for (;;) {
    const answer = await driver.acquire(cluster, world.holder, operation, limits.lease_duration_ms)
    if (!answer.ok) return answer
    if (answer.value.kind === "taken") return { ok: true, value: answer.value.lease }
    const holder = showHolder(answer.value.by, world.clock.now())
    if (world.stop.aborted || world.clock.now() >= until_ms) return { ok: false, failure: held(cluster, host, holder) }
    const message = `${cluster} is being changed by ${holder}; waiting for it`
    world.emit({ kind: "waiting", at_ms: world.clock.now(), host, message })
    await world.clock.sleep(limits.lease_poll_ms, world.stop)
  }
}

function held(cluster: string, host: string, holder: string): Failure {
  return {
    kind: "lease-held",
    message: `${cluster} is being changed on host ${host} by ${holder}`,
    remedy: "wait until it has ended; a lease that is not renewed runs out by itself after a minute",
    output: [],
  }
}

/** Renews until it is told to end. A host that is silent may come back before the lease is over; one that refuses has a new holder. */
async function keepRenewing(
  world: World,
  cluster: string,
  drivers: Readonly<Record<string, Driver>>,
  leases: Map<string, Lease>,
  lost: AbortController,
  ended: AbortSignal,
): Promise<void> {
  while (!ended.aborted && !lost.signal.aborted) {
    await world.clock.sleep(limits.lease_renew_ms, ended)
    if (ended.aborted) return
    for (const [host, lease] of leases) {
      const renewed = await drivers[host]!.renew(cluster, lease, limits.lease_duration_ms).catch(thrown)
      if (renewed.ok) leases.set(host, renewed.value)
      else if (renewed.failure.kind === "lease-lost" || world.clock.now() >= lease.until_ms) lost.abort(renewed.failure)
    }
  }
}

/** A driver that throws has ended with its process; whoever waits for it hears of that through its operations. */
function thrown(error: unknown): Outcome<Lease> {
  return { ok: false, failure: { kind: "lease-lost", message: String(error), remedy: null, output: [] } }
}

async function releaseAll(
  cluster: string,
  drivers: Readonly<Record<string, Driver>>,
  leases: ReadonlyMap<string, Lease>,
): Promise<void> {
  for (const [host, lease] of leases) await drivers[host]!.release(cluster, lease)
}

function byName([left]: [string, Driver], [right]: [string, Driver]): number {
  return left < right ? -1 : 1
}
