import type { Abilities } from "../drivers/driver.ts"
import { type FirewallFields, type FirewallRule, fieldsOf, type NamesFields, type RuleEnd } from "../model/fields.ts"
import { equalJson } from "../model/json.ts"
import type { Address, Json, ManagedObject, ObjectRecord } from "../model/object.ts"
import { type Change, changeOf } from "./changes.ts"
import { flowKey } from "./firewall.ts"
import type { Situation } from "./situation.ts"
import { asRecorded } from "./verify.ts"

/** A part of a cluster that is applied alone. */
export type Part = {
  /** Whether a thing is made as the source says. */
  readonly holds: (host: string, address: Address) => boolean
  /** Whether a shared object is to be looked after for its own sake, as when it has drifted. */
  readonly asked: (host: string, address: Address) => boolean
}

/** True for what exists once on a host for all of a cluster: its firewall and its names. */
export function isShared(address: Address): boolean {
  return address.startsWith("firewall/") || address.startsWith("names/")
}

/**
 * The changes of shared objects when only a part of a cluster is applied: each line in them belongs to one thing, and is as the source says
 * when that is in the part, else as it was. A flow belongs to who begins it, so that nothing that is left out loses one.
 */
export function partialShared(
  decided: readonly Change[],
  part: Part,
  abilities: Readonly<Record<string, Abilities>>,
): { readonly done: readonly Change[]; readonly left: readonly Change[] } {
  const done: Change[] = []
  const left: Change[] = []
  const view = viewOf(decided, part)
  for (const change of decided) {
    const { situation } = change
    if (!isShared(situation.address)) continue
    const object = partialObject(situation, view)
    if (object === null && situation.current === null) continue
    const again = changeOf({ ...situation, object }, abilities[situation.host]!, endingOf(change))
    const whole = equalJson(object?.fields ?? null, situation.object?.fields ?? null)
    const busy = view.busy.has(situation.host) || part.asked(situation.host, situation.address)
    const needed = again.touched.fields.length > 0 || again.action === "delete" || busy
    if (again.action !== "keep" && needed) done.push(again)
    // What is done of it is a part: the rest is told where nothing of it is.
    if (change.action !== "keep" && (!whole || !needed) && !(again.action !== "keep" && needed)) left.push(change)
  }
  return { done, left }
}

type View = {
  readonly inPart: (id: string) => boolean
  readonly networkInPart: (host: string, name: string) => boolean
  /** Whether an appliance is there when the part was applied. */
  readonly present: (id: string) => boolean
  readonly ownerOfName: (name: string) => string | null
  /** The hosts on which something else than these shared objects is changed, and those on which something stays. */
  readonly busy: ReadonlySet<string>
  readonly peopled: ReadonlySet<string>
}

function viewOf(decided: readonly Change[], part: Part): View {
  const held = new Set<string>()
  const present = new Set<string>()
  const names = new Map<string, string>()
  const busy = new Set<string>()
  const peopled = new Set<string>()
  for (const { action, situation, from } of decided) {
    const { host, address, object, current } = situation
    if (isShared(address)) continue
    const inside = part.holds(host, address)
    if (inside && action !== "keep") for (const one of [host, from?.host ?? host]) busy.add(one)
    const stays = inside ? action !== "delete" : current !== null || situation.leftovers.length > 0
    if (stays && !address.startsWith("image/")) peopled.add(host)
    if (!address.startsWith("appliance/")) continue
    const id = address.slice("appliance/".length)
    // What does not move now is where it was.
    if (!inside && from !== undefined) peopled.add(from.host)
    if (inside) held.add(id)
    if (inside ? action !== "delete" : current !== null || from !== undefined) present.add(id)
    for (const one of [object, current?.record, from?.current.record])
      if (one) names.set(fieldsOf(one, "appliance").name, id)
  }
  return {
    inPart: (id) => held.has(id),
    networkInPart: (host, name) => part.holds(host, `network/${name}`),
    present: (id) => present.has(id),
    ownerOfName: (name) => names.get(name) ?? null,
    busy,
    peopled,
  }
}

/** The object as it shall be when the part is applied; null: nothing is left on its host that needs it. */
function partialObject({ host, address, object, current }: Situation, view: View): ManagedObject | null {
  if (!view.peopled.has(host)) return null
  const record = current?.record ?? null
  const base = object ?? (record === null ? null : asRecorded(host, record))
  if (base === null) return null
  if (address.startsWith("names/")) return { ...base, fields: namesPart(object, record, view) }
  const fields = firewallPart(object, record, host, view)
  const causes = { ...record?.causes, ...object?.causes }
  const keys = new Set(fields.rules.map(keyOf))
  return {
    ...base,
    fields: fields as unknown as Readonly<Record<string, Json>>,
    after: fields.networks.map(({ name }): Address => `network/${name}`),
    causes: Object.fromEntries(Object.entries(causes).filter(([key]) => keys.has(key))),
  }
}

