import type { AST } from "toml-eslint-parser"
import { tomlParser } from "../text/libraries.ts"
import type { Source } from "../text/source.ts"
import { type DataEntry, type DataNode, type DataProblem, deepest, malformed, type Stretch, tooDeep } from "./node.ts"

/** A TOML 1.0 file: its tables as records, its arrays of tables as lists. */
export function parseToml(source: Source): DataNode | { readonly problem: DataProblem } {
  const { text } = source
  const deep = depthProblem(text)
  if (deep !== null) return deep
  let program: AST.TOMLProgram
  try {
    program = tomlParser().parseTOML(text, { tomlVersion: "1.0" })
  } catch (error) {
    // It puts the characters of a text together in one call, which takes only so many.
    if (error instanceof RangeError) return malformed({ start: 0, end: 0 }, "a text or number in this file is too long")
    const { index, message } = error as { readonly index?: number; readonly message: string }
    const start = Math.min(index ?? 0, text.length)
    const at = { start, end: Math.min(start + 1, text.length) }
    return message.includes("multiple times")
      ? { problem: { code: "A0809", at, message: "this is here twice" } }
      : malformed(at, tomlMessage(message))
  }
  const root: Table = { kind: "fields", entries: new Map(), start: 0, end: text.length }
  for (const item of program.body[0].body) {
    if (item.type === "TOMLKeyValue") addPair(root, item)
    else addTable(root, item)
  }
  return root
}

type Table = { readonly kind: "fields"; readonly entries: Map<string, DataEntry> } & Stretch
type Tables = { readonly kind: "list"; readonly elements: DataNode[] } & Stretch

/** The parser calls itself for each level; brackets in texts are few, and none of them makes a file unreadable below the limit. */
function depthProblem(text: string): { readonly problem: DataProblem } | null {
  // A text that does not end is taken whole: to begin anew at each sign in it would take the square of its length.
  const tokens = text.matchAll(
    /"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"?|'[^'\n]*'?|#[^\n]*|[[\]{}]/g,
  )
  let depth = 0
  for (const { 0: token, index } of tokens) {
    if (token === "[" || token === "{") depth++
    else if (token === "]" || token === "}") depth--
    if (depth > deepest) return tooDeep({ start: index, end: index + 1 })
  }
  const dots = /(?<![A-Za-z0-9_-])(?:[A-Za-z0-9_-]+[ \t]*\.[ \t]*){100}/.exec(text)
  return dots === null ? null : tooDeep({ start: dots.index, end: dots.index + dots[0].length })
}

function addTable(root: Table, item: AST.TOMLTable): void {
  let at = root
  const names = item.key.keys
  let step = 0
  for (const [index, part] of item.resolvedKey.entries()) {
    if (typeof part === "number") continue
    const name = stretchOf(names[step++]!)
    const position = item.resolvedKey[index + 1]
    at = typeof position === "number" ? elementOf(at, part, name, position, item) : tableOf(at, part, name, item)
  }
  for (const pair of item.body) addPair(at, pair)
}

function tableOf(parent: Table, key: string, name: Stretch, whole: { readonly range: AST.Range }): Table {
  const known = parent.entries.get(key)?.node
  if (known?.kind === "fields") return known as Table
  const made: Table = { kind: "fields", entries: new Map(), ...stretchOf(whole) }
  parent.entries.set(key, { name, node: made })
  return made
}

function elementOf(parent: Table, key: string, name: Stretch, position: number, item: AST.TOMLTable): Table {
  const known = parent.entries.get(key)?.node
  const list = (known?.kind === "list" ? known : { kind: "list", elements: [], ...stretchOf(item) }) as Tables
  if (known !== list) parent.entries.set(key, { name, node: list })
  const element = list.elements[position]
  if (element?.kind === "fields") return element as Table
  const made: Table = { kind: "fields", entries: new Map(), ...stretchOf(item) }
  list.elements[position] = made
  return made
}

function addPair(table: Table, pair: AST.TOMLKeyValue): void {
  const names = pair.key.keys
  let at = table
  for (const name of names.slice(0, -1)) at = tableOf(at, keyOf(name), stretchOf(name), pair)
  const last = names.at(-1)!
  at.entries.set(keyOf(last), { name: stretchOf(last), node: nodeOf(pair.value) })
}

function keyOf(name: AST.TOMLBare | AST.TOMLQuoted): string {
  return name.type === "TOMLBare" ? name.name : name.value
}

function nodeOf(content: AST.TOMLContentNode): DataNode {
  const at = stretchOf(content)
  if (content.type === "TOMLArray") return { kind: "list", elements: content.elements.map(nodeOf), ...at }
  if (content.type === "TOMLInlineTable") {
    const made: Table = { kind: "fields", entries: new Map(), ...at }
    for (const pair of content.body) addPair(made, pair)
    return made
  }
  switch (content.kind) {
    case "string":
      return { kind: "text", text: content.value, ...at }
    case "boolean":
      return { kind: "bool", value: content.value, ...at }
    case "integer":
    case "float":
      return { kind: "number", value: content.value, text: content.number, ...at }
    default:
      return { kind: "bare", text: content.datetime, ...at }
  }
}

function stretchOf(node: { readonly range: AST.Range }): Stretch {
  return { start: node.range[0], end: node.range[1] }
}

function tomlMessage(message: string): string {
  return `${message.charAt(0).toLowerCase()}${message.slice(1)}`
}
