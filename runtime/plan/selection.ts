import type { Wire } from "../../lang/index.ts"
import type { Abilities } from "../drivers/driver.ts"
import type { Outcome } from "../model/failure.ts"
import { fieldsOf } from "../model/fields.ts"
import type { Address } from "../model/object.ts"
import type { Change } from "./changes.ts"
import { dependenciesOf } from "./order.ts"
import { matches, unknownPattern } from "./patterns.ts"
import type { Chosen } from "./plan.ts"
import { isShared, type Part, partialShared } from "./shared.ts"
import { nameOf } from "./show.ts"
import { placeOf } from "./situation.ts"

/** What an operator wants to be done of all that there is to do; see `matches`. */
export type Selection = { readonly targets: readonly string[]; readonly excludes: readonly string[] }

export type Selected = {
  /** What is done. Firewall and names hold what is done now, and for the rest what they held. */
  readonly changes: readonly Change[]
  readonly chosen: Chosen
}

/**
 * Chooses among all changes. A target takes along what has to be done for it: what it needs and differs, what it takes the place of, who
 * would be cut off by it. An exclusion leaves out what would take it along. The firewall and the names of a host are shared: they are
 * made of the source for what is chosen, and stay as they were for all else, so that nothing that is left out loses a flow or a name.
 */
export function select(
  decided: readonly Change[],
  wires: readonly Wire[],
  { targets, excludes }: Selection,
  abilities: Readonly<Record<string, Abilities>>,
): Outcome<Selected> {
  const unknown = unknownPattern([...targets, ...excludes], decided) ?? sharedExcluded(decided, excludes)
  if (unknown !== null) return { ok: false, failure: unknown }
  const own = decided.filter((change) => !isShared(change.situation.address))
  const edges = edgesOf(own, wires)
  const excluded = matching(own, excludes).filter((change) => change.action !== "keep")
  const out = reached(excluded.map(place), reversed(edges))
  const begin = targets.length === 0 ? own : matching(own, targets)
  const within = reached(
    begin.map(place).filter((one) => !out.has(one)),
    edges,
  )
  const part: Part = {
    holds: (host, address) => within.has(placeOf(host, address)),
    asked: (host, address) =>
      targets.length === 0 ||
      targets.some((pattern) => !pattern.startsWith("host:") && matches(pattern, host, address)),
  }
  const shared = partialShared(decided, part, abilities)
  const done = own.filter((change) => change.action !== "keep" && within.has(place(change)))
  const left = [...own.filter((change) => change.action !== "keep" && !within.has(place(change))), ...shared.left]
  return {
    ok: true,
    value: {
      changes: [...done, ...shared.done],
      chosen: {
        targets,
        excludes,
        taken: done
          .filter((change) => within.get(place(change)) !== null)
          .map((change) => ({ ...whereOf(change), why: within.get(place(change))! })),
        left: left.map((change) => ({
          ...whereOf(change),
          action: change.action,
          why: whyLeft(change, out, targets),
        })),
      },
    },
  }
}

/** From a place to what has to be done with it, each with why. */
type Edges = ReadonlyMap<string, readonly Edge[]>
type Edge = { readonly to: string; readonly why: string }

function edgesOf(changes: readonly Change[], wires: readonly Wire[]): Edges {
  const edges = new Map<string, Edge[]>()
  const add = (from: string, to: string, why: string) => {
    if (from === to) return
    const found = edges.get(from)
    if (found === undefined) edges.set(from, [{ to, why }])
    else found.push({ to, why })
  }
  const by_place = new Map(changes.map((change) => [place(change), change]))
  const appliances = new Map<string, Change[]>()
  for (const change of changes) {
    const found = appliances.get(change.situation.address)
    if (found === undefined) appliances.set(change.situation.address, [change])
    else found.push(change)
  }
  for (const [from, before] of dependenciesOf(
    changes,
    changes.map(({ situation }) => situation),
  )) {
    for (const to of before) add(from, to, becauseOf(by_place.get(from)!, by_place.get(to)!))
  }
  for (const wire of wires) {
    if (wire.kind !== "needs") continue
    for (const consumer of appliances.get(`appliance/${wire.consumer}`) ?? [])
      for (const provider of appliances.get(`appliance/${wire.provider}`) ?? [])
        add(place(consumer), place(provider), `${wire.consumer} needs it`)
  }
  for (const change of changes) addOwn(change, changes, appliances, add)
  return edges
}

