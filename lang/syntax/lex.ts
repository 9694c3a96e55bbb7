import { type IToken, Lexer, type TokenType } from "chevrotain"
import type { Findings } from "./findings.ts"
import {
  foreignComment,
  foreignOperator,
  semicolon,
  spacelessOperator,
  trailingDash,
  unknownCharacters,
  untouchedBracket,
} from "./habits.ts"
import * as T from "./tokens.ts"
import type { Comment } from "./tree.ts"
import { declarationWords, joiningWords, reservedWords } from "./words.ts"

/** A text as tokens whose meaning is settled. */
export type Lexed = {
  readonly tokens: IToken[]
  readonly comments: readonly Comment[]
  /** How many `{` lack their `}`; negative when there are more `}`. */
  readonly unclosed: number
}

let lexer: Lexer | undefined

/**
 * Cuts `text` into tokens, and decides by its neighbours what each word and bracket is: a keyword only where a
 * declaration may start, a field only with `=` after it, a call or an index only when it touches a value, an amendment
 * only on its value's line and in no header. What other languages write differently is reported and set right.
 */
export function lex(text: string, findings: Findings): Lexed {
  lexer ??= makeLexer()
  const { tokens, groups, errors } = lexer.tokenize(text)
  const comments = (groups.comments ?? []).map(
    (token): Comment => ({
      kind: "comment",
      doc: token.image.startsWith("///"),
      start: token.startOffset,
      end: token.startOffset + token.image.length,
    }),
  )
  for (const token of groups.foreignComments ?? []) comments.push(foreignComment(token, findings))
  if (groups.foreignComments?.length) comments.sort((left, right) => left.start - right.start)
  for (const { offset, length } of errors) unknownCharacters(text.slice(offset, offset + length), offset, findings)
  return { tokens, comments, unclosed: settle(text, tokens, findings) }
}

/** The offset just after `token`. */
export function endOf(token: IToken): number {
  return token.startOffset + token.image.length
}

function makeLexer(): Lexer {
  // The categories are computed from all tokens that a lexer knows; those that `settle` makes are in no mode.
  return new Lexer(T.modes, { positionTracking: "onlyOffset", skipValidations: true })
}

/** What is known about the place before a token. */
type Place = {
  previous: IToken | undefined
  /** The token ends something that could be a value, so that a bracket after it may call, index or amend. */
  afterValue: boolean
  /** A line's end stands between the two. */
  newLine: boolean
  touching: boolean
}

/** Settles every token in one pass; gives the balance of braces. */
function settle(text: string, tokens: IToken[], findings: Findings): number {
  const place: Place = { previous: undefined, afterValue: false, newLine: true, touching: false }
  const headers: boolean[] = []
  let header = false
  let unclosed = 0
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index]!
    if (place.previous !== undefined) look(text, place, token)
    const type = token.tokenType
    if (type === T.Name || type === T.TypeName) {
      dropTrailingDash(tokens, index, findings)
      settleWord(tokens, index, place, text)
    } else if (type === T.RecordOpen) {
      if (header) become(token, T.BodyOpen)
      else if (place.afterValue && !place.newLine) become(token, T.AmendOpen)
      header = false
      unclosed++
    } else if (type === T.RightBrace) unclosed--
    else if (type === T.BraceInInsertion || type === T.BraceInBlockInsertion) {
      if (header) become(token, T.BodyOpen)
      else if (place.afterValue) become(token, T.AmendOpen)
      header = false
    } else settleSign(text, tokens, index, place, findings)
    const settled = token.tokenType
    if (opens.has(settled)) {
      headers.push(header)
      header = false
    } else if (closes.has(settled)) header = headers.pop() ?? false
    else if (settled === T.For || settled === T.If || settled === T.Match || settled === T.Where) header = true
    else if (header && (settled === T.Then || settled === T.Colon || settled === T.FieldName)) header = false
    place.previous = token
    place.afterValue = valueEnds.has(settled)
  }
  return unclosed
}

const opens: ReadonlySet<TokenType> = new Set([
  ...[T.LeftParenthesis, T.CallOpen, T.LeftSquare, T.IndexOpen, T.RecordOpen, T.AmendOpen, T.BodyOpen, T.Insertion],
  ...[T.BraceInInsertion, T.BraceInBlockInsertion, T.BlockInsertion],
])
const closes: ReadonlySet<TokenType> = new Set([
  ...[T.RightParenthesis, T.RightSquare, T.RightBrace, T.InsertionClose, T.InsertionBreak],
])
const valueEnds: ReadonlySet<TokenType> = new Set([
  ...[
    T.Name,
    T.TypeName,
    T.RightParenthesis,
    T.RightSquare,
    T.RightBrace,
    T.InsertionClose,
    T.Int,
    T.Float,
    T.Quantity,
  ],
  ...[T.Ip, T.Cidr, T.Port, T.PlainText, T.ForeignText, T.TextClose, T.BlockClose, T.True, T.False, T.Null],
])

function look(text: string, place: Place, token: IToken): void {
  const from = endOf(place.previous!)
  place.touching = from === token.startOffset
  place.newLine = false
  for (let at = from; at < token.startOffset; at++) {
    if (text.charCodeAt(at) === 10) {
      place.newLine = true
      return
    }
  }
}

function become(token: IToken, type: TokenType): void {
  token.tokenType = type
  token.tokenTypeIdx = type.tokenTypeIdx!
}

