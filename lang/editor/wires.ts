import type { DesiredState, Wire } from "../desired/desired-state.ts"
import type { ThingSymbol } from "../names/symbol.ts"
import { type Place, placeOf } from "./places.ts"
import type { Snapshot } from "./snapshot.ts"
import { targetsAt } from "./target.ts"
import { headOf } from "./words.ts"

/** An appliance, or a family of them, in the hierarchy of who needs whom. */
export type WireItem = {
  readonly name: string
  /** Its declaration in a line. */
  readonly detail: string
  readonly place: Place
  readonly selection: Place
  /** The file whose cluster it is of. */
  readonly path: string
}

/** One step in the hierarchy, with what is needed: `http`, `dns`. */
export type WireStep = { readonly item: WireItem; readonly needs: readonly string[] }

/** The appliances that stand at an offset, as items of the hierarchy. */
export function prepareWires(snapshot: Snapshot, path: string, offset: number): readonly WireItem[] {
  const unit = snapshot.units.get(path)
  if (unit === undefined) return []
  return targetsAt(snapshot, unit, offset).flatMap((target) =>
    target.kind === "symbol" && target.symbol.kind === "thing" ? itemOf(snapshot, path, target.symbol.name) : [],
  )
}

/** Who needs what an item provides. */
export function consumersOf(snapshot: Snapshot, item: WireItem): readonly WireStep[] {
  const wires = wiresOf(snapshot, item.path).filter(({ provider }) => familyOf(provider) === item.name)
  return steps(snapshot, item.path, wires, (wire) => wire.consumer)
}

/** Whom an item needs. */
export function providersOf(snapshot: Snapshot, item: WireItem): readonly WireStep[] {
  const wires = wiresOf(snapshot, item.path).filter(({ consumer }) => familyOf(consumer) === item.name)
  return steps(snapshot, item.path, wires, (wire) => wire.provider)
}

function steps(
  snapshot: Snapshot,
  path: string,
  wires: readonly Wire[],
  other: (wire: Wire) => string,
): readonly WireStep[] {
  const groups = Map.groupBy(wires, (wire) => familyOf(other(wire)))
  return [...groups].flatMap(([family, group]) =>
    itemOf(snapshot, path, family).map((item) => ({ item, needs: [...new Set(group.map(({ name }) => name))] })),
  )
}

function wiresOf(snapshot: Snapshot, path: string): DesiredState["wires"] {
  return snapshot.evaluated(path)?.desired?.wires ?? []
}

function itemOf(snapshot: Snapshot, path: string, name: string): readonly WireItem[] {
  const thing = thingNamed(snapshot, path, name)
  if (thing === null) return []
  const { unit, declaration } = thing
  return [
    {
      name,
      detail: headOf(thing, null),
      place: placeOf(unit, declaration),
      selection: placeOf(unit, declaration.name),
      path,
    },
  ]
}

function thingNamed(snapshot: Snapshot, path: string, name: string): ThingSymbol | null {
  const unit = snapshot.units.get(path)
  for (const item of unit?.tree.items ?? []) {
    const cluster = item.kind === "cluster" ? snapshot.symbolOf(item.name) : null
    const thing = cluster?.kind === "cluster" ? snapshot.bindings.members.get(cluster)?.get(name) : undefined
    if (thing?.kind === "thing") return thing
  }
  return null
}

/** `web` of `web[1]`. */
function familyOf(id: string): string {
  const bracket = id.indexOf("[")
  return bracket === -1 ? id : id.slice(0, bracket)
}
