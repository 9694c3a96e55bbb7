import type { Abilities } from "../drivers/driver.ts"
import type { ManagedObject, ObjectRecord } from "../model/object.ts"
import type { Observed } from "../model/observed.ts"
import { changeOf } from "./changes.ts"
import type { Plan } from "./plan.ts"
import { placeOf, situationsOf } from "./situation.ts"

/**
 * What the hosts still differ in after every step of `made` succeeded, a line for each thing. The plan is all that is asked: what it
 * changed must be as it says, what it left alone as its record says.
 */
export function unsettled(made: Plan, observed: Observed, abilities: Readonly<Record<string, Abilities>>): string[] {
  const objects = new Map<string, ManagedObject>()
  for (const [host, seen] of Object.entries(observed.hosts)) {
    if (seen.kind === "unreachable") continue
    for (const { address, record } of seen.objects) {
      if (record !== null) objects.set(placeOf(host, address), asRecorded(host, record))
    }
  }
  for (const { host, address, object, operations } of made.steps) {
    for (const at of operations)
      if (at.verb === "remove" && at.host !== undefined) objects.delete(placeOf(at.host, at.address!))
    if (object === null) objects.delete(placeOf(host, address))
    else objects.set(placeOf(host, address), object)
  }
  return situationsOf([...objects.values()], observed)
    .map((situation) => changeOf(situation, abilities[situation.host]!, "it should be gone"))
    .filter((change) => change.action !== "keep")
    .map(({ action, situation, reasons }) => {
      const why = reasons.map((reason) => reason.what).join(", ")
      return `${situation.address} did not settle: it would need ${action} again, because ${why}`
    })
}

/** An object that is as its record says. */
export function asRecorded(host: string, record: ObjectRecord): ManagedObject {
  const { address, kind, fields, after, origin, causes } = record
  return { address, kind, host, fields, after, origin, origins: {}, causes }
}
