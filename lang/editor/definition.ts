import type { Unit } from "../names/symbol.ts"
import type { Type } from "../types/type.ts"
import { memberNamed } from "./members.ts"
import { eachNode } from "./nodes.ts"
import { type Place, placeOf, placeOfSpan } from "./places.ts"
import type { Snapshot } from "./snapshot.ts"
import { declarationOf } from "./symbols.ts"
import { declaredSpan, type Target, targetsAt } from "./target.ts"
import { fieldName, namesOfUse, usesOfTemplate } from "./templates.ts"
import { bare, typeOfSymbol } from "./types.ts"

/** Where what stands at an offset is declared; none for what the language declares. */
export function definition(snapshot: Snapshot, path: string, offset: number): readonly Place[] {
  const unit = snapshot.units.get(path)
  if (unit === undefined) return definitionInTemplate(snapshot, path, offset)
  return unique(
    targetsAt(snapshot, unit, offset).flatMap((target) => {
      if (target.kind === "file") return [{ path: target.path, start: 0, end: 0 }]
      const span = declaredSpan(target)
      return span === null ? [] : [placeOfSpan(snapshot, span)]
    }),
  )
}

/** Where the type of what stands at an offset is declared: a class, a service, a type, a cluster. */
export function typeDefinition(snapshot: Snapshot, path: string, offset: number): readonly Place[] {
  const unit = snapshot.units.get(path)
  if (unit === undefined) return []
  return unique(
    targetsAt(snapshot, unit, offset).flatMap((target) => typePlaces(snapshot, typeOfTarget(snapshot, target))),
  )
}

/** What implements it: the classes that provide a service, the instances and the specialisations of a class. */
export function implementation(snapshot: Snapshot, path: string, offset: number): readonly Place[] {
  const unit = snapshot.units.get(path)
  if (unit === undefined) return []
  const symbols = targetsAt(snapshot, unit, offset).flatMap((target) =>
    target.kind === "symbol" ? [target.symbol] : [],
  )
  return unique(
    symbols.flatMap((symbol) => {
      if (symbol.kind !== "service" && symbol.kind !== "class") return []
      return snapshot.usesOf(symbol).flatMap((use) => implementing(use.unit, use.name.start))
    }),
  )
}

/** The name of the declaration whose head names a service or class at an offset. */
function implementing(unit: Unit, start: number): readonly Place[] {
  const places: Place[] = []
  for (const item of unit.tree.items) {
    if (item.start > start || item.end < start) continue
    eachNode({ ...unit.tree, items: [item] }, (node) => {
      const named =
        node.kind === "provides"
          ? node.service
          : node.kind === "instance" || node.kind === "insert"
            ? node.class
            : node.kind === "appliance-class"
              ? node.base
              : undefined
      if (named !== undefined && named.start <= start && start <= named.end && "name" in node) {
        places.push(placeOf(unit, node.name as { start: number; end: number }))
      }
    })
  }
  return places
}

function definitionInTemplate(snapshot: Snapshot, path: string, offset: number): readonly Place[] {
  const places: Place[] = []
  for (const use of usesOfTemplate(snapshot, path)) {
    for (const { place, occurrence } of namesOfUse(snapshot, use)) {
      if (place.path !== path || offset < place.start || offset > place.end) continue
      const field = occurrence.kind === "passed" ? fieldName(use.record, occurrence.name) : null
      const member = occurrence.kind === "member" ? memberNamed(snapshot, occurrence.of, occurrence.name) : null
      const declared = field === null ? member?.declared : use.record?.fields.get(field)?.declared
      if (declared) places.push(placeOfSpan(snapshot, declared))
    }
  }
  return unique(places)
}

function typeOfTarget(snapshot: Snapshot, target: Target): Type | null {
  if (target.kind === "member") return target.member.type
  if (target.kind === "value") return target.type
  return target.kind === "symbol" ? (target.type ?? typeOfSymbol(snapshot, target.symbol)) : null
}

function typePlaces(snapshot: Snapshot, type: Type | null): readonly Place[] {
  const of = bare(type)
  const symbol =
    of?.kind === "appliance"
      ? of.class
      : of?.kind === "service"
        ? of.service
        : of?.kind === "cluster"
          ? of.cluster
          : null
  if (symbol !== null) return [placeOfSpan(snapshot, declarationOf(symbol)!.span)]
  if (of?.kind === "list" || of?.kind === "range") return typePlaces(snapshot, of.of)
  if (of?.kind === "map") return typePlaces(snapshot, of.value)
  if (of?.kind !== "record" && of?.kind !== "union" && of?.kind !== "enum") return []
  for (const unit of snapshot.units.values()) {
    for (const item of unit.tree.items) {
      if (item.kind === "type" && item.name.text === of.name && snapshot.declaredType(item.type) === of) {
        return [placeOf(unit, item.name)]
      }
    }
  }
  return []
}

function unique(places: readonly Place[]): readonly Place[] {
  const seen = new Map(places.map((place) => [`${place.path}:${place.start}`, place]))
  return [...seen.values()]
}