/** `web- = 1`: the dash is taken out of the tokens. */
function dropTrailingDash(tokens: IToken[], index: number, findings: Findings): void {
  const dash = tokens[index + 1]
  const after = tokens[index + 2]
  if (dash?.tokenType !== T.lexical.Dash || after === undefined || !declaredBefore.has(after.tokenType)) return
  if (dash.startOffset !== endOf(tokens[index]!)) return
  trailingDash(tokens[index]!, findings)
  tokens.splice(index + 1, 1)
}

const declaredBefore: ReadonlySet<TokenType> = new Set([T.Assign, T.PlusAssign, T.Colon, T.RecordOpen, T.LeftSquare])

function settleWord(tokens: IToken[], index: number, place: Place, text: string): void {
  const token = tokens[index]!
  const next = tokens[index + 1]
  const { previous } = place
  const starts = place.newLine || previous === undefined || itemFollows.has(previous.tokenType)
  if (next !== undefined && (next.tokenType === T.Assign || next.tokenType === T.PlusAssign)) {
    const argument = previous?.tokenType === T.CallOpen
    const key = previous?.tokenType === T.Colon
    if ((starts && !key) || argument) {
      become(token, T.FieldName)
      return
    }
  }
  if (token.tokenType === T.TypeName) return
  const reserved = reservedWords.get(token.image)
  if (reserved !== undefined) {
    if (previous?.tokenType !== T.Dot) become(token, reserved)
    return
  }
  const declaration = declarationWords.get(token.image)
  if (declaration !== undefined) {
    if (starts && next !== undefined && suits(declaration, next) && sameLine(text, token, next))
      become(token, declaration)
    else if (previous?.tokenType === T.Every && declaration === T.Appliance) become(token, declaration)
    return
  }
  const joining = joiningWords.get(token.image)
  if (joining !== undefined) {
    const afterEvery = joining === T.Where && previous?.tokenType === T.Appliance
    if (afterEvery || (place.afterValue && !place.newLine)) become(token, joining)
    return
  }
  if (token.image === "late" && next !== undefined) {
    const inType = previous !== undefined && typeFollows.has(previous.tokenType)
    if (next.tokenType === T.TypeName || (inType && next.tokenType === T.Name)) become(token, T.Late)
  }
}

const itemFollows: ReadonlySet<TokenType> = new Set([
  ...[T.RecordOpen, T.AmendOpen, T.BodyOpen, T.BraceInInsertion, T.BraceInBlockInsertion, T.RightBrace, T.Comma],
  T.lexical.Semicolon,
])
const typeFollows: ReadonlySet<TokenType> = new Set([T.Colon, T.Less, T.Bar])

/** Whether `next` can stand after the keyword of a declaration, in right text or in a likely mistake. */
function suits(declaration: TokenType, next: IToken): boolean {
  const type = next.tokenType
  if (type === T.Name || type === T.TypeName) {
    if (declaration === T.Check || declaration === T.Test) return false
    return declaration === T.Publish || declaration === T.Allow || !reservedAfter.has(next.image)
  }
  if (declaration === T.Use) return type === T.RecordOpen
  if (declaration === T.Check || declaration === T.Test) return textStarts.has(type)
  if (declaration === T.Publish || declaration === T.Allow) return publishable.has(type)
  return false
}

/** Operators between two values: a name before one of them is no keyword. */
const reservedAfter: ReadonlySet<string> = new Set([..."then else in and or is if for".split(" ")])
const textStarts: ReadonlySet<TokenType> = new Set([T.PlainText, T.ForeignText, T.TextOpen, T.BlockOpen])
const publishable: ReadonlySet<TokenType> = new Set([T.Port, T.Int, T.Cidr, T.Ip, T.PlainText, T.LeftParenthesis])

function sameLine(text: string, token: IToken, next: IToken): boolean {
  for (let at = endOf(token); at < next.startOffset; at++) if (text.charCodeAt(at) === 10) return false
  return true
}

function settleSign(text: string, tokens: IToken[], index: number, place: Place, findings: Findings): void {
  const token = tokens[index]!
  const type = token.tokenType
  if (type === T.LeftParenthesis || type === T.LeftSquare) {
    const touches = place.touching && (place.afterValue || typeEnds.has(place.previous!.tokenType))
    const apart = !touches && place.afterValue && !place.newLine
    if (apart) untouchedBracket(place.previous!, token, findings)
    if (touches || apart) become(token, type === T.LeftSquare ? T.IndexOpen : T.CallOpen)
  } else if (type === T.lexical.Dash) {
    const spaced = isSpace(text, endOf(token))
    const binary = place.afterValue && !place.newLine
    if (binary && (!spaced || place.touching)) spacelessOperator(text, token, findings)
    become(token, binary || (spaced && place.afterValue) ? T.Minus : T.Negate)
  } else if (type === T.Divide) {
    if (place.touching || !isSpace(text, endOf(token))) spacelessOperator(text, token, findings)
  } else {
    const meant = foreignOperator(token, findings)
    if (meant !== null) become(token, meant)
    else if (type === T.lexical.Semicolon) {
      semicolon(token, findings)
      become(token, T.Comma)
    }
  }
}

const typeEnds: ReadonlySet<TokenType> = new Set([T.Question, T.Greater])

function isSpace(text: string, offset: number): boolean {
  const code = text.charCodeAt(offset)
  return Number.isNaN(code) || code <= 32
}
