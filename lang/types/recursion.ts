import { topologicalOrder } from "../graph/graph.ts"
import type { AnySymbol, Bindings, FunctionSymbol, Unit } from "../names/symbol.ts"
import type { Report } from "../report/diagnostic.ts"
import type * as tree from "../syntax/tree.ts"
import type { Span } from "../text/source.ts"

/** When each function and let is checked that reads others, and the ones that no order exists for. */
export type Reads = { readonly order: ReadonlyMap<AnySymbol, number>; readonly circular: ReadonlySet<AnySymbol> }

/**
 * Orders the functions and lets of `units` after those that they read: checked so, no chain of them is as deep as it is long. Circles are reported
 * (A0322), each once, where the first of it is declared.
 */
export function orderReads(bindings: Bindings, units: ReadonlySet<Unit>, report: Report): Reads {
  const next = (symbol: AnySymbol) => bindings.reads.get(symbol) ?? []
  const nodes = [...bindings.reads.keys()].filter((symbol) => "unit" in symbol && units.has(symbol.unit))
  const all = topologicalOrder({ nodes, next })
  const components = all.kind === "cyclic" ? all.components : []
  for (const [first] of components) if (first !== undefined) reportCircle(wayBackTo(first, next), report)
  const circular = new Set(components.flat())
  const rest = topologicalOrder({ nodes: nodes.filter((symbol) => !circular.has(symbol)), next })
  return { order: new Map(rest.kind === "order" ? rest.nodes.map((symbol, index) => [symbol, index]) : []), circular }
}

/** The shortest way from `start` back to itself, breadth first; without `start` itself at its end. */
function wayBackTo(start: AnySymbol, next: (symbol: AnySymbol) => Iterable<AnySymbol>): readonly AnySymbol[] {
  const before = new Map<AnySymbol, AnySymbol>()
  const left: AnySymbol[] = [start]
  for (const at of left) {
    for (const symbol of next(at)) {
      if (symbol === start) return wayTo(at, start, before)
      if (before.has(symbol)) continue
      before.set(symbol, at)
      left.push(symbol)
    }
  }
  return [start]
}

function wayTo(end: AnySymbol, start: AnySymbol, before: ReadonlyMap<AnySymbol, AnySymbol>): readonly AnySymbol[] {
  const way = [end]
  for (let at = end; at !== start; way.push(at)) at = before.get(at)!
  return way.reverse()
}

/** How many stations of a circle are shown. */
const shown = 8

function reportCircle(circle: readonly AnySymbol[], report: Report): void {
  const [start, ...others] = circle.filter(isNamed)
  if (start === undefined) return
  const what = start.kind === "function" ? "calls itself" : "is made of itself"
  report.add("A0322", nameSpan(start), `${start.name} ${what}`, {
    related: others.slice(0, shown).map((other) => ({ message: `through ${other.name}`, span: nameSpan(other) })),
    hint: "evaluation always ends, so nothing may lead back to itself",
  })
}

type Named = FunctionSymbol | (AnySymbol & { readonly kind: "let"; readonly declaration: tree.Let })

function isNamed(symbol: AnySymbol): symbol is Named {
  return symbol.kind === "function" || symbol.kind === "let"
}

function nameSpan(symbol: Named): Span {
  const { name } = symbol.declaration
  return { source: symbol.unit.source, start: name.start, end: name.end }
}
