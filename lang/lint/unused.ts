import type { AnySymbol, Unit } from "../names/symbol.ts"
import type { Fix } from "../report/diagnostic.ts"
import type * as tree from "../syntax/tree.ts"
import { eachChild } from "../syntax/walk.ts"
import { removalOf } from "../text/removal.ts"
import type { Find, Subject } from "./rule.ts"

/** A1001: what stands at the top of a file, that no file uses and no `module.json` exports. */
export function unusedDeclarations(subject: Subject, find: Find): void {
  const used = usedSymbols(subject)
  for (const unit of subject.units) {
    for (const item of unit.tree.items) {
      const symbol = subject.bindings.declared.get(item as tree.Declaration)
      const what = symbol === undefined ? undefined : kinds[symbol.kind]
      if (symbol === undefined || what === undefined || !("name" in item) || item.name?.kind !== "name") continue
      if (used.has(symbol) || subject.exports?.has(item.name.text)) continue
      find(spanOf(unit, item.name), `no file uses the ${what} ${item.name.text}`, {
        fix: removing(unit, item, item.name.text),
      })
    }
  }
}

/** A1002: a param of a class or cluster that nothing reads, not even through `self` or a thing's name. */
export function unusedParams(subject: Subject, find: Find): void {
  const used = usedSymbols(subject)
  const read = readMembers(subject)
  for (const [declaration, symbol] of subject.bindings.declared) {
    if (symbol.kind !== "param" || !subject.units.includes(symbol.unit) || symbol.owner === null) continue
    if (used.has(symbol) || read.has(symbol.name) || isNarrowing(subject, symbol)) continue
    find(spanOf(symbol.unit, symbol.declaration.name), `nothing in ${symbol.owner.name} reads ${symbol.name}`, {
      fix: removing(symbol.unit, declaration, symbol.name),
    })
  }
}

/** A1003: a parameter of a function that its value does not read. */
export function unusedParameters(subject: Subject, find: Find): void {
  const used = usedSymbols(subject)
  for (const [declaration, symbol] of subject.bindings.declared) {
    if (symbol.kind !== "local" || symbol.role !== "parameter" || used.has(symbol)) continue
    if (subject.units.includes(symbol.unit))
      find(spanOf(symbol.unit, declaration), `the function does not read ${symbol.name}`)
  }
}

const kinds: Partial<Readonly<Record<AnySymbol["kind"], string>>> = {
  let: "value",
  function: "function",
  type: "type",
  service: "service",
  class: "class",
}

/** A use of a variant is one of its union; a class that is specialised is used. */
function usedSymbols({ bindings }: Subject): ReadonlySet<AnySymbol> {
  const used = new Set<AnySymbol>(bindings.uses.values())
  for (const symbol of bindings.uses.values()) if (symbol.kind === "variant") used.add(symbol.union)
  for (const base of bindings.bases.values()) used.add(base)
  return used
}

/** The names of all fields that are read of something: which thing that is, is not asked. */
function readMembers({ program }: Subject): ReadonlySet<string> {
  const names = new Set<string>()
  const visit = (node: tree.Node): void => {
    if (node.kind === "member") names.add(node.name.text)
    eachChild(node, visit)
  }
  for (const unit of program.units) visit(unit.tree)
  return names
}

/** A class may declare a param of its base again, to narrow it: then the base reads it. */
function isNarrowing({ bindings }: Subject, symbol: AnySymbol & { kind: "param" }): boolean {
  if (symbol.owner?.kind !== "class") return false
  const base = bindings.bases.get(symbol.owner)
  return base !== undefined && bindings.members.get(base)?.has(symbol.name) === true
}

function removing(unit: Unit, node: tree.Spanned, name: string): Fix {
  return { title: `take ${name} away`, edits: [{ span: removalOf(spanOf(unit, node)), text: "" }] }
}

function spanOf(unit: Unit, node: tree.Spanned) {
  return { source: unit.source, start: node.start, end: node.end }
}