function namesPart(object: ManagedObject | null, record: ObjectRecord | null, view: View) {
  const [wanted, before] = [object, record].map((one) => (one === null ? [] : fieldsOf(one, "names").names))
  const inPart = (name: string) => {
    const owner = view.ownerOfName(name)
    return owner === null || view.inPart(owner)
  }
  const fields: NamesFields = {
    names: merged(
      wanted!,
      before!,
      ({ name }) => name,
      ({ name }) => inPart(name),
    ),
  }
  return fields as unknown as Readonly<Record<string, Json>>
}

const nothing: FirewallFields = { networks: [], ports: [], rules: [], tunnels: [] }

function firewallPart(
  object: ManagedObject | null,
  record: ObjectRecord | null,
  host: string,
  view: View,
): FirewallFields {
  const [wanted, before] = [object, record].map((one) => (one === null ? nothing : fieldsOf(one, "firewall")))
  return {
    networks: merged(
      wanted!.networks,
      before!.networks,
      ({ name }) => name,
      ({ name }) => view.networkInPart(host, name),
    ),
    ports: merged(
      wanted!.ports,
      before!.ports,
      (port) => `${port.appliance} ${port.network}`,
      ({ appliance }) => view.inPart(appliance),
    ),
    rules: rulesPart(wanted!.rules, before!.rules, host, view),
    tunnels: merged(
      wanted!.tunnels,
      before!.tunnels,
      ({ network }) => network,
      ({ network }) => view.networkInPart(host, network),
    ),
  }
}

function rulesPart(
  wanted: readonly FirewallRule[],
  before: readonly FirewallRule[],
  host: string,
  view: View,
): readonly FirewallRule[] {
  const old = new Map(before.map((rule) => [keyOf(rule), rule]))
  const isIn = ({ end }: RuleEnd): boolean => {
    if (end.kind === "appliance") return view.inPart(end.id)
    return end.kind !== "network" || view.networkInPart(host, end.name)
  }
  const isThere = ({ end }: RuleEnd) => end.kind !== "appliance" || view.present(end.id)
  const settled = wanted.map((rule) => {
    const known = old.get(keyOf(rule))
    if (known === undefined) return rule
    return { ...rule, from: isIn(rule.from) ? rule.from : known.from, to: isIn(rule.to) ? rule.to : known.to }
  })
  const rules = merged(settled, before, keyOf, (rule) => isIn(ownerOf(rule)))
  const open = rules.filter((rule) => old.has(keyOf(rule)) || (isThere(rule.from) && isThere(rule.to)))
  // A rule of both is settled end by end, whoever owns it.
  const both = new Map(settled.filter((rule) => old.has(keyOf(rule))).map((rule) => [keyOf(rule), rule]))
  return asBefore(
    open.map((rule) => both.get(keyOf(rule)) ?? rule),
    before,
  )
}

/** Who begins; from outside, whom it reaches. */
function ownerOf({ from, to }: FirewallRule): RuleEnd {
  if (from.end.kind === "appliance") return from
  if (to.end.kind === "appliance") return to
  return from.end.kind === "network" ? from : to
}

function keyOf({ from, to, ports, cause }: FirewallRule): string {
  return flowKey({ from: from.end, to: to.end, ports, cause })
}

/** Of each line the one that is wanted when it belongs to the part, else the one that was there; in the order of what is wanted. */
function merged<T>(
  wanted: readonly T[],
  before: readonly T[],
  key: (one: T) => string,
  inPart: (one: T) => boolean,
): readonly T[] {
  const old = new Map(before.map((one) => [key(one), one]))
  const named = new Set(wanted.map(key))
  const first = wanted.flatMap((one) => {
    if (inPart(one)) return [one]
    const known = old.get(key(one))
    return known === undefined ? [] : [known]
  })
  return asBefore([...first, ...before.filter((one) => !named.has(key(one)) && !inPart(one))], before)
}

/** The lines as they were, when they are the same in another order: that alone is no change. */
function asBefore<T>(lines: readonly T[], before: readonly T[]): readonly T[] {
  const texts = (some: readonly T[]) => some.map((one) => JSON.stringify(one)).sort()
  return equalJson(texts(lines), texts(before)) ? before : lines
}

function endingOf({ situation }: Change): string {
  return `nothing of the cluster is left on host ${situation.host}`
}