/** What belongs to a thing, or would be cut off when it is changed. */
function addOwn(
  change: Change,
  changes: readonly Change[],
  appliances: ReadonlyMap<string, readonly Change[]>,
  add: (from: string, to: string, why: string) => void,
): void {
  const { object, current, address, host } = change.situation
  const title = nameOf(address)
  if (address.startsWith("publish/")) {
    const published = [object, current?.record].flatMap((one) => (one ? [fieldsOf(one, "publish").appliance] : []))
    for (const id of published)
      for (const appliance of appliances.get(`appliance/${id}`) ?? [])
        add(place(appliance), place(change), `it publishes ${id}`)
  }
  if (object?.kind === "network") {
    const { gateway } = fieldsOf(object, "network")
    for (const one of appliances.get(`appliance/${gateway?.appliance}`) ?? [])
      add(place(change), place(one), `it routes ${title}`)
  }
  if (change.action !== "keep") {
    // Who comes or goes is learned of on all hosts that he speaks to.
    for (const id of linkedOf(change))
      for (const one of appliances.get(`appliance/${id}`) ?? []) {
        add(place(one), place(change), `${title} leads to it`)
        // It leads to one place only: before the move, the way to the new one would cut off the old one.
        if (one.action === "move") add(place(change), place(one), `${title} leads to where it moves`)
      }
  }
  const cuts = isCut(change)
  if (!cuts) return
  // Rare, so that looking at all changes for each of them does not matter.
  for (const user of changes) {
    if (user.action === "keep" || user === change) continue
    const { situation, from = situation } = user
    const before = [situation, from].some(({ current }) => current?.record.after.includes(address) === true)
    const after = situation.object?.after.includes(address) === true
    const same_host = [situation.host, from.host].includes(host) || address.startsWith("appliance/")
    if (same_host && (before || after))
      add(place(change), place(user), `it uses ${title}, which is ${done_to[change.action]}`)
  }
}

/** The appliances on other hosts that a network leads to, or led to. */
function linkedOf({ situation: { object, current } }: Change): ReadonlySet<string> {
  const links = [object, current?.record].flatMap((one) =>
    one?.kind === "network" ? fieldsOf(one, "network").link : [],
  )
  return new Set(links.flatMap((link) => link?.remotes.map(({ appliance }) => appliance) ?? []))
}

/** A network that is made anew or has other addresses, and whatever goes. */
function isCut({ action, touched, situation }: Change): boolean {
  if (action === "delete") return !situation.address.startsWith("image/")
  if (!situation.address.startsWith("network/")) return false
  return action === "replace" || touched.fields.includes("cidr")
}

const done_to: Readonly<Record<string, string>> = { delete: "deleted", replace: "made anew", update: "changed" }

function becauseOf(from: Change, to: Change): string {
  const title = nameOf(from.situation.address)
  if (from.action === "delete") return `it used ${title}, which is deleted`
  if (to.action === "delete") return `${title} takes its place`
  return to.situation.object?.kind === "image" ? `${title} is made of it` : `${title} needs it`
}

/** All places that edges lead to, with the reason of the first that did; null for those to begin with. */
function reached(begin: readonly string[], edges: Edges): ReadonlyMap<string, string | null> {
  const seen = new Map<string, string | null>(begin.map((one) => [one, null]))
  const waiting = [...begin]
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    for (const { to, why } of edges.get(at) ?? []) {
      if (seen.has(to)) continue
      seen.set(to, why)
      waiting.push(to)
    }
  }
  return seen
}

function reversed(edges: Edges): Edges {
  const back = new Map<string, Edge[]>()
  for (const [from, some] of edges) {
    for (const { to } of some) {
      const why = `${nameOf(addressIn(to))} is left out`
      const found = back.get(to)
      if (found === undefined) back.set(to, [{ to: from, why }])
      else found.push({ to: from, why })
    }
  }
  return back
}

function matching(changes: readonly Change[], patterns: readonly string[]): Change[] {
  return changes.filter(({ situation, from = situation }) =>
    // What moves is of both hosts, and goes by both of its names.
    [situation, from].some(({ host, address }) => patterns.some((pattern) => matches(pattern, host, address))),
  )
}

/** Leaving out a part of a host is what excluding does; leaving out what its parts share would leave them without protection. */
function sharedExcluded(changes: readonly Change[], excludes: readonly string[]) {
  for (const { situation } of changes) {
    if (!isShared(situation.address)) continue
    const pattern = excludes.find((one) => !one.startsWith("host:") && matches(one, situation.host, situation.address))
    if (pattern === undefined) continue
    return {
      kind: "target-unknown" as const,
      message: `${pattern} is shared by all that is on host ${situation.host}, and cannot be left out`,
      remedy: "leave out what changes it: an appliance, a network or a host",
      output: [],
    }
  }
  return null
}

function whyLeft(change: Change, out: ReadonlyMap<string, string | null>, targets: readonly string[]): string {
  const why = out.get(place(change))
  if (why === null) return "it is excluded"
  return why ?? (targets.length > 0 ? "it is no target" : "what it is for is left out")
}

function whereOf({ situation: { address, host } }: Change): { readonly address: Address; readonly host: string } {
  return { address, host }
}

function place({ situation }: Change): string {
  return placeOf(situation.host, situation.address)
}

function addressIn(place: string): Address {
  return place.slice(place.indexOf(" ") + 1) as Address
}
