import type { Away, Connection, DesiredHost } from "./desired-state.ts"
import type { LockSection } from "./lock.ts"

/** What the lock knows of hosts, in the names that they have now. */
export type FormerHosts = {
  /** Those of the last time that are not declared any more, by name. */
  readonly former: readonly DesiredHost[]
  readonly away: Readonly<Record<string, Away>>
  /** Where each appliance was placed the last time. */
  readonly kept: Readonly<Record<string, string>>
}

/**
 * What the lock knows of hosts. One that is reached just as a declared one is that machine under another name, with or without a `moved`: it
 * must not be looked at as a second one, whose things would all be strangers.
 */
export function formerHosts(lock: LockSection | null, hosts: readonly DesiredHost[]): FormerHosts {
  const locked = Object.entries(lock?.hosts ?? {})
  const names = new Set(hosts.map((host) => host.name))
  const renamed = new Map<string, string>()
  const former: DesiredHost[] = []
  for (const [name, connection] of locked) {
    if (names.has(name)) continue
    const same = hosts.find((host) => isSameMachine(host.connection, connection))
    if (same !== undefined) renamed.set(name, same.name)
    else former.push({ name, connection, capacity: {}, labels: {}, origin: null })
  }
  const now = (host: string) => renamed.get(host) ?? host
  return {
    former,
    away: Object.fromEntries(Object.entries(lock?.away ?? {}).map(([host, why]) => [now(host), why])),
    kept: Object.fromEntries(Object.entries(lock?.placement ?? {}).map(([id, host]) => [id, now(host)])),
  }
}

/** Simulated hosts are told apart by their names alone. */
function isSameMachine(one: Connection, other: Connection): boolean {
  if (one.kind === "simulated" || one.kind !== other.kind) return false
  const [left, right] = [one, other].map((connection) => JSON.stringify(Object.entries(connection).sort()))
  return left === right
}
