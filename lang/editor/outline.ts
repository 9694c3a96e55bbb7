import type { Unit } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import { type Place, placeOf } from "./places.ts"
import type { Snapshot } from "./snapshot.ts"
import { oneLine } from "./words.ts"

export type OutlineKind =
  | "class"
  | "cluster"
  | "service"
  | "type"
  | "function"
  | "value"
  | "appliance"
  | "network"
  | "host"
  | "param"
  | "output"
  | "provided"
  | "need"
  | "check"
  | "test"
  | "field"

/** One declaration, with those in it. */
export type OutlineItem = {
  readonly name: string
  /** Its type or class, as it is written. */
  readonly detail: string | null
  readonly kind: OutlineKind
  /** The whole declaration. */
  readonly place: Place
  /** Its name. */
  readonly selection: Place
  readonly children: readonly OutlineItem[]
}

/** A declaration of the workspace, with what it stands in. */
export type Found = Omit<OutlineItem, "children"> & { readonly within: string | null }

/** What a file declares, as a tree in the order of the text. */
export function documentSymbols(snapshot: Snapshot, path: string): readonly OutlineItem[] {
  const unit = snapshot.units.get(path)
  return unit === undefined ? [] : outline(unit, unit.tree.items)
}

/** The declarations of the project whose name holds the letters of a query in order, the nearest first. */
export function workspaceSymbols(snapshot: Snapshot, query: string): readonly Found[] {
  const found: { readonly item: Found; readonly distance: number }[] = []
  const visit = (items: readonly OutlineItem[], within: string | null) => {
    for (const { children, ...item } of items) {
      const distance = distanceTo(item.name, query)
      if (distance !== null) found.push({ item: { ...item, within }, distance })
      visit(children, item.name)
    }
  }
  for (const unit of snapshot.units.values()) {
    if (unit.module.name === "") visit(outline(unit, unit.tree.items), null)
  }
  return found.sort((left, right) => left.distance - right.distance).map(({ item }) => item)
}

function outline(unit: Unit, items: readonly tree.Item[]): readonly OutlineItem[] {
  return items.flatMap((item) => {
    switch (item.kind) {
      case "for":
        return outline(unit, item.body.items)
      case "if": {
        const otherwise = item.else === undefined ? [] : item.else.kind === "if" ? [item.else] : item.else.items
        return [...outline(unit, item.then.items), ...outline(unit, otherwise)]
      }
      case "match":
        return item.arms.flatMap((arm) => outline(unit, arm.body.items))
      default:
        return declared(unit, item)
    }
  })
}

function declared(unit: Unit, item: tree.Item): readonly OutlineItem[] {
  const shape = shapeOf(item)
  if (shape === null || shape.name.end === shape.name.start) return []
  const { text } = unit.source
  const { name, kind, detail, body } = shape
  const key = "key" in item && item.kind !== "entry" && item.kind !== "map-for" ? item.key : undefined
  const end = key === undefined ? name.end : key.end + 1
  return [
    {
      name: text.slice(name.start, end),
      detail: detail === undefined ? null : oneLine(text.slice(detail.start, detail.end)),
      kind,
      place: placeOf(unit, item),
      selection: placeOf(unit, name),
      children: body === undefined ? [] : outline(unit, body),
    },
  ]
}

type Shape = {
  readonly name: tree.Spanned
  readonly kind: OutlineKind
  readonly detail?: tree.Spanned
  readonly body?: readonly tree.Item[]
}

function shapeOf(item: tree.Item): Shape | null {
  switch (item.kind) {
    case "let":
      return { name: item.name, kind: "value", detail: item.type }
    case "function":
      return { name: item.name, kind: "function", detail: item.result }
    case "type":
      return { name: item.name, kind: "type", detail: item.type }
    case "service":
      return { name: item.name, kind: "service" }
    case "appliance-class":
      return { name: item.name, kind: "class", detail: item.base, body: item.body.items.filter(isDeclaration) }
    case "cluster":
      return { name: item.name, kind: "cluster", body: item.body.items.filter(isDeclaration) }
    case "instance":
    case "insert":
      return { name: item.name, kind: "appliance", detail: item.class, body: item.body?.items.filter(isDeclaration) }
    case "cluster-instance":
      return { name: item.name, kind: "cluster", detail: item.cluster }
    case "network":
      return { name: item.name, kind: "network" }
    case "host":
      return { name: item.name, kind: "host", detail: item.value }
    case "param":
      return { name: item.name, kind: "param", detail: item.type }
    case "output":
      return { name: item.name, kind: "output", detail: item.type }
    case "provides":
      return { name: item.name, kind: "provided", detail: item.service }
    case "needs":
      return { name: item.name, kind: "need", detail: item.type }
    case "params":
      return { name: item.name, kind: "value" }
    case "check":
      return { name: item.title, kind: "check" }
    case "test":
      return { name: item.title, kind: "test" }
    case "publish":
      return { name: { start: item.start, end: item.port.end }, kind: "field", detail: item.target }
    default:
      return null
  }
}

function isDeclaration(item: tree.Item): boolean {
  return item.kind !== "field" && item.kind !== "let"
}

/** How far a name is from a query: the letters between those of the query; null when it does not hold them in order. */
function distanceTo(name: string, query: string): number | null {
  const lower = name.toLowerCase()
  let at = -1
  let distance = 0
  for (const letter of query.toLowerCase()) {
    const next = lower.indexOf(letter, at + 1)
    if (next === -1) return null
    distance += next - at - 1
    at = next
  }
  return distance * 100 + lower.length
}
