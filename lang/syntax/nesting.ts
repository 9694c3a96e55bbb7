import type { TokenType } from "chevrotain"
import * as T from "./tokens.ts"

/** The brackets that are open, outermost first; for tokens of which some closing ones may be missing. */
export type Nesting = ("brace" | "text" | "other")[]

/**
 * Follows one token. A `}` closes what was left open inside its braces, as an indented `}` is the surer sign. Gives false
 * for a token that closes a bracket which is not in `nesting`.
 */
export function follow(nesting: Nesting, type: TokenType): boolean {
  const opened = openers.get(type)
  if (opened !== undefined) {
    nesting.push(opened)
    return true
  }
  const closed = closers.get(type)
  if (closed === undefined) return true
  if (closed === "other") {
    if (nesting.at(-1) === "other") nesting.pop()
    else return nesting.length > 0
    return true
  }
  const at = nesting.lastIndexOf(closed)
  if (at === -1) return false
  nesting.length = at
  return true
}

const openers: ReadonlyMap<TokenType, Nesting[number]> = new Map<TokenType, Nesting[number]>([
  ...[T.RecordOpen, T.AmendOpen, T.BodyOpen, T.BraceInInsertion].map((type) => [type, "brace"] as const),
  ...[T.BraceInBlockInsertion, T.Insertion, T.BlockInsertion].map((type) => [type, "brace"] as const),
  ...[T.TextOpen, T.BlockOpen].map((type) => [type, "text"] as const),
  ...[T.LeftParenthesis, T.CallOpen, T.LeftSquare, T.IndexOpen].map((type) => [type, "other"] as const),
])

const closers: ReadonlyMap<TokenType, Nesting[number]> = new Map<TokenType, Nesting[number]>([
  ...[T.RightBrace, T.InsertionClose, T.InsertionBreak].map((type) => [type, "brace"] as const),
  ...[T.TextClose, T.BlockClose, T.TextBreak].map((type) => [type, "text"] as const),
  ...[T.RightParenthesis, T.RightSquare].map((type) => [type, "other"] as const),
])
