import type { IToken } from "chevrotain"
import { gapBetween, isBraceOpener, isPlainOpener } from "./format-gaps.ts"
import { type Bracket, joinTexts, type Structure } from "./format-groups.ts"
import { endOf } from "./lex.ts"
import * as T from "./tokens.ts"
import type { Comment } from "./tree.ts"

/** What is written: words and signs, and brackets whose parts may stand on lines of their own. */
export type Piece = Leaf | Group

export type Leaf = {
  readonly kind: "leaf"
  readonly text: string
  /** What stands before it, unless it starts a line. */
  readonly gap: string
  /** It starts a new line of the same part: kept, as a long value is broken where its writer wanted. */
  readonly newLine: boolean
}

export type Group = {
  readonly kind: "group"
  readonly separator: Bracket["kind"]
  readonly opener: Leaf
  readonly closer: string
  readonly parts: Part[]
  /** A comment on the line of the opening bracket. */
  comment: string | undefined
  /** Comments after the last part. */
  readonly rest: Remark[]
  /** The first part was written on a line of its own. */
  readonly broken: boolean
}

/** A field, a declaration, an element, an argument: what a bracket holds several of. */
export type Part = {
  readonly pieces: Piece[]
  readonly above: readonly Remark[]
  /** An empty line stands before it, between it and the comments above it. */
  readonly spaced: boolean
  /** A comment behind it, on its line. */
  comment: string | undefined
}

/** A comment on a line of its own. */
export type Remark = { readonly text: string; readonly spaced: boolean }

/** Cuts a file into its parts, with the comments in place. */
export function cut(
  text: string,
  tokens: readonly IToken[],
  comments: readonly Comment[],
  structure: Structure,
  items: Bracket["parts"],
): Group {
  const words = merge(joinTexts(tokens, text), comments)
  const cursor: Cursor = { text, words, structure, at: 0, lastEnd: 0, last: undefined }
  const opener: Leaf = { kind: "leaf", text: "", gap: "", newLine: false }
  const file = emptyGroup("body", opener, "", true)
  fill(cursor, file, { kind: "body", parts: items })
  return file
}

/** A token or a comment. */
type Word = { readonly start: number; readonly end: number; readonly token: IToken | undefined }

type Cursor = {
  readonly text: string
  readonly words: readonly Word[]
  readonly structure: Structure
  at: number
  /** Where the word before ends. */
  lastEnd: number
  /** The token before. */
  last: IToken | undefined
}

/** A bracket that is being filled. */
type Filling = {
  readonly group: Group
  readonly starts: ReadonlySet<number> | null
  readonly parts: Bracket["parts"]
  part: Part | undefined
  pending: Remark[]
  /** How many brackets without parts are open inside the part. */
  depth: number
  afterRemark: boolean
  /** The last of the comments that wait is a doc comment, and a comma stood behind it: it documents nothing, and must not begin to. */
  apart: boolean
}

function emptyGroup(separator: Bracket["kind"], opener: Leaf, closer: string, broken: boolean): Group {
  return { kind: "group", separator, opener, closer, parts: [], comment: undefined, rest: [], broken }
}

/** Takes words up to the closing bracket of `group`, which is left to the caller. */
function fill(cursor: Cursor, group: Group, bracket: Bracket): void {
  const starts = bracket.kind === "body" ? new Set(bracket.parts.map((part) => part.start)) : null
  const filling: Filling = {
    ...{
      group,
      starts,
      parts: bracket.parts,
      part: undefined,
      pending: [],
      apart: false,
      depth: 0,
      afterRemark: false,
    },
  }
  for (; cursor.at < cursor.words.length; cursor.at++) {
    const word = cursor.words[cursor.at]!
    if (word.token === undefined) takeRemark(cursor, filling, word)
    else if (filling.depth === 0 && group.closer !== "" && closers.has(word.token.tokenType)) break
    else takeToken(cursor, filling, word.token)
  }
  group.rest.push(...filling.pending)
}

const closers: ReadonlySet<unknown> = new Set([T.RightBrace, T.RightSquare, T.RightParenthesis, T.InsertionClose])

function takeRemark(cursor: Cursor, filling: Filling, word: Word): void {
  const { group, part, pending } = filling
  const text = cursor.text.slice(word.start, word.end).trimEnd()
  const lines = countLines(cursor.text, cursor.lastEnd, word.start)
  cursor.lastEnd = word.end
  const between = filling.depth === 0 && (part === undefined || endsPart(filling, nextToken(cursor)))
  if (!between) {
    part?.pieces.push({ kind: "leaf", text, gap: " ", newLine: lines > 0 || filling.afterRemark })
    filling.afterRemark = true
    return
  }
  const before = group.parts.at(-1)
  const sameLine = lines === 0 && pending.length === 0
  if (sameLine && before !== undefined && before.comment === undefined) before.comment = text
  else if (sameLine && before === undefined && group.closer !== "") group.comment = text
  else {
    pending.push({ text, spaced: lines > 1 || filling.apart })
    // It stood behind something, so it documents nothing.
    filling.apart = lines === 0 && cursor.last !== undefined && text.startsWith("///")
  }
}

