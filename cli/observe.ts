import type { DesiredState } from "../lang/index.ts"
import { type Driver, type HostObserved, type Outcome, quietDriver, type World } from "../runtime/index.ts"

/** One host of a cluster as it is now; `driver` is null when it cannot be reached. */
export type Seen = { readonly driver: Driver | null; readonly observed: HostObserved }

/** Opens hosts, all at once, gives them to `task`, and closes them. */
export async function openAll<T>(
  world: World,
  hosts: DesiredState["hosts"],
  task: (drivers: ReadonlyMap<string, Outcome<Driver>>) => Promise<T>,
): Promise<T> {
  const opened = await Promise.all(hosts.map(async (host) => [host.name, await world.open(host)] as const))
  try {
    return await task(new Map(opened))
  } finally {
    await Promise.all(opened.map(([, driver]) => (driver.ok ? driver.value.close() : undefined)))
  }
}

/** Looks at all hosts of a cluster at once, gives what is there to `task`, and closes them. */
export async function observing<T>(
  world: World,
  desired: DesiredState,
  task: (seen: ReadonlyMap<string, Seen>) => Promise<T>,
): Promise<T> {
  const seen = new Map(await Promise.all(desired.hosts.map(async (host) => [host.name, await look(host)] as const)))
  try {
    return await task(seen)
  } finally {
    await Promise.all([...seen.values()].map(({ driver }) => driver?.close()))
  }

  async function look(host: DesiredState["hosts"][number]): Promise<Seen> {
    const opened = await world.open(host)
    if (!opened.ok) return { driver: null, observed: { kind: "unreachable", why: opened.failure.message } }
    const quiet = await quietDriver(opened.value, world, desired)
    return { driver: quiet, observed: await quiet.observe(desired.cluster) }
  }
}
