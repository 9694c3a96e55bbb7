import type { EldestNames } from "../addresses/plan.ts"
import type { DesiredState, ImagePins } from "./desired-state.ts"
import { emptyLock, type Lock, type LockSection } from "./lock.ts"

/** The lock after `desired` was decided: its section anew, those of other deployed names as they were. */
export function nextLock(
  before: Lock | null,
  desired: DesiredState,
  addresses: Readonly<Record<string, string>>,
  names: EldestNames,
): Lock {
  const placement = Object.fromEntries(desired.appliances.map((appliance) => [appliance.id, appliance.host]))
  const images: Record<string, ImagePins> = {}
  for (const image of desired.images) if (image.pins !== null) images[image.id] = image.pins
  const renamed: Record<string, string> = {}
  for (const { id } of desired.appliances) if (names(id) !== id) renamed[id] = names(id)
  for (const { name } of desired.networks) if (names(name) !== name) renamed[name] = names(name)
  const section: LockSection = { addresses, placement, images }
  const whole = Object.keys(renamed).length === 0 ? section : { ...section, renamed }
  const { deployed, ...others } = before ?? emptyLock
  return { ...others, deployed: { ...deployed, [desired.cluster]: whole } }
}
