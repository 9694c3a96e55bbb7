import type * as tree from "../syntax/tree.ts"
import { type Expansion, once } from "./expansion.ts"
import { compile } from "./expressions.ts"
import { type Frame, makeFrame, makeScope, spanOf } from "./frame.ts"
import type { Home } from "./home.ts"
import { hostnameOf, identityOf, isNewName } from "./identity.ts"
import type { Inner, InstancePlan, Layout } from "./layout.ts"
import { declareLets, memo } from "./lets.ts"
import { applianceLayout, classLevels, hasOneLayout } from "./make-layout.ts"
import { isList, isObject } from "./show.ts"
import { Appliance } from "./things.ts"
import type { Value } from "./value.ts"

/** Makes an appliance of a cluster. */
export function addAppliance(
  expansion: Expansion,
  item: tree.Instance | tree.Insert,
  home: Home,
  place: Inner,
  frame: Frame,
): Appliance | null {
  const { evaluation } = expansion
  const plan = instancePlan(expansion, item, place)
  const identity = identityOf(expansion, item, home, place, frame)
  if (plan === null || identity === null) return null
  const span = spanOf(place.unit, item.name)
  const unfold = plan.unfolds ? (): Layout => applianceLayout(plan.levels, plan.body, thing.frames) : null
  const names = { ...identity, hostname: hostnameOf(home, identity) }
  const thing: Appliance = new Appliance(evaluation, plan, names, span, unfold)
  thing.frames = framesOf(plan, frame, thing)
  if (!isNewName(expansion, thing)) return null
  identity.family.set(identity.key, thing)
  expansion.appliances.push(thing)
  return thing
}

/** Makes an appliance that is put in line: it stands on the network that its header names. */
export function addInsert(expansion: Expansion, item: tree.Insert, home: Home, place: Inner, frame: Frame): void {
  const appliance = addAppliance(expansion, item, home, place, frame)
  if (appliance === null) return
  const codes = once(expansion, item, () => ({
    before: compile(place, item.before),
    network: compile(place, item.network),
  }))
  expansion.inserts.push({
    appliance,
    before: () => appliancesIn(codes.before.run(frame)),
    network: () => {
      const value = codes.network.run(frame)
      return isObject(value) && value.kind === "reference" && value.to.kind === "network" ? value.to : null
    },
    span: appliance.span,
    beforeSpan: spanOf(place.unit, item.before),
  })
}

function instancePlan(expansion: Expansion, item: tree.Instance | tree.Insert, place: Inner): InstancePlan | null {
  const known = expansion.instances.get(item)
  if (known !== undefined) return known
  const { evaluation, classes } = expansion
  const symbol = evaluation.bindings.uses.get(item.class.path.at(-1)!)
  if (symbol?.kind !== "class") return null
  const levels = classes.get(symbol) ?? classLevels(evaluation, symbol)
  classes.set(symbol, levels)
  const items = [...(item.kind === "insert" ? [standsOn(item.network)] : []), ...(item.body?.items ?? [])]
  const inner: Inner = { ...place, scope: makeScope(place.scope, true) }
  declareLets(inner, items)
  const body = { place: inner, items }
  const layout = memo(() => applianceLayout(levels, body, null))
  const unfolds = !hasOneLayout(levels, items)
  const plan: InstancePlan = { class: symbol, levels, body, layout, unfolds, extended: new Map() }
  expansion.instances.set(item, plan)
  return plan
}

/** `on = …`, at the place of what an insertion's header says. */
function standsOn(network: tree.Expression): tree.Field {
  const { start, end } = network
  const name: tree.Name = { kind: "name", text: "on", start, end }
  return { kind: "field", name, operator: "=", value: network, short: false, start, end }
}

function framesOf(plan: InstancePlan, outer: Frame, thing: Appliance): readonly Frame[] {
  const frames: Frame[] = []
  for (const level of plan.levels) frames.push(makeFrame(level.place.scope, frames.at(-1) ?? null, thing))
  frames.push(makeFrame(plan.body.place.scope, outer, thing))
  return frames
}

/** The appliances that a value stands for: one, or all of a family. */
function appliancesIn(value: Value): readonly Appliance[] {
  if (isList(value)) return value.flatMap(appliancesIn)
  if (!isObject(value)) return []
  if (value.kind === "map") return [...value.entries.values()].flatMap(appliancesIn)
  return value.kind === "reference" && value.to instanceof Appliance ? [value.to] : []
}
