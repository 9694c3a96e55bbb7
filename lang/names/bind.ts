import type { Report } from "../report/diagnostic.ts"
import type * as tree from "../syntax/tree.ts"
import { removalOf } from "../text/removal.ts"
import type { Span } from "../text/source.ts"
import { bindBody } from "./bind-items.ts"
import { reportNestedInItself } from "./clusters.ts"
import { classMembers, clusterMembers, declareFile, declareImports } from "./declare.ts"
import { type Binder, type Keeping, makeScope, spanOf } from "./scope.ts"
import type { Bindings, Program, Unit } from "./symbol.ts"

/**
 * Says what every name of the program means. Names are looked up where they are written: in the bodies around them, then at the top
 * of their file, then among the words of the language. Reports A0201 to A0204 and A0209 to A0216.
 */
export function bind(program: Program, report: Report): Bindings {
  const binder = makeBinder(program, report, { table: () => new Map(), renew: (symbol) => symbol })
  bindUnits(binder, program.units)
  // After a mistake the names that it kept from being found would look unused.
  if (!report.failed) warnOfUnused(binder, program.units)
  return binder
}

/** A binder that has bound nothing yet. */
export function makeBinder(program: Program, report: Report, keeping: Keeping): Binder {
  const { table, renew } = keeping
  return {
    program,
    report,
    renew,
    uses: table(),
    declared: table(),
    under: table(),
    files: table(),
    members: table(),
    outputs: table(),
    bases: table(),
    reads: table(),
    used: table(),
    lets: table(),
    silenced: table(),
    notFound: table(),
    unknown: table(),
  }
}

/** Binds units; all that these use, but for themselves, were bound before. */
export function bindUnits(binder: Binder, units: readonly Unit[]): void {
  for (const unit of units) declareFile(binder, unit)
  for (const unit of units) declareImports(binder, unit)
  for (const unit of units) declareAllMembers(binder, unit)
  for (const unit of units) bindFile(binder, unit)
  reportNestedInItself(binder, units)
}

/** Warns of imports and inner lets that nothing uses (A0211, A0212), in units that were bound without a mistake. */
export function warnOfUnused(binder: Binder, units: readonly Unit[]): void {
  for (const unit of units) warnOfUnusedIn(binder, unit)
}

function declareAllMembers(binder: Binder, unit: Unit): void {
  for (const item of unit.tree.items) {
    const symbol = binder.declared.get(item as tree.Declaration)
    if (symbol?.kind === "class") classMembers(binder, symbol)
    if (symbol?.kind === "cluster") clusterMembers(binder, symbol)
  }
}

function bindFile(binder: Binder, unit: Unit): void {
  const scope = binder.files.get(unit)!
  bindBody(unit.tree.items, { binder, unit, scope: makeScope(scope), owner: null, place: "file", inside: null })
}

function warnOfUnusedIn(binder: Binder, unit: Unit): void {
  const used = binder.used.get(unit)!
  for (const item of unit.tree.items) {
    if (item.kind !== "use") continue
    const namespace = binder.declared.get(item)
    if (item.namespace !== undefined && namespace !== undefined && !used.has(namespace)) {
      binder.report.add("A0211", spanOf(unit, item.namespace), `nothing here uses ${item.namespace.text}`, {
        fix: { title: "take the `use` away", edits: [{ span: removalOf(spanOf(unit, item)), text: "" }] },
      })
    }
    for (const name of item.names) {
      const symbol = binder.uses.get(name.name)
      // The hosts and networks that a file takes are those that its clusters stand on, also where none of them is named.
      if (symbol === undefined || symbol.kind === "thing" || used.has(symbol)) continue
      const local = (name.alias ?? name.name).text
      const span = item.names.length === 1 ? removalOf(spanOf(unit, item)) : spanWithComma(unit, item, name)
      const title = item.names.length === 1 ? "take the `use` away" : `take ${local} away`
      binder.report.add("A0211", spanOf(unit, name), `nothing here uses ${local}`, {
        fix: { title, edits: [{ span, text: "" }] },
      })
    }
  }
  for (const symbol of binder.lets.get(unit) ?? []) {
    if (used.has(symbol)) continue
    const span = removalOf(spanOf(unit, symbol.declaration))
    binder.report.add("A0212", spanOf(unit, symbol.declaration.name), `nothing here uses ${symbol.name}`, {
      fix: { title: "take the `let` away", edits: [{ span, text: "" }] },
    })
  }
}

/** A used name with the comma that divides it from the next one, or from the one before when it is the last. */
function spanWithComma(unit: Unit, use: tree.Use, name: tree.UsedName): Span {
  const at = use.names.indexOf(name)
  const next = use.names[at + 1]
  if (next !== undefined) return { source: unit.source, start: name.start, end: next.start }
  return { source: unit.source, start: use.names[at - 1]!.end, end: name.end }
}
