import type { Expansion } from "./expansion.ts"
import { fail } from "./frame.ts"
import type { ApplianceThing, CheckThing } from "./model.ts"
import { isObject } from "./show.ts"
import { invalid } from "./value.ts"

/** The checks of a cluster by the appliance whose service each asks; one that asks none is reported. */
export function checksByAppliance(expansion: Expansion): ReadonlyMap<ApplianceThing, readonly CheckThing[]> {
  const found = new Map<ApplianceThing, CheckThing[]>()
  for (const check of expansion.checks) {
    const probe = check.value()
    if (probe === invalid || !isObject(probe) || probe.kind !== "probe") continue
    const at = probe.arguments.get("at")
    if (!isObject(at) || at.kind !== "provided") {
      fail(expansion.evaluation, "A0719", check.span, "this check does not say which appliance it asks", {
        hint: "name one of its services, such as `http-get(web[1].http)`",
      })
      continue
    }
    const { appliance } = at.provided
    found.set(appliance, [...(found.get(appliance) ?? []), check])
  }
  return found
}
