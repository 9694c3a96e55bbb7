import type { DesiredState, ImagePins } from "./desired-state.ts"
import { emptyLock, type Lock } from "./lock.ts"

/** The lock after `desired` was decided: its section anew, those of other deployed names as they were. */
export function nextLock(
  before: Lock | null,
  desired: DesiredState,
  addresses: Readonly<Record<string, string>>,
): Lock {
  const placement = Object.fromEntries(desired.appliances.map((appliance) => [appliance.id, appliance.host]))
  const images: Record<string, ImagePins> = {}
  for (const image of desired.images) if (image.pins !== null) images[image.id] = image.pins
  const { deployed, ...others } = before ?? emptyLock
  return { ...others, deployed: { ...deployed, [desired.cluster]: { addresses, placement, images } } }
}
