import type { Alias, CST, Node, Pair, Scalar, YAMLMap, YAMLSeq } from "yaml"
import { yamlParser } from "../text/libraries.ts"
import type { Source } from "../text/source.ts"
import {
  type DataEntry,
  type DataNode,
  type DataProblem,
  deepest,
  isProblem,
  keyTwice,
  malformed,
  type Stretch,
  tooDeep,
} from "./node.ts"

type Made = DataNode | { readonly problem: DataProblem }

/**
 * A YAML 1.2 file with one document. A scalar without quotes is what the declared type makes of it (`1.10` may be a Text). An alias is
 * the very node that its anchor names: what it stands for is counted where it is used, so that a bomb of aliases ends in a diagnostic.
 */
export function parseYaml(source: Source): Made {
  const { text } = source
  const { Composer, Lexer, Parser } = yamlParser()
  const parser = new Parser()
  const tokens: CST.Token[] = []
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme))
    // The composer calls itself for each level; the parser before it has a stack of its own.
    if (parser.stack.length > 2 * deepest) return tooDeep({ start: parser.offset, end: parser.offset + 1 })
  }
  tokens.push(...parser.end())
  const documents = [
    ...new Composer({ uniqueKeys: false, schema: "core", merge: false }).compose(tokens, true, text.length),
  ]
  const [document, second] = documents
  if (document === undefined) return { kind: "null", start: 0, end: 0 }
  const [first] = [...document.errors, ...document.warnings]
  if (first !== undefined) return malformed({ start: first.pos[0], end: first.pos[1] }, lowerFirst(first.message))
  if (second !== undefined) {
    const start = second.range[0]
    return malformed({ start, end: start + 3 }, "a second document begins here", "one file holds one document")
  }
  return nodeOf({ anchors: new Map() }, document.contents as Node | null, { start: 0, end: 0 }, 0)
}

type Reading = {
  /** What each name stood for last; null while that is being read. */
  readonly anchors: Map<string, DataNode | null>
}

function nodeOf(reading: Reading, node: Node | null, empty: Stretch, depth: number): Made {
  if (node === null) return { kind: "null", ...empty }
  if (depth > deepest) return tooDeep(stretchOf(node, empty))
  const { isAlias, isMap, isSeq } = yamlParser()
  if (isAlias(node)) return aliased(reading, node, empty)
  const anchor = (node as Scalar).anchor
  if (anchor !== undefined) reading.anchors.set(anchor, null)
  const made = isMap(node)
    ? mapNode(reading, node, stretchOf(node, empty), depth)
    : isSeq(node)
      ? listNode(reading, node, stretchOf(node, empty), depth)
      : scalarNode(node as Scalar, stretchOf(node, empty))
  if (anchor !== undefined && !isProblem(made)) reading.anchors.set(anchor, made)
  return made
}

function aliased(reading: Reading, node: Alias, empty: Stretch): Made {
  const at = stretchOf(node, empty)
  const known = reading.anchors.get(node.source)
  if (known === undefined) return malformed(at, `there is no anchor \`&${node.source}\` before this`)
  if (known === null) return malformed(at, `\`*${node.source}\` stands inside of what it names`)
  return known
}

function scalarNode(node: Scalar, at: Stretch): DataNode {
  const { value, source } = node
  if (node.type !== "PLAIN" || node.tag !== undefined) {
    return typeof value === "string"
      ? { kind: "text", text: value, ...at }
      : { kind: "bare", text: source ?? "", ...at }
  }
  if (value === null) return { kind: "null", ...at }
  return { kind: "bare", text: source ?? String(value), ...at }
}

function listNode(reading: Reading, list: YAMLSeq, at: Stretch, depth: number): Made {
  const elements: DataNode[] = []
  for (const item of list.items) {
    const element = nodeOf(reading, item as Node | null, at, depth + 1)
    if (isProblem(element)) return element
    elements.push(element)
  }
  return { kind: "list", elements, ...at }
}

function mapNode(reading: Reading, map: YAMLMap, at: Stretch, depth: number): Made {
  const { isScalar } = yamlParser()
  const entries = new Map<string, DataEntry>()
  for (const { key, value } of map.items as readonly Pair<Node, Node | null>[]) {
    const name = stretchOf(key, at)
    if (!isScalar(key)) return malformed(name, "a name is wanted here, not a list or record")
    const text = key.type === "PLAIN" ? (key.source ?? "") : String(key.value)
    const known = entries.get(text)
    if (known !== undefined) return keyTwice(text, name, known.name)
    const node = nodeOf(reading, value, name, depth + 1)
    if (isProblem(node)) return node
    entries.set(text, { name, node })
  }
  return { kind: "fields", entries, ...at }
}

/** Without the white space and comments that follow. */
function stretchOf(node: Node | null, empty: Stretch): Stretch {
  const range = node?.range
  return range ? { start: range[0], end: range[1] } : empty
}

function lowerFirst(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1).replace(/\.$/, "")}`
}
