import { EOF, type TokenType } from "chevrotain"
import * as T from "./tokens.ts"
import { declarationWords } from "./words.ts"

/** How deep brackets, bodies and alternatives may nest, so that no tree overflows the stack of those who walk it. */
export const nesting_limit = 100

/** How many operators, members or suffixes one value or type may have in a row, for the same reason. */
export const chain_limit = 1000

/** By these tokens the parser finds its way again. */

/** The type of the token that `LA` gives beyond either end. */
export const endOfFile: TokenType = EOF

export const declarations: ReadonlySet<TokenType> = new Set([...declarationWords.values(), T.Assert])
export const itemStarts: ReadonlySet<TokenType> = new Set([
  ...declarations,
  ...[T.FieldName, T.For, T.If, T.Match, T.PlainText, T.TextOpen, T.Name],
])

export const bodyEnds: ReadonlySet<TokenType> = new Set([endOfFile, T.RightBrace, T.InsertionClose])
/** Before these, what is missing is reported at the end of what stands before. */
export const lineEnds: ReadonlySet<TokenType> = new Set([endOfFile, T.TextBreak, T.InsertionBreak, T.RightBrace])
/** Where a text goes on as if a bracket before were closed. */
export const afterBracket: ReadonlySet<TokenType> = new Set([
  ...[T.RightParenthesis, T.RightSquare, T.RightBrace, T.From, T.TextBreak, T.InsertionBreak, T.TextClose],
  T.InsertionClose,
])

/** Where reading goes on after what broke down. */
export type Stop = {
  readonly at: ReadonlySet<TokenType>
  /** The first token is taken in any case: nothing else would. */
  readonly takesFirst: boolean
  /** What stands around is a body, so that a `)` or `]` closes nothing of it. */
  readonly inBody: boolean
}
export const afterValue: Stop = {
  at: new Set([
    ...[T.Comma, T.Assign, T.PlusAssign, T.Arrow, T.Colon, T.Then, T.Else, T.On, T.Before, T.Where, T.From, T.BodyOpen],
  ]),
  takesFirst: false,
  inBody: false,
}
export const afterItem: Stop = { at: new Set([T.Comma]), takesFirst: true, inBody: true }
export const afterPart: Stop = { at: new Set([T.Comma]), takesFirst: false, inBody: true }
/** After the name of a class or service: where the rest of its declaration goes on. */
export const afterReference: Stop = {
  at: new Set([T.Comma, T.Assign, T.Before, T.On, T.RecordOpen, T.AmendOpen, T.BodyOpen]),
  takesFirst: false,
  inBody: true,
}