function takeToken(cursor: Cursor, filling: Filling, token: IToken): void {
  const { group } = filling
  if (separates(filling, token)) {
    filling.part = undefined
    filling.apart = filling.pending.at(-1)?.text.startsWith("///") === true
    cursor.last = token
    cursor.lastEnd = endOf(token)
    return
  }
  const lines = countLines(cursor.text, cursor.lastEnd, token.startOffset)
  const starts = filling.part === undefined || (filling.depth === 0 && filling.starts?.has(token.startOffset) === true)
  if (starts) {
    filling.part = { pieces: [], above: filling.pending, spaced: lines > 1 || filling.apart, comment: undefined }
    filling.pending = []
    filling.apart = false
    group.parts.push(filling.part)
  }
  const newLine = !starts && (filling.afterRemark || (lines > 0 && !staysOnLine(cursor.last, token)))
  filling.afterRemark = false
  const gap = starts || cursor.last === undefined ? "" : gapBetween(cursor.last, token, cursor.structure)
  const leaf: Leaf = { kind: "leaf", text: token.image, gap, newLine }
  cursor.last = token
  cursor.lastEnd = endOf(token)
  const inner = cursor.structure.brackets.get(token.startOffset)
  if (inner !== undefined) filling.part!.pieces.push(takeGroup(cursor, token, leaf, inner))
  else {
    if (isPlainOpener(token)) filling.depth++
    else if (closers.has(token.tokenType)) filling.depth--
    filling.part!.pieces.push(leaf)
  }
}

function takeGroup(cursor: Cursor, token: IToken, opener: Leaf, bracket: Bracket): Group {
  const first = bracket.parts[0]
  const broken = first !== undefined && countLines(cursor.text, endOf(token), first.start) > 0
  const group = emptyGroup(bracket.kind, opener, closing[token.image]!, broken)
  cursor.at++
  fill(cursor, group, bracket)
  const closer = cursor.words[cursor.at]?.token
  if (closer !== undefined) {
    cursor.last = closer
    cursor.lastEnd = endOf(closer)
  }
  return group
}

const closing: Readonly<Record<string, string>> = { "{": "}", "[": "]", "(": ")" }

/** A comma of the group itself; one inside a part, such as before the message of an `assert`, belongs to it. */
function separates(filling: Filling, token: IToken): boolean {
  if (token.tokenType !== T.Comma || filling.depth > 0) return false
  const at = token.startOffset
  let low = 0
  let high = filling.parts.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (filling.parts[middle]!.start <= at) low = middle + 1
    else high = middle
  }
  const part = filling.parts[low - 1]
  return part === undefined || at >= part.end
}

function endsPart(filling: Filling, next: IToken | undefined): boolean {
  if (next === undefined || closers.has(next.tokenType)) return true
  return filling.starts?.has(next.startOffset) === true || separates(filling, next)
}

/** These never start a line of their own: a line's end before them is taken out. */
function staysOnLine(last: IToken | undefined, token: IToken): boolean {
  if (isBraceOpener(token) || token.tokenType === T.Else || closers.has(token.tokenType)) return true
  return last !== undefined && (isPlainOpener(last) || last.tokenType === T.Negate)
}

function nextToken(cursor: Cursor): IToken | undefined {
  for (let index = cursor.at + 1; index < cursor.words.length; index++) {
    const { token } = cursor.words[index]!
    if (token !== undefined) return token
  }
  return undefined
}

/** Tokens and comments in the order of the text; a comment inside a text is a part of that text. */
function merge(tokens: readonly IToken[], comments: readonly Comment[]): Word[] {
  const words: Word[] = []
  let next = 0
  const takeComments = (until: number) => {
    for (; next < comments.length && comments[next]!.start < until; next++) {
      const { start, end } = comments[next]!
      if (start >= (words.at(-1)?.end ?? 0)) words.push({ start, end, token: undefined })
    }
  }
  for (const token of tokens) {
    takeComments(token.startOffset)
    words.push({ start: token.startOffset, end: endOf(token), token })
  }
  takeComments(Number.POSITIVE_INFINITY)
  return words
}

function countLines(text: string, from: number, to: number): number {
  let lines = 0
  for (let at = from; at < to; at++) if (text.charCodeAt(at) === 10) lines++
  return lines
}
