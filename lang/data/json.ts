import type { Node } from "jsonc-parser"
import { tooDeepAt } from "../text/json-depth.ts"
import { jsonParser } from "../text/libraries.ts"
import type { Source } from "../text/source.ts"
import {
  type DataEntry,
  type DataNode,
  type DataProblem,
  deepest,
  isProblem,
  keyTwice,
  malformed,
  tooDeep,
} from "./node.ts"

type Made = DataNode | { readonly problem: DataProblem }

/** A JSON file (RFC 8259): no comments, no comma behind the last element, no key twice. */
export function parseJson(source: Source): Made {
  const { text } = source
  const { parseTree, printParseErrorCode } = jsonParser()
  // The parser calls itself for each level, so how many there are is looked at first.
  const deep = tooDeepAt(text, deepest)
  if (deep !== null) return tooDeep({ start: deep, end: deep + 1 })
  const errors: { error: number; offset: number; length: number }[] = []
  const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false })
  if (text.trim() === "") return malformed({ start: 0, end: 0 }, "this file is empty")
  const [first] = errors
  if (first !== undefined || root === undefined) {
    const { error, offset, length } = first ?? { error: 4, offset: 0, length: 0 }
    const at = { start: offset, end: offset + length }
    const [message, hint] = json_messages[printParseErrorCode(error)] ?? ["this is no JSON", undefined]
    return malformed(at, message, hint)
  }
  return nodeOf(root, text)
}

const json_messages: Readonly<Record<string, readonly [string, string?]>> = {
  InvalidSymbol: ["this is no value of JSON", "a text stands in double quotes"],
  PropertyNameExpected: ["a name in double quotes is wanted here", "no comma follows the last one"],
  ValueExpected: ["a value is wanted here", "no comma follows the last one"],
  ColonExpected: ["a `:` is wanted here"],
  CommaExpected: ["a `,` is wanted here"],
  CloseBraceExpected: ["a `}` is wanted here"],
  CloseBracketExpected: ["a `]` is wanted here"],
  EndOfFileExpected: ["the value ended before this"],
  InvalidCommentToken: ["JSON has no comments", "YAML and TOML have them"],
  UnexpectedEndOfComment: ["JSON has no comments", "YAML and TOML have them"],
  UnexpectedEndOfString: ["this text does not end", "a line's end is written `\\n` in it"],
  UnexpectedEndOfNumber: ["this is no number"],
  InvalidUnicode: ["this is no character", "it is written `\\u` with four hexadecimal digits"],
  InvalidEscapeCharacter: ["this stands for no character", 'JSON knows \\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u'],
  InvalidCharacter: ["this character cannot stand here", "control characters are written with `\\`"],
}

function nodeOf(node: Node, text: string): Made {
  const at = { start: node.offset, end: node.offset + node.length }
  switch (node.type) {
    case "string":
      return { kind: "text", text: String(node.value), ...at }
    case "number": {
      const written = text.slice(at.start, at.end)
      return { kind: "number", value: Number(written), text: written, ...at }
    }
    case "boolean":
      return { kind: "bool", value: node.value === true, ...at }
    case "array": {
      const elements: DataNode[] = []
      for (const child of node.children ?? []) {
        const element = nodeOf(child, text)
        if (isProblem(element)) return element
        elements.push(element)
      }
      return { kind: "list", elements, ...at }
    }
    case "object": {
      const entries = new Map<string, DataEntry>()
      for (const property of node.children ?? []) {
        const [key, value] = property.children!
        const name = { start: key!.offset, end: key!.offset + key!.length }
        const known = entries.get(String(key!.value))
        if (known !== undefined) return keyTwice(String(key!.value), name, known.name)
        const made = nodeOf(value!, text)
        if (isProblem(made)) return made
        entries.set(String(key!.value), { name, node: made })
      }
      return { kind: "fields", entries, ...at }
    }
    default:
      return { kind: "null", ...at }
  }
}
