import type { AnySymbol } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import { builtins } from "../types/functions.ts"
import { showType } from "../types/show.ts"
import type { Type } from "../types/type.ts"

/** A declaration in one line, as the language writes it, with the type where nobody wrote it. */
export function headOf(symbol: AnySymbol, type: Type | null): string {
  const typed = type === null ? "" : `: ${showType(type)}`
  switch (symbol.kind) {
    case "self":
    case "outside":
      return `${symbol.name}${typed}`
    case "builtin":
      return builtinHead(symbol.name)
    case "namespace":
      return `use ${symbol.name}`
    case "local":
      return `${symbol.name}${typed}`
    case "function": {
      const { parameters, result } = symbol.declaration
      const list = parameters.map((parameter) => written(symbol, parameter)).join(", ")
      return `fn ${symbol.name}(${list}): ${written(symbol, result)}`
    }
    case "type":
      return `type ${symbol.name} = ${oneLine(written(symbol, symbol.declaration.type))}`
    case "variant":
      return `${oneLine(written(symbol, symbol.declaration))}  # one of ${symbol.union.name}`
    case "service":
      return `service ${symbol.name} ${oneLine(written(symbol, symbol.declaration.type))}`
    case "class": {
      const { base } = symbol.declaration
      return `appliance ${symbol.name}${base === undefined ? "" : `: ${written(symbol, base)}`}`
    }
    case "cluster":
      return `cluster ${symbol.name}`
    case "params":
      return `params ${symbol.name}`
    case "thing":
      return thingHead(symbol)
    case "param": {
      const { value } = symbol.declaration
      const given = value === undefined ? "" : ` = ${oneLine(written(symbol, value))}`
      return `param ${symbol.name}: ${written(symbol, symbol.declaration.type)}${given}`
    }
    case "provides":
      return `provides ${symbol.name}: ${written(symbol, symbol.declaration.service)}`
    case "needs":
      return `${symbol.declaration.how} ${symbol.name}: ${written(symbol, symbol.declaration.type)}`
    case "let":
    case "output":
      return `${symbol.kind} ${symbol.name}${typed} = ${oneLine(written(symbol, symbol.declaration.value))}`
  }
}

/** A function of the language with its parameters: `http-get(at: …, path: Path = "/", …): a check`. */
export function builtinHead(name: string): string {
  const builtin = builtins.get(name)
  if (builtin === undefined) return name
  const list = builtin.parameters.map(({ name: word, type }) =>
    type.kind === "unknown" ? word : `${word}: ${showType(type)}`,
  )
  return `${name}(${list.join(", ")})${builtin.result.kind === "unknown" ? "" : `: ${showType(builtin.result)}`}`
}

/** What kind of thing a symbol is, in a word. */
export function wordOf(symbol: AnySymbol): string {
  if (symbol.kind === "class") return "appliance class"
  if (symbol.kind === "builtin") return "function"
  if (symbol.kind === "local") return symbol.role === "parameter" ? "parameter" : "name"
  if (symbol.kind !== "thing") return symbol.kind
  const { kind } = symbol.declaration
  if (kind === "cluster-instance") return "cluster"
  return kind === "instance" || kind === "insert" ? "appliance" : kind
}

/** The text of a node on one line, cut where it is long. */
export function oneLine(text: string): string {
  const line = text.replace(/\s+/g, " ")
  return line.length <= 80 ? line : `${line.slice(0, 79)}…`
}

function thingHead(symbol: AnySymbol & { kind: "thing" }): string {
  const { declaration } = symbol
  const key = "key" in declaration && declaration.key ? `[${written(symbol, declaration.key)}]` : ""
  switch (declaration.kind) {
    case "instance":
      return `appliance ${symbol.name}${key}: ${written(symbol, declaration.class)}`
    case "insert":
      return `insert ${symbol.name}: ${written(symbol, declaration.class)}`
    case "cluster-instance":
      return `cluster ${symbol.name}${key}: ${written(symbol, declaration.cluster)}`
    case "host":
      return `host ${symbol.name}${key} = ${oneLine(written(symbol, declaration.value))}`
    case "network":
      return `network ${symbol.name}${key} ${oneLine(written(symbol, declaration.body))}`
  }
}

function written(symbol: AnySymbol & { unit: unknown }, node: tree.Spanned): string {
  return (symbol as AnySymbol & { kind: "let" }).unit.source.text.slice(node.start, node.end)
}
