import type { DesiredState, Moved } from "../../lang/index.ts"
import type { Abilities } from "../drivers/driver.ts"
import type { Failure } from "../model/failure.ts"
import { fieldsOf } from "../model/fields.ts"
import type { Address, Json, ManagedObject } from "../model/object.ts"
import { type Change, changedFields, reason } from "./changes.ts"
import type { Operation, Reason, Source, Verb } from "./plan.ts"
import { changeReasons } from "./reasons.ts"
import { standsOn, takenOver } from "./renames.ts"
import { placeOf, type Situation } from "./situation.ts"

/** An appliance that is there, with its record. */
export type Standing = Situation & { readonly current: NonNullable<Situation["current"]> }

/**
 * Joins what shall run in one place with what runs in another under the same name, or under that which it had before (`moved`): instead of a
 * deletion here and a creation there, one change that brings it over. Where an earlier move was cut off, what it left says which of the two
 * is right: the new one from the moment at which the old one was stopped and the new one joined, and the old one when it runs again.
 */
export function withMoves(changes: readonly Change[], desired: DesiredState | null): Change[] {
  if (desired === null) return [...changes]
  const leaving = Map.groupBy(changes.filter(leaves), ({ situation }) => situation.address)
  if (leaving.size === 0) return [...changes]
  const names = formerNames(desired.moved)
  const networks = takenOver(changes)
  const gone = new Set<string>()
  const superseded = new Map<string, string>()
  const arriving = changes.map((change): Change => {
    const { object, address } = change.situation
    if (object?.kind !== "appliance") return change
    const named = [address, ...(names.get(address) ?? []).map(({ from }): Address => `appliance/${from}`)]
    const olds = named.flatMap((name) => (leaving.get(name) ?? []).map((one) => one.situation as Standing))
    if (olds.length === 0) return change
    // Under its old name it has to go first: its new network cannot be there before.
    const here = olds.find((old) => old.host === change.situation.host)
    if (here !== undefined && standsOn(change.situation, networks)) return { ...change, replacing: here.current.record }
    const decided = decide(change, olds, desired)
    if (decided.action === "move") gone.add(placeOf(decided.from!.host, decided.from!.address))
    const others = olds.map((old) => placeOf(old.host, old.address)).filter((place) => !gone.has(place))
    for (const place of others) superseded.set(place, change.situation.host)
    return { ...decided, first: others }
  })
  return arriving
    .filter(({ situation }) => !gone.has(placeOf(situation.host, situation.address)))
    .map((change) => {
      const by = superseded.get(placeOf(change.situation.host, change.situation.address))
      return by === undefined ? change : { ...change, superseded: by, reasons: [reason(`it runs on ${by} now`)] }
    })
}

/**
 * Brings an appliance from where it is to where it shall be, checked there before the old one goes: what a `move` does, in order. `othersOf`
 * gives what else the new one needs, when only the end of an earlier move is left.
 */
export function moveOperations(change: Change, othersOf: (finishing: Change) => Operation[]): Operation[] {
  return change.finishing === undefined ? whole(change) : finishing(change, othersOf(change.finishing))
}

/** The volumes that go along: those that the appliance had and shall have. */
export function carriedVolumes({ situation, from }: Change): readonly string[] {
  const wanted = new Set(volumesOf(situation.object!))
  return from === undefined ? [] : volumesOf(from.current.record).filter((name) => wanted.has(name))
}

/** Whether volumes stay behind, since the appliance shall no longer have them. */
export function leavesVolumes(change: Change): boolean {
  return change.from !== undefined && carriedVolumes(change).length < volumesOf(change.from.current.record).length
}

/** Appliances that would have to move with volumes that stay where they are; null when all can. */
export function uncarried(changes: readonly Change[], abilities: Readonly<Record<string, Abilities>>): Failure | null {
  const findings = changes.flatMap((change) => {
    const { action, situation, from, finishing } = change
    if (action !== "move" || finishing !== undefined || carriedVolumes(change).length === 0) return []
    if ([situation.host, from!.host].every((host) => abilities[host]?.carriesVolumes === true)) return []
    const id = situation.address.slice("appliance/".length)
    return [
      `${id} would move from host ${from!.host} to ${situation.host}, and its volumes cannot be brought there yet`,
    ]
  })
  const [message = "", ...more] = findings
  if (findings.length === 0) return null
  const remedy = "keep it where it is with `host`, or destroy it and restore its volumes from a backup"
  return {
    kind: "conflict",
    message: more.length === 0 ? message : `${findings.length} volumes cannot move yet`,
    remedy,
    output: findings.slice(1).length === 0 ? [] : findings,
  }
}

function leaves({ action, situation }: Change): boolean {
  return action === "delete" && situation.current?.record.kind === "appliance"
}

/** The names that each appliance had before, the latest first. */
function formerNames(moved: readonly Moved[]): ReadonlyMap<Address, readonly Moved[]> {
  return Map.groupBy(
    moved.filter(({ kind }) => kind === "appliance"),
    ({ to }): Address => `appliance/${to}`,
  )
}

