import type { EldestNames } from "../addresses/plan.ts"
import type { Report } from "../report/diagnostic.ts"
import { firstTime } from "../report/once.ts"
import { entryOf } from "../text/entry.ts"
import { originOf } from "../text/source.ts"
import type { Model, MoveThing } from "../values/model.ts"
import type { Moved } from "./desired-state.ts"
import type { LockSection } from "./lock.ts"

/** What the `moved` of a cluster say: one entry for each thing that has another name now, and the old names of each, nearest first. */
export type Moves = {
  readonly moved: readonly Moved[]
  readonly before: ReadonlyMap<string, readonly string[]>
}

/**
 * Checks every `moved`, and says what each present thing was called: what moved with a cluster or a family that it is in, too. Reports
 * A0724 where the old is still there, A0725 where nothing is under the new name, A0726 where two disagree.
 */
export function settleMoves(model: Model, report: Report): Moves {
  const before = new Map<string, string[]>()
  const moved: Moved[] = []
  const things = [...model.appliances, ...model.networks, ...model.hosts]
  const present = new Set([...things, ...model.clusters].map(({ id }) => id))
  const families = familiesOf(present)
  const moves = distinct(model.moves, report)
  for (const move of moves.values()) checkMove(move, moves, present, families, report)
  if (moves.size === 0) return { moved, before }
  const back = new Map([...moves.values()].map((move) => [move.to, move]))
  for (const { kind, id } of things) {
    const seen = new Set<string>()
    for (let at = stepBack(id, back); at !== null && !seen.has(at.id); at = stepBack(at.id, back)) {
      seen.add(at.id)
      entryOf(before, id, () => []).push(at.id)
      moved.push({ kind, from: at.id, to: id, origin: originOf(at.move.fromSpan) })
    }
  }
  return { moved, before }
}

