import type { Address, ManagedObject } from "../model/object.ts"
import type { HostFacts, JournalEntry, Observed, ObservedObject, Reachable } from "../model/observed.ts"

/** One object of one host: what it shall be beside all that is there under its name. */
export type Situation = {
  readonly host: string
  readonly address: Address
  /** Null: it shall not exist. */
  readonly object: ManagedObject | null
  /** The generation that its record names; null: there is no record. */
  readonly current: (ObservedObject & { readonly record: NonNullable<ObservedObject["record"]> }) | null
  /** Generations without a record: unfinished new ones, or old ones that were not removed yet. */
  readonly leftovers: readonly ObservedObject[]
  /** Operations on the current generation whose outcome is not known. */
  readonly unfinished: readonly JournalEntry[]
  readonly facts: HostFacts
}

/** Joins what shall be with what is there, by host and address. Objects of unreachable hosts have no situation. */
export function situationsOf(objects: readonly ManagedObject[], observed: Observed): Situation[] {
  const wanted = new Map(objects.map((object) => [placeOf(object.host, object.address), object]))
  const by_host = Map.groupBy(objects, (object) => object.host)
  return Object.entries(observed.hosts).flatMap(([host, seen]) => {
    if (seen.kind === "unreachable") return []
    const there = Map.groupBy(seen.objects, (object) => object.address)
    const addresses = new Set<Address>()
    for (const object of by_host.get(host) ?? []) addresses.add(object.address)
    for (const address of there.keys()) addresses.add(address)
    const unfinished = Map.groupBy(seen.unfinished, (entry) => entry.address)
    return [...addresses].map((address) =>
      situation(
        { host, address, object: wanted.get(placeOf(host, address)) ?? null },
        there.get(address) ?? [],
        unfinished.get(address) ?? [],
        seen,
      ),
    )
  })
}

/** An address with its host, as a key: `firewall/rules` exists once on each. */
export function placeOf(host: string, address: Address): string {
  return `${host} ${address}`
}

function situation(
  what: Pick<Situation, "host" | "address" | "object">,
  there: readonly ObservedObject[],
  unfinished: readonly JournalEntry[],
  seen: Reachable,
): Situation {
  const current = there.find((object) => object.record !== null && object.generation === object.record.generation)
  const record = current?.record ?? null
  return {
    ...what,
    current: current === undefined || record === null ? null : { ...current, record },
    leftovers: there.filter((object) => object !== current),
    unfinished: unfinished.filter((entry) => record !== null && entry.generation === record.generation),
    facts: seen.facts,
  }
}
