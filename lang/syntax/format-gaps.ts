import type { IToken, TokenType } from "chevrotain"
import type { Structure } from "./format-groups.ts"
import * as T from "./tokens.ts"

/** What stands between two tokens of one line: a space or nothing. */
export function gapBetween(left: IToken, right: IToken, structure: Structure): string {
  const before = left.tokenType
  const after = right.tokenType
  // Without the space the two would be the operator `??`.
  if (before === T.Question && after === T.Question) return " "
  if (noneBefore.has(after) || noneAfter.has(before)) return ""
  if (after === T.Range || before === T.Range) return spaced.has(before) || spaced.has(after) ? " " : ""
  if (structure.angles.has(right.startOffset)) return ""
  return before === T.Less && structure.angles.has(left.startOffset) ? "" : " "
}

export function isBraceOpener({ tokenType }: IToken): boolean {
  return tokenType === T.RecordOpen || tokenType === T.AmendOpen || tokenType === T.BodyOpen
}

/** A bracket that holds one thing, when it is none of those that `structureOf` found. */
export function isPlainOpener({ tokenType }: IToken): boolean {
  return plainOpeners.has(tokenType)
}

const plainOpeners: ReadonlySet<TokenType> = new Set([T.LeftParenthesis, T.CallOpen, T.LeftSquare, T.IndexOpen])
const noneBefore: ReadonlySet<TokenType> = new Set([
  ...[T.CallOpen, T.IndexOpen, T.RightParenthesis, T.RightSquare, T.Comma, T.Dot, T.Colon, T.Question],
])
const noneAfter: ReadonlySet<TokenType> = new Set([...plainOpeners, T.Dot, T.Negate])

/** Next to these a range is written with spaces, as in `10.20.0.100 .. 10.20.0.199`; a port would swallow it. */
const spaced: ReadonlySet<TokenType> = new Set([T.Ip, T.Cidr, T.Port])
