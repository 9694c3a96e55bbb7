import type { Unit } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import { type Expansion, once } from "./expansion.ts"
import { compile } from "./expressions.ts"
import { type Evaluation, type Frame, fail, makeThings, spanOf } from "./frame.ts"
import type { Family, Home } from "./home.ts"
import type { Inner } from "./layout.ts"
import { display } from "./show.ts"
import type { Appliance, Identity } from "./things.ts"
import { invalid, type Value } from "./value.ts"

type Keyed = tree.Instance | tree.Network | tree.Host | tree.ClusterInstance | tree.Insert

/** The identity of a thing, with the family that it joins; null when its key is no key or is taken, which is reported. */
export function identityOf(
  expansion: Expansion,
  item: Keyed,
  home: Home,
  place: Inner,
  frame: Frame,
): (Identity & { readonly family: Family }) | null {
  const { evaluation } = expansion
  const { unit } = place
  const symbol = evaluation.bindings.declared.get(item)
  const name = item.name.text
  if (symbol?.kind !== "thing" || !makeThings(evaluation, () => spanOf(unit, item.name))) return null
  const expression = item.kind === "insert" ? undefined : item.key
  let key: string | number | null = null
  if (expression !== undefined) {
    const given = once(expansion, item, () => ({ key: compile(place, expression) })).key.run(frame)
    if (given === invalid || !isKey(given)) {
      if (given !== invalid) reportKey(evaluation, unit, expression, given)
      return null
    }
    key = given
  }
  const family: Family = home.families.get(symbol) ?? new Map()
  home.families.set(symbol, family)
  const twin = family.get(key)
  const id = `${home.cluster?.path ?? ""}${key === null ? name : `${name}[${key}]`}`
  if (twin !== undefined) {
    fail(evaluation, "A0714", spanOf(unit, expression ?? item.name), `there is a \`${id}\` already`, {
      related: twin.span.start === item.name.start ? [] : [{ message: "the first one", span: twin.span }],
      hint: key === null ? "what a `for` makes has a key: `name[i]`" : undefined,
    })
    return null
  }
  return { name, key, id, family, within: home.cluster }
}

/** A name with its key as a host name, behind that of the cluster that it stands in: `room-klein-web-1`. */
export function hostnameOf(home: Home, { name, key }: Identity): string {
  const own = key === null ? name : `${name}-${key}`
  const around = home.cluster?.hostname ?? ""
  return around === "" ? own : `${around}-${own}`
}

/** Host names are told apart in the whole deployed cluster, and fit into a DNS label. */
export function isNewName(expansion: Expansion, thing: Appliance): boolean {
  const { evaluation, hostnames } = expansion
  const twin = hostnames.get(thing.hostname)
  if (twin !== undefined) {
    fail(
      evaluation,
      "A0712",
      thing.span,
      `\`${thing.id}\` and \`${twin.id}\` both have the host name \`${thing.hostname}\``,
      {
        hint: "give one of them another name or key",
        related: [{ message: `\`${twin.id}\` stands here`, span: twin.span }],
      },
    )
    return false
  }
  if (thing.hostname.length > 63) {
    const length = thing.hostname.length
    fail(evaluation, "A0713", thing.span, `the host name \`${thing.hostname}\` has ${length} characters`, {
      hint: "63 is the most that a host name may have",
    })
    return false
  }
  hostnames.set(thing.hostname, thing)
  return true
}

function isKey(value: Value): value is string | number {
  if (typeof value === "number") return Number.isInteger(value) && value >= 0
  return typeof value === "string" && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(value)
}

function reportKey(evaluation: Evaluation, unit: Unit, expression: tree.Expression, key: Value): void {
  fail(evaluation, "A0711", spanOf(unit, expression), `${display(key)} cannot be a key`, {
    label: display(key),
    hint: "a key is a whole number that is not negative, or a text of `a-z`, `0-9` and `-` without a `-` at either end",
  })
}