/** The lock as it would be had every thing always had the name that it has now; what is locked under that name already wins. */
export function followMoves(lock: LockSection | null, { before }: Moves): LockSection | null {
  if (lock === null || before.size === 0) return lock
  const now = new Map<string, { readonly name: string; readonly distance: number }>()
  for (const [name, olds] of before)
    for (const [index, old] of olds.entries()) now.set(old, { name, distance: index + 1 })
  const current = (name: string) => now.get(name) ?? { name, distance: 0 }
  return {
    ...lock,
    addresses: renameKeys(lock.addresses, (key) => {
      const slash = key.indexOf("/")
      // `web#2` is the second instance of a scaled appliance.
      const [, id, ordinal] = /^([^#]*)(.*)$/.exec(key.slice(0, slash))!
      const [appliance, network] = [current(id!), current(key.slice(slash + 1))]
      return { name: `${appliance.name}${ordinal}/${network.name}`, distance: appliance.distance + network.distance }
    }),
    placement: Object.fromEntries(
      Object.entries(renameKeys(lock.placement, current)).map(([id, host]) => [id, current(host).name]),
    ),
    ...(lock.hosts === undefined ? {} : { hosts: renameKeys(lock.hosts, current) }),
    ...(lock.away === undefined ? {} : { away: renameKeys(lock.away, current) }),
  }
}

/**
 * The name that a thing was made under, which its MACs come from: they stay when it is renamed, and when the `moved` is deleted later,
 * since the lock remembers. What the lock knows under a name was made under that one, or under the one that the lock says.
 */
export function eldestNames({ before }: Moves, lock: LockSection | null): EldestNames {
  const renamed = new Map(Object.entries(lock?.renamed ?? {}))
  const known = new Set(Object.keys(lock?.addresses ?? {}).flatMap((key) => key.split("/")))
  const made = (name: string) => renamed.get(name) ?? (known.has(name) ? name : null)
  return (name) => {
    const olds = before.get(name) ?? []
    for (const one of [name, ...olds]) {
      const found = made(one)
      if (found !== null) return found
    }
    return olds.at(-1) ?? name
  }
}

/** What a path was called one `moved` earlier: itself, or something that it is in. */
function stepBack(
  id: string,
  back: ReadonlyMap<string, MoveThing>,
): { readonly id: string; readonly move: MoveThing } | null {
  for (const end of endsOf(id)) {
    const move = back.get(id.slice(0, end))
    if (move !== undefined) return { id: move.from + id.slice(end), move }
  }
  return null
}

/** The ends of a path and of all paths that it is in, the longest first: `room[a].web[1]`, `room[a].web`, `room[a]`, `room`. */
function endsOf(id: string): readonly number[] {
  const ends = [id.length]
  for (let at = id.length - 1; at > 0; at--) if (id[at] === "." || id[at] === "[") ends.push(at)
  return ends
}

function familiesOf(present: ReadonlySet<string>): ReadonlySet<string> {
  const families = new Set<string>()
  for (const id of present) if (id.endsWith("]")) families.add(id.slice(0, id.lastIndexOf("[")))
  return families
}

/** By the old path; the same line said for each turn of a loop counts once. */
function distinct(moves: readonly MoveThing[], report: Report): ReadonlyMap<string, MoveThing> {
  const by_old = new Map<string, MoveThing>()
  const by_new = new Map<string, MoveThing>()
  for (const move of moves) {
    const one = by_old.get(move.from)
    const other = by_new.get(move.to)
    const twin = one ?? other
    if (twin === undefined) {
      by_old.set(move.from, move)
      by_new.set(move.to, move)
    } else if (one !== other) reportTwice(move, twin, report)
  }
  return by_old
}

function reportTwice(move: MoveThing, twin: MoveThing, report: Report): void {
  const sameOld = move.from === twin.from
  const span = sameOld ? move.fromSpan : move.toSpan
  if (!firstTime(report, "A0726", span)) return
  const message = sameOld
    ? `${move.from} has moved to ${twin.to} already`
    : `${twin.from} has moved to ${move.to} already`
  report.add("A0726", span, message, {
    related: [{ message: "here", span: sameOld ? twin.fromSpan : twin.toSpan }],
    hint: "one thing has one name at a time; what moved on goes from the new name to the next",
  })
}

function checkMove(
  move: MoveThing,
  moves: ReadonlyMap<string, MoveThing>,
  present: ReadonlySet<string>,
  families: ReadonlySet<string>,
  report: Report,
): void {
  const isFamily = !present.has(move.to) && families.has(move.to)
  const isThere = (path: string) => (isFamily ? families.has(path) : present.has(path))
  if (isThere(move.from)) {
    if (firstTime(report, "A0724", move.fromSpan))
      report.add("A0724", move.fromSpan, `${move.from} is still there, so it is not what ${move.to} was`, {
        hint: `take the \`moved\` away, or give what is called ${move.from} now another name`,
      })
    return
  }
  if (present.has(move.to) || isFamily) return
  if (moves.has(move.to)) {
    if (isFirstOfCircle(move, moves))
      report.add("A0726", move.fromSpan, `${move.from} would have moved back to where it was`, {
        related: [{ message: "by way of this", span: moves.get(move.to)!.fromSpan }],
        hint: "take away the one that is not so any more",
      })
    return
  }
  if (firstTime(report, "A0725", move.toSpan))
    report.add("A0725", move.toSpan, `there is no ${move.to} that ${move.from} could have become`, {
      hint: "the new path is that of a thing which there is now",
    })
}

/** Whether a thing that moves on and on comes back; asked of the first of such a circle in the source only. */
function isFirstOfCircle(move: MoveThing, moves: ReadonlyMap<string, MoveThing>): boolean {
  const seen = new Set<string>()
  for (let at = moves.get(move.to); at !== undefined && !seen.has(at.from); at = moves.get(at.to)) {
    if (at === move) return [...seen].every((from) => moves.get(from)!.fromSpan.start >= move.fromSpan.start)
    seen.add(at.from)
  }
  return false
}

/** Of several old keys that become one, that which the fewest moves lead from. */
function renameKeys<T>(
  from: Readonly<Record<string, T>>,
  current: (key: string) => { readonly name: string; readonly distance: number },
): Readonly<Record<string, T>> {
  const renamed = new Map<string, { readonly value: T; readonly distance: number }>()
  for (const [key, value] of Object.entries(from)) {
    const { name, distance } = current(key)
    const known = renamed.get(name)
    if (known === undefined || distance < known.distance) renamed.set(name, { value, distance })
  }
  return Object.fromEntries([...renamed].map(([name, { value }]) => [name, value]))
}
