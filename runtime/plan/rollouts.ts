import type { Rollout as Policy } from "../../lang/index.ts"
import { fieldsOf } from "../model/fields.ts"
import { versionsOf } from "../model/secrets.ts"
import type { Change } from "./changes.ts"
import { backOperations } from "./operations.ts"
import type { Operation } from "./plan.ts"
import { placeOf } from "./situation.ts"

/** The changes of one family that reach its instances a batch at a time, as its `update` says. */
export type Rolling = {
  /** What its instances are called without their keys: `web` for `web[1]`. */
  readonly family: string
  readonly policy: Policy
  /** Each begins when all of the one before it are healthy. */
  readonly batches: readonly (readonly Change[])[]
}

/** The order in which changes must be done, by place. */
export type Dependencies = ReadonlyMap<string, ReadonlySet<string>>

/**
 * The rollouts among changes that stand in an order which respects their dependencies. What is made or deleted is no part of one, and
 * neither is what cannot wait: the mending of what broke by itself, and what lost its network because that is made anew.
 */
export function rolloutsOf(ordered: readonly Change[], policies: ReadonlyMap<string, Policy>): Rolling[] {
  const remade = new Set(
    ordered.filter(({ action, situation }) => action === "replace" && situation.address.startsWith("network/")).map(at),
  )
  const members = ordered.filter((change) => policies.has(idOf(change)) && canWait(change, remade))
  return [...Map.groupBy(members, (change) => familyOf(idOf(change)))].map(([family, changes]) => {
    const policy = policies.get(idOf(changes[0]!))!
    return { family, policy, batches: batchesOf(changes, policy) }
  })
}

/**
 * The dependencies with those of the batches. A batch is a stretch of the given order, so nothing can wait in a circle. What needs a family that may
 * be turned back waits for its last batch, unless that one waits for it.
 */
export function withBatches(
  dependencies: Dependencies,
  rollouts: readonly Rolling[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const result = new Map([...dependencies].map(([place, before]) => [place, new Set(before)]))
  for (const { batches } of rollouts) {
    for (const [index, batch] of batches.entries()) {
      for (const change of batch) for (const before of batches[index - 1] ?? []) result.get(at(change))!.add(at(before))
    }
  }
  const dependants = dependantsIn(dependencies)
  for (const { policy, batches } of rollouts) {
    if (!policy.turn_back) continue
    const last = (batches.at(-1) ?? []).map(at)
    const before_last = ancestorsOf(last, result)
    for (const member of batches.flat()) {
      for (const place of dependants.get(at(member)) ?? []) {
        if (!before_last.has(place)) for (const one of last) result.get(place)!.add(one)
      }
    }
  }
  return result
}

/** What a step of a rollout does: the last wait for its checks also sees that they keep passing. */
export function watched(operations: readonly Operation[], { healthy_ms }: Policy): readonly Operation[] {
  if (healthy_ms === null || healthy_ms === 0) return operations
  const joined = operations.findLastIndex(({ verb, staged }) => verb === "ready" && staged === "joined")
  const generation = operations.at(-1)!.generation
  const watch: Operation = {
    ...{ verb: "ready", generation, staged: "joined", undo: null, pending: null },
    details: { healthy_ms },
  }
  if (joined === -1) return [...operations, watch]
  return operations.map((one, index) => (index === joined ? { ...one, details: watch.details } : one))
}

/**
 * What turns a finished change back; null when that cannot be: its record has other addresses, which the firewall no longer knows, or values
 * of secrets that nobody keeps.
 */
export function turnBackOf(change: Change): readonly Operation[] | null {
  const { object, current } = change.situation
  // What moved stays where it is: there is nothing left of it where it was.
  if (change.action === "move") return null
  if (object?.kind !== "appliance" || current === null) return null
  const [now, before] = [fieldsOf(object, "appliance"), fieldsOf(current.record, "appliance")]
  const addresses = (fields: typeof now) => fields.nics.map((nic) => `${nic.network} ${nic.address} ${nic.mac}`).join()
  if (addresses(now) !== addresses(before)) return null
  const versions = new Map(versionsOf(now))
  for (const [name, version] of versionsOf(before)) if (versions.get(name) !== version) return null
  return backOperations(change)
}

function idOf({ situation }: Change): string {
  return situation.address.slice("appliance/".length)
}

function familyOf(id: string): string {
  return id.endsWith("]") ? id.slice(0, id.lastIndexOf("[")) : id
}

function canWait({ action, reasons, situation }: Change, remade: ReadonlySet<string>): boolean {
  const { object, host, address } = situation
  if (!address.startsWith("appliance/") || object === null) return false
  if (action === "create" || action === "delete" || action === "keep") return false
  return reasons.some((reason) => !reason.drift) && !object.after.some((needed) => remade.has(placeOf(host, needed)))
}

function batchesOf(changes: readonly Change[], { canary, at_once }: Policy): Change[][] {
  const batches = canary > 0 ? [changes.slice(0, canary)] : []
  for (let from = canary; from < changes.length; from += at_once) batches.push(changes.slice(from, from + at_once))
  return batches
}

function dependantsIn(dependencies: Dependencies): ReadonlyMap<string, readonly string[]> {
  const result = new Map<string, string[]>()
  for (const [place, before] of dependencies) {
    for (const one of before) {
      const found = result.get(one)
      if (found === undefined) result.set(one, [place])
      else found.push(place)
    }
  }
  return result
}

/** All that must be done before these places, themselves among them. */
function ancestorsOf(places: readonly string[], dependencies: Dependencies): ReadonlySet<string> {
  const found = new Set(places)
  for (const place of found) for (const before of dependencies.get(place) ?? []) found.add(before)
  return found
}

function at({ situation }: Change): string {
  return placeOf(situation.host, situation.address)
}
