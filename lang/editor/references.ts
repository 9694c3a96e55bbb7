import type { AnySymbol, Unit } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import type { Span } from "../text/source.ts"
import { templateName } from "../values/templates/scope.ts"
import { memberNamed } from "./members.ts"
import { nodesAt } from "./nodes.ts"
import { type Place, placeOf, placeOfSpan } from "./places.ts"
import type { Snapshot } from "./snapshot.ts"
import { declarationOf } from "./symbols.ts"
import { declaredSpan, nameTargets, type Target, targetsAt } from "./target.ts"
import { fieldName, namesOfUse, type TemplateName, templateUses, usesOfTemplate } from "./templates.ts"
import { viewOf } from "./view.ts"

/** A place that names something. */
export type Reference = Place & {
  readonly declares: boolean
  /** In a short field `{ site }`, which reads a name and gives a field of that name: what of the two is meant. */
  readonly short: "value" | "field" | null
  /** Stands in a template, where names have `_` for `-`. */
  readonly inTemplate: boolean
}

/** What a search for references is about: a symbol, or a field by where it is declared. */
export type Subject = {
  readonly name: string
  readonly symbol: AnySymbol | null
  /** Where it is declared. A field that is passed to a template in several calls has several. */
  readonly declared: readonly Span[]
}

/** Every place in the workspace that names what stands at an offset, its declaration first; none for words of the language. */
export function references(snapshot: Snapshot, path: string, offset: number): readonly Reference[] {
  const seen = new Map<string, Reference>()
  for (const subject of subjectsAt(snapshot, path, offset)) {
    for (const reference of referencesTo(snapshot, subject)) seen.set(`${reference.path}:${reference.start}`, reference)
  }
  return [...seen.values()]
}

/** The places in the same file that name what stands at an offset. */
export function highlights(snapshot: Snapshot, path: string, offset: number): readonly Reference[] {
  return references(snapshot, path, offset).filter((reference) => reference.path === path)
}

/** What stands at an offset, as something that can be searched for; a short field is two. */
export function subjectsAt(snapshot: Snapshot, path: string, offset: number): readonly Subject[] {
  const unit = snapshot.units.get(path)
  if (unit === undefined) return templateSubjects(snapshot, path, offset)
  return targetsAt(snapshot, unit, offset).flatMap((target) => subjectOf(target) ?? [])
}

/** All places that name a subject. */
export function referencesTo(snapshot: Snapshot, subject: Subject): readonly Reference[] {
  const { symbol } = subject
  if (symbol === null) return [...fieldReferences(snapshot, subject), ...templateReferences(snapshot, subject)]
  const named = snapshot.usesOf(symbol).map(({ unit, name }) => reference(snapshot, unit, name, subject))
  if (!hasFields(symbol)) return named
  // A param is also the field that instances give and the member that others read: those are found by type.
  const found = new Set(named.map((one) => `${one.path}:${one.start}`))
  const byType = fieldReferences(snapshot, subject).filter((one) => !found.has(`${one.path}:${one.start}`))
  return [...named, ...byType, ...templateReferences(snapshot, subject)]
}

function subjectOf(target: Target): readonly Subject[] | null {
  if (target.kind === "symbol") {
    const { symbol } = target
    const declared = declarationOf(symbol)
    return declared === null ? null : [{ name: symbol.name, symbol, declared: [declared.span] }]
  }
  const span = declaredSpan(target)
  if (target.kind !== "member" || span === null) return null
  return [{ name: target.member.name, symbol: null, declared: [span] }]
}

function hasFields(symbol: AnySymbol): boolean {
  return ["param", "needs", "provides", "output", "thing", "local"].includes(symbol.kind)
}

function fieldReferences(snapshot: Snapshot, subject: Subject): readonly Reference[] {
  const found: Reference[] = []
  for (const unit of snapshot.units.values()) {
    const { text } = unit.source
    const view = viewOf(snapshot, unit)
    for (let at = text.indexOf(subject.name); at !== -1; at = text.indexOf(subject.name, at + 1)) {
      const chain = nodesAt(unit.tree, at)
      const node = chain.at(-1)!
      if (node.kind !== "name" || node.start !== at || node.text !== subject.name) continue
      const names = nameTargets(view, chain).some((target) => isSame(target, subject))
      if (names) found.push(reference(snapshot, unit, node, subject))
    }
  }
  return found
}

function isSame(target: Target, subject: Subject): boolean {
  if (target.kind === "symbol" && target.symbol === subject.symbol) return true
  const span = declaredSpan(target)
  return span !== null && subject.declared.some((one) => one.source === span.source && one.start === span.start)
}

function reference(snapshot: Snapshot, unit: Unit, name: tree.Name, subject: Subject): Reference {
  const chain = nodesAt(unit.tree, name.start)
  const parent = chain[chain.indexOf(name) - 1]
  const isValue = subject.symbol !== null && snapshot.symbolOf(name) === subject.symbol
  const short = parent?.kind === "field" && parent.short ? (isValue ? "value" : "field") : null
  const place = placeOf(unit, name)
  const declares = subject.declared.some((span) => {
    const declared = placeOfSpan(snapshot, span)
    return declared.path === place.path && declared.start === place.start
  })
  return { ...place, declares, short, inTemplate: false }
}

/** The variables and members of templates that stand for a field. */
function templateReferences(snapshot: Snapshot, subject: Subject): readonly Reference[] {
  const found: Reference[] = []
  for (const unit of snapshot.units.values()) {
    for (const use of templateUses(snapshot, unit)) {
      for (const name of namesOfUse(snapshot, use)) {
        if (name.occurrence.name !== templateName(subject.name)) continue
        const declared = declaredBy(snapshot, name)
        const same =
          declared !== null &&
          subject.declared.some((one) => one.source === declared.source && one.start === declared.start)
        if (same) found.push({ ...name.place, declares: false, short: null, inTemplate: true })
      }
    }
  }
  return found
}

function declaredBy(snapshot: Snapshot, { occurrence, use }: TemplateName): Span | null {
  if (occurrence.kind === "member") return memberNamed(snapshot, occurrence.of, occurrence.name)?.declared ?? null
  const field = occurrence.kind === "passed" ? fieldName(use.record, occurrence.name) : null
  return field === null ? null : (use.record?.fields.get(field)?.declared ?? null)
}

/** A template's variable is the field of that name in every call that uses the template. */
function templateSubjects(snapshot: Snapshot, path: string, offset: number): readonly Subject[] {
  const declared: Span[] = []
  let found: string | null = null
  for (const use of usesOfTemplate(snapshot, path)) {
    for (const name of namesOfUse(snapshot, use)) {
      const { place, occurrence } = name
      if (place.path !== path || offset < place.start || offset > place.end) continue
      const span = declaredBy(snapshot, name)
      if (span === null) continue
      declared.push(span)
      found ??= (occurrence.kind === "passed" ? fieldName(use.record, occurrence.name) : null) ?? occurrence.name
    }
  }
  return found === null ? [] : [{ name: found, symbol: null, declared }]
}
