import type { Driver } from "../drivers/driver.ts"
import type { Operation, Step } from "../plan/plan.ts"
import { type Slots, slots } from "./slots.ts"

/** Where operations take place, and how many at once: on a host, in its storage, and on one image. */
export type Places = {
  /** Resolves with what gives the places back, once there is one of each that this operation needs. */
  take(step: Step, operation: Operation): Promise<() => void>
}

/**
 * Places as the drivers' abilities count them. Those of which there are fewest are taken first, always in the same order: who waits for an
 * image keeps no place of its host from others, and nobody waits in a circle.
 */
export function placesOf(drivers: Readonly<Record<string, Driver>>): Places {
  const known = new Map<string, Slots>()
  const placesIn = (key: string, count: number): Slots => {
    const found = known.get(key) ?? slots(count)
    known.set(key, found)
    return found
  }
  return {
    take: async (step, { verb }) => {
      // Waiting for checks costs the host nothing.
      if (verb === "ready") return () => {}
      const { operations, builds, storage } = drivers[step.host]!.abilities.parallel
      const wanted = [
        ...(verb === "build" ? [placesIn(`${step.host} ${step.address}`, 1)] : []),
        ...(verb === "build" ? [placesIn(`${step.host} builds`, builds)] : []),
        ...(writesMuch(step, verb) ? [placesIn(`${step.host} storage`, storage)] : []),
        ...(verb === "build" ? [] : [placesIn(`${step.host} operations`, operations)]),
      ]
      const taken: (() => void)[] = []
      for (const places of wanted) taken.push(await places.take())
      return () => {
        for (const give of taken.toReversed()) give()
      }
    },
  }
}

/** Making and deleting an appliance unpacks or removes its root; all others write a few files. */
function writesMuch({ address }: Step, verb: Operation["verb"]): boolean {
  return verb === "build" || (address.startsWith("appliance/") && (verb === "create" || verb === "remove"))
}
