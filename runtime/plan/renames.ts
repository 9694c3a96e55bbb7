import type { Failure } from "../model/failure.ts"
import { fieldsOf } from "../model/fields.ts"
import { overlaps } from "../model/networks.ts"
import type { ObjectRecord } from "../model/object.ts"
import type { Change } from "./changes.ts"
import { placeOf, type Situation } from "./situation.ts"

/**
 * Networks that take the addresses of one that goes, by place: both cannot be on a host at once. So what stands on the old one cannot wait
 * beside what shall stand on the new one.
 */
export function takenOver(changes: readonly Change[]): ReadonlySet<string> {
  const networks = changes.filter(({ situation }) => situation.address.startsWith("network/"))
  const going = networks.filter(({ action }) => action === "delete").map(({ situation }) => situation)
  const coming = networks.filter(({ action }) => action === "create").map(({ situation }) => situation)
  const taking = coming.filter((made) => going.some((gone) => gone.host === made.host && takes(made, gone)))
  return new Set(taking.map(({ host, address }) => placeOf(host, address)))
}

/** Whether an appliance stands on one of these networks. */
export function standsOn({ host, object }: Situation, networks: ReadonlySet<string>): boolean {
  return (object?.after ?? []).some((address) => networks.has(placeOf(host, address)))
}

/** Appliances whose volumes would be lost because they and their network have other names at once; null when there is none. */
export function renamedOver(changes: readonly Change[], networks: ReadonlySet<string>): Failure | null {
  const findings = changes.flatMap(({ action, situation, replacing }) => {
    if (action !== "create" || replacing === undefined || !standsOn(situation, networks)) return []
    return volumesIn(replacing) === 0
      ? []
      : [
          `${situation.address} has volumes as ${replacing.address} on host ${situation.host}, and so has its network another name`,
        ]
  })
  if (findings.length === 0) return null
  const remedy = "rename the appliances and their network in two steps, one `apply` each"
  return { kind: "conflict", message: findings[0]!, remedy, output: findings.slice(1) }
}

function volumesIn(record: ObjectRecord): number {
  return fieldsOf(record, "appliance").volumes.length
}

function takes({ object }: Situation, { current }: Situation): boolean {
  if (object === null || current === null) return false
  return overlaps(fieldsOf(object, "network").cidr, fieldsOf(current.record, "network").cidr)
}
