import type { TokenType } from "chevrotain"
import { makeFindings } from "./findings.ts"
import { endOf, lex } from "./lex.ts"
import * as T from "./tokens.ts"
import { declarationWords, joiningWords, reservedWords } from "./words.ts"

/** What a stretch of a text is, for those who show it in colours. */
export type Highlight = {
  readonly start: number
  readonly end: number
  readonly kind: "keyword" | "type" | "field" | "number" | "text" | "comment"
}

/** The stretches of a text that have a colour, in its order; also of one with mistakes, or that is only a part of a file. */
export function highlight(text: string): readonly Highlight[] {
  const { tokens, comments } = lex(text, makeFindings({ path: "", text }))
  const words = tokens.flatMap((token): Highlight[] => {
    const kind = kinds.get(token.tokenType)
    return kind === undefined ? [] : [{ start: token.startOffset, end: endOf(token), kind }]
  })
  const said = comments.map(({ start, end }): Highlight => ({ start, end, kind: "comment" }))
  return [...words, ...said].sort((left, right) => left.start - right.start)
}

const kinds: ReadonlyMap<TokenType, Highlight["kind"]> = new Map<TokenType, Highlight["kind"]>([
  ...[...reservedWords.values(), ...declarationWords.values(), ...joiningWords.values(), T.Late].map(
    (type) => [type, "keyword"] as const,
  ),
  ...[T.Cidr, T.Ip, T.Port, T.Quantity, T.Float, T.Int].map((type) => [type, "number"] as const),
  ...[T.PlainText, T.TextOpen, T.BlockOpen, T.TextPart, T.TextClose, T.BlockClose, T.TextPattern].map(
    (type) => [type, "text"] as const,
  ),
  [T.TypeName, "type"],
  [T.FieldName, "field"],
])
