import { fieldsOf } from "../model/fields.ts"
import { overlaps } from "../model/networks.ts"
import type { Address, Kind, ObjectRecord } from "../model/object.ts"
import type { Change } from "./changes.ts"
import { placeOf, type Situation } from "./situation.ts"

/**
 * For each change (by its place) the places whose changes must have succeeded before it begins. What is made comes after what it needs;
 * what is deleted goes before what it needed; and who takes over an address or a network waits until its old owner is gone.
 */
export function dependenciesOf(
  changes: readonly Change[],
  situations: readonly Pick<Situation, "address" | "host">[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const index = indexOf(changes, situations)
  const result = new Map<string, Set<string>>(changes.map((change) => [place(change), new Set()]))
  for (const change of changes) {
    const before = result.get(place(change))!
    if (change.action === "delete") for (const other of goneBefore(change, index)) before.add(other)
    else for (const other of madeBefore(change, index)) before.add(other)
    before.delete(place(change))
  }
  for (const [late, moves] of afterMoves(changes, result)) for (const move of moves) result.get(late)!.add(move)
  return result
}

/** The changes in an order that respects the dependencies; among equals by kind, then by name with its numbers as numbers. */
export function sorted(changes: readonly Change[], dependencies: ReadonlyMap<string, ReadonlySet<string>>): Change[] {
  const waiting = new Map(changes.map((change) => [place(change), dependencies.get(place(change))?.size ?? 0]))
  const dependants = new Map<string, Change[]>()
  for (const change of changes) {
    for (const before of dependencies.get(place(change)) ?? []) {
      const found = dependants.get(before)
      if (found === undefined) dependants.set(before, [change])
      else found.push(change)
    }
  }
  const result: Change[] = []
  let ready = changes.filter((change) => waiting.get(place(change)) === 0).sort(byKindAndName)
  while (ready.length > 0) {
    const next: Change[] = []
    for (const change of ready) {
      result.push(change)
      for (const dependant of dependants.get(place(change)) ?? []) {
        const left = waiting.get(place(dependant))! - 1
        waiting.set(place(dependant), left)
        if (left === 0) next.push(dependant)
      }
    }
    ready = next.sort(byKindAndName)
  }
  if (result.length !== changes.length) throw new Error("the dependencies of a plan have a cycle")
  return result
}

const kinds: readonly Kind[] = ["image", "network", "firewall", "names", "appliance", "publish"]
const by_number = new Intl.Collator("en", { numeric: true })

function byKindAndName(left: Change, right: Change): number {
  const [one, other] = [left.situation, right.situation]
  const kind = kinds.indexOf(kindOf(one.address)) - kinds.indexOf(kindOf(other.address))
  return kind !== 0 ? kind : by_number.compare(one.address, other.address) || by_number.compare(one.host, other.host)
}

function kindOf(address: Address): Kind {
  return address.slice(0, address.indexOf("/")) as Kind
}

function place({ situation }: Change): string {
  return placeOf(situation.host, situation.address)
}

/** Look-ups that keep the work linear in the number of changes. */
type Index = {
  /** Changes that make or alter something, by place. */
  readonly made: ReadonlyMap<string, Change>
  /** Where each appliance is made or altered, whatever its host. */
  readonly appliances: ReadonlyMap<string, string>
  /** The host of every appliance, also of those that stay as they are. */
  readonly hosts: ReadonlyMap<string, string>
  /** Deletions by what each came after: the places that must go before it. */
  readonly neededBy: ReadonlyMap<string, readonly string[]>
  /** The places of which all is deleted. */
  readonly deleted: ReadonlySet<string>
  readonly deletedByAddress: ReadonlyMap<string, string>
  readonly deletedNetworks: readonly Change[]
  readonly createdNetworks: readonly Change[]
  /** Changes that remove generations without a record, of which nobody knows what they use. */
  readonly cleanups: readonly string[]
  /** For each place that is no longer wanted, those that used it before and are changed now. */
  readonly leftBy: ReadonlyMap<string, readonly string[]>
  /** The moves of each appliance, by the place that it leaves. */
  readonly movedFrom: ReadonlyMap<string, string>
}

function indexOf(changes: readonly Change[], situations: readonly Pick<Situation, "address" | "host">[]): Index {
  const [deleted, made] = [changes.filter(isDelete), changes.filter((change) => !isDelete(change))]
  const moves = made.filter(isMove)
  const group = (list: readonly Change[]) => {
    const users = new Map<string, string[]>()
    for (const change of list) {
      // What a move leaves behind goes with it.
      const left = change.from ?? change.situation
      for (const needed of usedBefore(left.current?.record ?? null)) {
        const key = placeOf(left.host, needed)
        const found = users.get(key)
        if (found === undefined) users.set(key, [place(change)])
        else found.push(place(change))
      }
    }
    return users
  }
  const owned = deleted.flatMap((change) =>
    addressesOf(change.situation.current?.record).map((a) => [a, place(change)] as const),
  )
  return {
    made: new Map(made.map((change) => [place(change), change])),
    appliances: new Map(made.map((change) => [change.situation.address, place(change)])),
    hosts: new Map([
      ...situations.flatMap(({ address, host }) => (kindOf(address) === "appliance" ? [[address, host] as const] : [])),
      ...moves.map(({ situation }) => [situation.address, situation.host] as const),
    ]),
    neededBy: group([...deleted, ...moves]),
    deleted: new Set(deleted.map(place)),
    deletedByAddress: new Map(owned),
    deletedNetworks: deleted.filter((change) => change.situation.address.startsWith("network/")),
    createdNetworks: made.filter((change) => change.situation.address.startsWith("network/")),
    cleanups: made.filter((change) => change.situation.leftovers.length > 0).map(place),
    leftBy: group(made),
    movedFrom: new Map(moves.map((change) => [placeOf(change.from!.host, change.from!.address), place(change)])),
  }
}

function isDelete(change: Change): boolean {
  return change.action === "delete"
}

function isMove(change: Change): boolean {
  return change.action === "move"
}

/** What an object came after, by its record. Its image is in `after` as well, so an image is deleted after its last user. */
function usedBefore(record: ObjectRecord | null): readonly Address[] {
  return record?.after ?? []
}

function addressesOf(record: ObjectRecord | undefined): string[] {
  if (record?.kind !== "appliance") return []
  return fieldsOf(record, "appliance").nics.map((nic) => nic.address)
}

function madeBefore({ situation, first = [] }: Change, index: Index): string[] {
  const { object, host } = situation
  const before = first.filter((other) => index.deleted.has(other))
  before.push(
    ...object!.after.flatMap((address) => {
      const here = placeOf(host, address)
      if (index.made.has(here)) return [here]
      if (!address.startsWith("appliance/")) return []
      // The way there has to be open at its other end too, whether or not anything changes in what is there.
      const open = placeOf(index.hosts.get(address) ?? host, "firewall/rules")
      const made = index.appliances.get(address)
      return [...(index.made.has(open) ? [open] : []), ...(made === undefined ? [] : [made])]
    }),
  )
  if (object!.kind === "appliance") {
    for (const nic of fieldsOf(object!, "appliance").nics) before.push(index.deletedByAddress.get(nic.address) ?? "")
  }
  if (object!.kind === "network") {
    const { cidr } = fieldsOf(object!, "network")
    before.push(...index.deletedNetworks.filter((gone) => takesOver(cidr, host, gone)).map(place))
  }
  return before.filter((other) => other !== "")
}

/**
 * A deletion waits for the deletions of what needed it. It also waits for those that merely stop using it, unless a new network takes
 * over its addresses: then that one waits, and its users follow.
 */
function goneBefore(change: Change, index: Index): string[] {
  const before = [...(index.neededBy.get(place(change)) ?? [])]
  const successor = index.createdNetworks.some((made) =>
    takesOver(fieldsOf(made.situation.object!, "network").cidr, made.situation.host, change),
  )
  if (!successor && change.situation.address.startsWith("network/")) before.push(...usersOf(change, index))
  if (change.situation.address.startsWith("publish/")) before.push(...movesOf(change, index))
  if (change.situation.address.startsWith("image/")) before.push(...usersOf(change, index), ...index.cleanups)
  return before
}

/** A published port goes when what it leads to has gone elsewhere. */
function movesOf({ situation: { host, current } }: Change, index: Index): string[] {
  return usedBefore(current?.record ?? null).flatMap((address) => index.movedFrom.get(placeOf(host, address)) ?? [])
}

function usersOf(change: Change, index: Index): readonly string[] {
  return index.leftBy.get(place(change)) ?? []
}

/** Each host has a bridge of its own for a network: only the one on the same host is in the way. */
function takesOver(cidr: string, host: string, gone: Change): boolean {
  const record = gone.situation.current?.record
  return gone.situation.host === host && record?.kind === "network" && overlaps(cidr, fieldsOf(record, "network").cidr)
}

/**
 * What a host no longer needs for an appliance that moves (its port, its way to it) is taken away after the move, where nothing that is made
 * waits for the same step: rules and links that also let something new in come before it, as ever.
 */
function afterMoves(
  changes: readonly Change[],
  dependencies: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlyMap<string, readonly string[]> {
  const moves = changes.filter(isMove)
  if (moves.length === 0) return new Map()
  const needed = new Set([...dependencies].flatMap(([, before]) => [...before]))
  const shared = changes.filter(
    (change) => !isDelete(change) && shared_kinds.includes(kindOf(change.situation.address)),
  )
  // Rules come after their networks: where those may be late, and are all that waits, networks may be late as well.
  const late = new Set<string>()
  for (const change of shared.filter(({ situation }) => !situation.address.startsWith("network/")))
    if (!needed.has(place(change))) late.add(place(change))
  const waiting = new Map<string, string[]>()
  for (const [later, before] of dependencies)
    for (const earlier of before) {
      const found = waiting.get(earlier)
      if (found === undefined) waiting.set(earlier, [later])
      else found.push(later)
    }
  for (const change of shared.filter(({ situation }) => situation.address.startsWith("network/")))
    if ((waiting.get(place(change)) ?? []).every((later) => late.has(later))) late.add(place(change))
  const places = moves.map(place)
  return new Map([...late].map((one) => [one, places]))
}

const shared_kinds: readonly Kind[] = ["network", "firewall", "names"]
