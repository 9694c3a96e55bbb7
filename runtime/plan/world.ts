import { digestOf } from "../model/json.ts"
import type { Observed, Reachable } from "../model/observed.ts"
import type { Plan } from "./plan.ts"

/**
 * What a plan depends on, per host and thing: its record and state, and which operations are unfinished. Left out is what changes by
 * itself and decides nothing, and a host that did not answer: free memory, start times, what the details of a check say.
 */
export function worldOf(observed: Observed): Plan["world"] {
  return Object.fromEntries(
    Object.entries(observed.hosts).flatMap(([host, seen]) =>
      seen.kind === "reachable" ? [[host, thingsOf(seen)] as const] : [],
    ),
  )
}

/** What differs between the world of a plan and the one now, a line for each thing. */
export function worldDifferences(then: Plan["world"], now: Plan["world"]): string[] {
  return [...new Set([...Object.keys(then), ...Object.keys(now)])].flatMap((host) => {
    const [before, after] = [then[host] ?? {}, now[host] ?? {}]
    return [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .filter((thing) => before[thing] !== after[thing])
      .map((thing) => `${thing.split(" ")[0]} on host ${host} ${howItDiffers(before[thing], after[thing])}`)
  })
}

function thingsOf(seen: Reachable): Readonly<Record<string, string>> {
  const unfinished = Map.groupBy(seen.unfinished, (entry) => entry.address)
  const things = seen.objects.map(({ address, generation, record, life, drift, health }) => {
    const failing = health.filter((one) => !one.passed).map((one) => one.check)
    return [
      `${address} ${generation}`,
      digestOf([record, life, drift, failing, unfinished.get(address) ?? []]),
    ] as const
  })
  return Object.fromEntries(things.sort(([left], [right]) => (left < right ? -1 : 1)))
}

function howItDiffers(before: string | undefined, after: string | undefined): string {
  if (before === undefined) return "is there now"
  return after === undefined ? "is gone" : "has changed"
}
