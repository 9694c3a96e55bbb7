import type { IToken } from "chevrotain"
import { endOf } from "./lex.ts"
import * as T from "./tokens.ts"
import type { File, Node } from "./tree.ts"
import { eachChild } from "./walk.ts"

/**
 * Brackets with parts that may stand on lines of their own. In a `list` a comma separates, in a `body` a line's end or a
 * comma. All other brackets are written as they come.
 */
export type Bracket = {
  readonly kind: "list" | "body"
  /** The parts as the tree has them: where each starts, and where it ends. */
  readonly parts: readonly { readonly start: number; readonly end: number }[]
}

/** What the tree knows of the tokens of a file, by the offset at which each starts. */
export type Structure = {
  readonly brackets: ReadonlyMap<number, Bracket>
  /** The `<` and `>` of types, which are no operators. */
  readonly angles: ReadonlySet<number>
}

/** Finds the brackets of `file` among its `tokens`. */
export function structureOf(file: File, tokens: readonly IToken[]): Structure {
  const brackets = new Map<number, Bracket>()
  const angles = new Set<number>()
  const findFrom = (offset: number, wanted: (token: IToken) => boolean): IToken | undefined => {
    for (let index = tokenAt(tokens, offset); index < tokens.length; index++) {
      if (wanted(tokens[index]!)) return tokens[index]
    }
    return undefined
  }
  const add = (opener: IToken | undefined, kind: Bracket["kind"], parts: Bracket["parts"]) => {
    if (opener !== undefined) brackets.set(opener.startOffset, { kind, parts })
  }
  const visit = (node: Node) => {
    if (node.kind === "body" || node.kind === "record") add(findFrom(node.start, isBrace), "body", node.items)
    else if (node.kind === "record-type") add(findFrom(node.start, isBrace), "body", node.fields)
    else if (node.kind === "match" || node.kind === "match-value") {
      add(findFrom(node.value.end, isBodyBrace), "body", node.arms)
    } else if (node.kind === "list") add(findFrom(node.start, isSquare), "list", node.elements)
    else if (node.kind === "call") add(findFrom(node.callee.end, isCall), "list", node.arguments)
    else if (node.kind === "function") add(findFrom(node.name.end, isCall), "list", node.parameters)
    else if (node.kind === "use" && node.namespace === undefined) add(findFrom(node.start, isBrace), "list", node.names)
    else if (node.kind === "named-type" && node.arguments.length > 0) {
      const opener = findFrom(node.path.at(-1)!.end, (token) => token.tokenType === T.Less)
      if (opener !== undefined) angles.add(opener.startOffset)
      angles.add(node.end - 1)
    }
    eachChild(node, visit)
  }
  visit(file)
  return { brackets, angles }
}

/** The index of the first token that starts at `offset` or after it. */
function tokenAt(tokens: readonly IToken[], offset: number): number {
  let low = 0
  let high = tokens.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (tokens[middle]!.startOffset < offset) low = middle + 1
    else high = middle
  }
  return low
}

/** Joins each text with insertions into one token, as what stands in texts is kept as it is written. */
export function joinTexts(tokens: readonly IToken[], text: string): IToken[] {
  const joined: IToken[] = []
  let open = 0
  let first: IToken | undefined
  for (const token of tokens) {
    const { tokenType } = token
    if (tokenType === T.TextOpen || tokenType === T.BlockOpen) {
      if (open++ === 0) first = token
    } else if (tokenType === T.TextClose || tokenType === T.BlockClose) {
      if (--open === 0) joined.push({ ...first!, image: text.slice(first!.startOffset, endOf(token)) })
    } else if (open === 0) joined.push(token)
  }
  return joined
}

function isBrace({ tokenType }: IToken): boolean {
  return tokenType === T.RecordOpen || tokenType === T.AmendOpen || tokenType === T.BodyOpen
}

function isBodyBrace({ tokenType }: IToken): boolean {
  return tokenType === T.BodyOpen
}

function isSquare({ tokenType }: IToken): boolean {
  return tokenType === T.LeftSquare
}

function isCall({ tokenType }: IToken): boolean {
  return tokenType === T.CallOpen
}
