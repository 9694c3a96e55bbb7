import type { AnySymbol, Bindings, Unit } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import { eachChild } from "../syntax/walk.ts"

/** Which names of a unit stand for which symbols. */
export type NameIndex = {
  readonly symbols: ReadonlyMap<tree.Name, AnySymbol>
  /** In the order of the text, but where a symbol is declared comes first. */
  readonly uses: ReadonlyMap<AnySymbol, readonly tree.Name[]>
}

/** The names of one unit, by one walk over its tree. */
export function indexNames(unit: Unit, bindings: Bindings): NameIndex {
  const symbols = new Map<tree.Name, AnySymbol>()
  const uses = new Map<AnySymbol, tree.Name[]>()
  const note = (name: tree.Name, symbol: AnySymbol, at: "declared" | "used") => {
    if (symbols.has(name) || name.text === "") return
    symbols.set(name, symbol)
    const known = uses.get(symbol)
    if (known === undefined) uses.set(symbol, [name])
    else if (at === "declared" && isFirst(name, symbol)) known.unshift(name)
    else known.push(name)
  }
  const visit = (node: tree.Node): void => {
    const declared = bindings.declared.get(node as tree.Declaration | tree.Name)
    const name = declared === undefined ? null : nameOf(node)
    if (declared !== undefined && name !== null) note(name, declared, "declared")
    const used = node.kind === "name" ? bindings.uses.get(node) : undefined
    if (used !== undefined) note(node as tree.Name, used, "used")
    eachChild(node, visit)
  }
  visit(unit.tree)
  return { symbols, uses }
}

/** Of a family that is declared in several places, the first one is the symbol's own. */
function isFirst(name: tree.Name, symbol: AnySymbol): boolean {
  if (!("declaration" in symbol)) return true
  const { declaration } = symbol
  return declaration === name || ("name" in declaration && declaration.name === name)
}

function nameOf(node: tree.Node): tree.Name | null {
  if (node.kind === "name") return node
  if (node.kind === "use") return node.namespace ?? null
  return "name" in node && node.name?.kind === "name" ? node.name : null
}
