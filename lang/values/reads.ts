import type { AnySymbol } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import { eachChild } from "../syntax/walk.ts"
import type { Place } from "./frame.ts"

/** A name, a member, an index, or a call of a function of a file. */
export type ReadExpression = tree.Name | tree.Member | tree.Index | tree.Call

/**
 * What the value of an expression is made of: the names, members, indexes and calls in it, outermost ones only, in the order of the text.
 * Left out are those that stand for no value, such as classes, and what a loop inside of it calls its elements.
 */
export function readsIn(place: Place, expression: tree.Expression): readonly ReadExpression[] {
  const reads: ReadExpression[] = []
  collect(place, expression, expression, reads)
  return reads
}

function collect(place: Place, node: tree.Node, whole: tree.Spanned, reads: ReadExpression[]): void {
  const { uses } = place.evaluation.bindings
  switch (node.kind) {
    case "name": {
      const symbol = uses.get(node)
      if (symbol !== undefined && isValue(symbol, whole)) reads.push(node)
      return
    }
    case "member":
    case "index": {
      const base = baseOf(node)
      const symbol = base === null ? undefined : uses.get(base)
      if (symbol === undefined || !isLocalIn(symbol, whole)) reads.push(node)
      return
    }
    case "call": {
      const { callee } = node
      const name = callee.kind === "name" ? callee : callee.kind === "member" ? callee.name : null
      if (name !== null && uses.get(name)?.kind === "function") reads.push(node)
      else for (const argument of node.arguments) collect(place, argument.value, whole, reads)
      return
    }
    case "field":
      // The name of a short field is its value.
      collect(place, node.value, whole, reads)
      return
    case "named-type":
      return
    default:
      eachChild(node, (child) => collect(place, child, whole, reads))
  }
}

/** The name that a chain of members and indexes begins with. */
function baseOf(node: tree.Expression): tree.Name | null {
  if (node.kind === "name") return node
  return node.kind === "member" || node.kind === "index" ? baseOf(node.of) : null
}

function isValue(symbol: AnySymbol, whole: tree.Spanned): boolean {
  switch (symbol.kind) {
    case "let":
    case "param":
    case "output":
    case "provides":
    case "needs":
    case "thing":
      return true
    case "local":
      return !isLocalIn(symbol, whole)
    default:
      return false
  }
}

function isLocalIn(symbol: AnySymbol, whole: tree.Spanned): boolean {
  return symbol.kind === "local" && symbol.declaration.start >= whole.start && symbol.declaration.end <= whole.end
}
