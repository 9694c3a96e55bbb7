import type { EldestNames } from "../addresses/plan.ts"
import type { DesiredState, ImagePins } from "./desired-state.ts"
import { emptyLock, type Lock, type LockSection, lockSection } from "./lock.ts"

/** The lock after `desired` was decided: its section anew, those of other deployed names as they were. */
export function nextLock(
  before: Lock | null,
  desired: DesiredState,
  addresses: Readonly<Record<string, string>>,
  names: EldestNames,
): Lock {
  const placement = Object.fromEntries(desired.appliances.map((appliance) => [appliance.id, appliance.host]))
  const before_hosts = new Set(Object.keys(lockSection(before, desired.cluster)?.hosts ?? {}))
  const images: Record<string, ImagePins> = {}
  for (const image of desired.images) if (image.pins !== null) images[image.id] = image.pins
  const renamed: Record<string, string> = {}
  for (const { id } of desired.appliances) if (names(id) !== id) renamed[id] = names(id)
  for (const { name } of desired.networks) if (names(name) !== name) renamed[name] = names(name)
  const used = new Set(desired.appliances.map((appliance) => appliance.host))
  const hosts = Object.fromEntries(
    [
      ...desired.hosts.filter((host) => used.has(host.name) || before_hosts.has(host.name)),
      ...(desired.former ?? []),
    ].map((host) => [host.name, host.connection] as const),
  )
  const away = desired.away ?? {}
  const section: LockSection = {
    addresses,
    placement,
    images,
    ...(Object.keys(hosts).length === 0 ? {} : { hosts }),
    ...(Object.keys(away).length === 0 ? {} : { away }),
  }
  const whole = Object.keys(renamed).length === 0 ? section : { ...section, renamed }
  const { deployed, ...others } = before ?? emptyLock
  return { ...others, deployed: { ...deployed, [desired.cluster]: whole } }
}