function decide(change: Change, olds: readonly Standing[], desired: DesiredState): Change {
  const { current } = change.situation
  const away = (old: Standing) => desired.away?.[old.host] === "fenced"
  const from = olds.find((old) => !away(old) && runs(old)) ?? olds.find((old) => !away(old)) ?? olds[0]!
  const move: Change = { ...change, action: "move", from, reasons: reasonsOf(change.situation, from, desired) }
  if (current === null) return move
  // It was started elsewhere after somebody gave his word that this host is off.
  if (away(from)) return change
  const there = current.life === "running" || current.life === "stopped"
  if (!runs(from) && there) {
    const reasons = [reason("an earlier move of it was interrupted", { drift: true }), ...change.reasons]
    return { ...move, finishing: change, reasons }
  }
  return runs(from) && current.life === "running" ? change : move
}

/** A stopped one is named so by its record too: a host that was switched off and on may have started it again. */
function runs({ current: { life, record } }: Standing): boolean {
  return life === "running" && record.pending !== "restart"
}

function reasonsOf(situation: Situation, from: Standing, desired: DesiredState): Reason[] {
  const object = situation.object!
  const away = desired.away?.[from.host]
  const left = desired.former?.some(({ name }) => name === from.host) === true
  const why = away === undefined ? (left ? `, which is no longer in ${desired.file}` : "") : `, which is ${away}`
  const host = reason(`it leaves host ${from.host}${why}`, { origin: object.origins.host ?? object.origin })
  const moved = desired.moved.find(({ kind, from: old }) => kind === "appliance" && `appliance/${old}` === from.address)
  const named = [from.address, object.address].map((one) => one.slice("appliance/".length))
  const name = reason("its name changed", { from: named[0]!, to: named[1]!, origin: moved?.origin ?? object.origin })
  const compared = { ...situation, current: from.current }
  return [
    ...(from.host === situation.host ? [] : [host]),
    ...(from.address === situation.address ? [] : [name]),
    ...changeReasons(compared, changedFields(compared)),
  ]
}

/** Whatever an attempt left at the new place goes first. */
function whole(change: Change): Operation[] {
  const { situation, from } = change
  const there = [...situation.leftovers, ...(situation.current === null ? [] : [situation.current])]
  const generations = there.map((one) => one.generation)
  const target = Math.max(0, ...generations) + 1
  const remove = { verb: "remove", generation: target } as const
  const volumes = carriedVolumes(change)
  const copies = volumes.length > 0
  const create: Operation = {
    ...operation("create", target, copies ? { received: true } : {}),
    staged: "staged",
    undo: remove,
  }
  const ready: Operation = { ...operation("ready", target), staged: "staged" }
  // What an interrupted replacement left there may be what answers: it goes before anything else takes the networks.
  const beside = from!.leftovers.map((left) => at(from!, operation("remove", left.generation)))
  const stop: Operation = {
    ...at(from!, operation("stop", from!.current.generation)),
    pending: "restart",
    undo: { verb: "restart", generation: from!.current.generation },
  }
  // Of one that was deleted in part, only the record and the volumes may be there.
  const stops = [...beside, ...(from!.current.life === "absent" ? [] : [stop])]
  // A copy that was never said to be its own is so now: what is on it is newer than what it was made of.
  const settled = copies ? [at(from!, operation("settle", from!.current.generation))] : []
  const source: Source = { host: from!.host, address: from!.address, generation: from!.current.generation }
  const receive: Operation = { ...operation("receive", target, { from: source, volumes }), undo: remove }
  return [
    ...settled,
    ...generations.map((generation) =>
      operation("remove", generation, staleIn(change) ? { delete_volumes: true } : {}),
    ),
    ...(copies ? [...stops, receive, create, ready] : [create, ready, ...stops]),
    { ...operation("switch", target), undo: remove },
    operation("ready", target),
    ...(copies ? [operation("settle", target)] : []),
    ...removal(from!, copies && !leavesVolumes(change)),
  ]
}

/**
 * An earlier move stopped it here and brought it to where it comes back from now: what is on its volumes here is older, and in the way of
 * what comes.
 */
function staleIn({ situation: { current }, from }: Change): boolean {
  return current?.record.pending === "restart" && runs(from!) && volumesOf(current.record).length > 0
}

/** The new one has its networks, and the old one is stopped: what is on its volumes is the truth from now on. */
function finishing(change: Change, others: readonly Operation[]): Operation[] {
  const { from } = change
  const { generation } = change.situation.current!
  const copied = carriedVolumes(change).length > 0
  // A replacement ends with the removal of what it replaced.
  const last = others.findLast(({ verb }) => verb !== "remove")?.generation ?? generation
  return [
    ...(copied ? [operation("settle", generation)] : []),
    ...others,
    operation("ready", last),
    ...removal(from!, copied && !leavesVolumes(change)),
  ]
}

/** The old one goes with all its generations; with its volumes only when what was on them is on those of the new one. */
function removal(from: Standing, copied: boolean): Operation[] {
  const generations = [...from.leftovers.map((left) => left.generation), from.current.generation]
  const details: Readonly<Record<string, Json>> = copied ? { delete_volumes: true } : {}
  return generations.map((generation) => at(from, operation("remove", generation, details)))
}

function at(from: Standing, made: Operation): Operation {
  return { ...made, host: from.host, address: from.address }
}

function volumesOf(thing: Pick<ManagedObject, "fields">): readonly string[] {
  return fieldsOf(thing, "appliance").volumes.map(({ name }) => name)
}

function operation(verb: Verb, generation: number, details: Readonly<Record<string, Json>> = {}): Operation {
  return { verb, generation, staged: "joined", undo: null, pending: null, details }
}
