import type { AnySymbol } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import { eachChild } from "../syntax/walk.ts"
import { typeWords } from "../types/named.ts"
import type { Snapshot } from "./snapshot.ts"

/** What a word is, in the terms of the Language Server Protocol. */
export const tokenTypes = [
  "namespace",
  "class",
  "interface",
  "type",
  "enumMember",
  "parameter",
  "variable",
  "property",
  "function",
] as const
export const tokenModifiers = ["declaration", "readonly", "defaultLibrary"] as const

export type Token = {
  readonly start: number
  readonly end: number
  readonly type: (typeof tokenTypes)[number]
  readonly modifiers: readonly (typeof tokenModifiers)[number][]
}

/**
 * What the words of a file are that grammar alone cannot tell, in the order of the text: a name that is also a keyword elsewhere, a
 * class from a service. `from` and `to` bound it to what an editor shows.
 */
export function semanticTokens(
  snapshot: Snapshot,
  path: string,
  from = 0,
  to = Number.POSITIVE_INFINITY,
): readonly Token[] {
  const unit = snapshot.units.get(path)
  if (unit === undefined) return []
  const tokens: Token[] = []
  const visit = (node: tree.Node, parent: tree.Node) => {
    if (node.kind === "comment" || node.end < from || node.start > to) return
    if (node.kind === "name") {
      const token = tokenOf(snapshot, node, parent)
      if (token !== null) tokens.push(token)
    } else eachChild(node, (child) => visit(child, node))
  }
  eachChild(unit.tree, (child) => visit(child, unit.tree))
  return tokens.sort((left, right) => left.start - right.start)
}

function tokenOf(snapshot: Snapshot, name: tree.Name, parent: tree.Node): Token | null {
  if (name.text === "") return null
  const span = { start: name.start, end: name.end }
  // The name of a field is one whatever it is called elsewhere; in the short form it is also read.
  const isField = (parent.kind === "field" && !parent.short) || parent.kind === "record-field"
  if (isField && parent.name === name) return { ...span, type: "property", modifiers: declares(parent, name) }
  if (parent.kind === "argument" && parent.name === name) return { ...span, type: "parameter", modifiers: [] }
  const symbol = snapshot.symbolOf(name)
  if (symbol !== null) {
    const modifiers = [...declares(parent, name), ...kindModifiers(symbol)]
    return { ...span, type: typeOf(symbol), modifiers }
  }
  if (parent.kind === "member" && parent.name === name) return { ...span, type: "property", modifiers: [] }
  if (parent.kind === "field") return { ...span, type: "property", modifiers: [] }
  if (parent.kind === "named-type" && typeWords.has(name.text)) {
    return { ...span, type: "type", modifiers: ["defaultLibrary"] }
  }
  return null
}

function typeOf(symbol: AnySymbol): Token["type"] {
  switch (symbol.kind) {
    case "class":
      return "class"
    case "service":
      return "interface"
    case "type":
      return "type"
    case "variant":
      return "enumMember"
    case "cluster":
    case "namespace":
      return "namespace"
    case "function":
    case "builtin":
      return "function"
    case "param":
      return "parameter"
    case "local":
      return symbol.role === "parameter" ? "parameter" : "variable"
    case "provides":
    case "needs":
    case "output":
      return "property"
    default:
      return "variable"
  }
}

function kindModifiers(symbol: AnySymbol): Token["modifiers"] {
  if (symbol.kind === "builtin" || symbol.kind === "self" || symbol.kind === "outside") return ["defaultLibrary"]
  return symbol.kind === "let" || symbol.kind === "local" ? ["readonly"] : []
}

function declares(parent: tree.Node, name: tree.Name): Token["modifiers"] {
  const isDeclaration = "name" in parent && parent.name === name && parent.kind !== "field" && parent.kind !== "member"
  return isDeclaration && parent.kind !== "argument" && parent.kind !== "used-name" ? ["declaration"] : []
}
