import type { IParserErrorMessageProvider, IToken } from "chevrotain"
import type { Code } from "../report/codes.ts"
import * as T from "./tokens.ts"
import { units } from "./units.ts"
import { foreignWords } from "./words.ts"

/** A message is what was expected, in words; `unexpected` makes a sentence of it. */
export const expectations: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected }) => expected.LABEL ?? expected.name,
  buildNotAllInputParsedMessage: () => "the end of the file",
  buildNoViableAltMessage: ({ customUserDescription }) => customUserDescription ?? "something else",
  buildEarlyExitMessage: ({ customUserDescription }) => customUserDescription ?? "something else",
}

/** What a body may go on with, as a message says it. */
export const anItem = "a declaration or a field"

/** Which code an expectation that was not met has; A0101 for all others. */
export const expectationCodes: ReadonlyMap<string, Code> = new Map<string, Code>([
  ["a value", "A0102"],
  [T.Name.LABEL!, "A0129"],
  [T.TypeName.LABEL!, "A0129"],
  ["a type", "A0130"],
])

/** What was probably meant where `token` stands, after `last`, instead of what was expected. */
export function expectationHint(last: IToken, token: IToken, expected: string): string | undefined {
  if (token.tokenType === T.Assign && (comparable.has(expected) || last.tokenType === T.Equal))
    return "`==` compares, `=` sets"
  const opens = token.image === "{" && expected === T.Colon.LABEL
  return opens ? "its class, service or type stands after `:`, as in `appliance web: Nginx { }`" : undefined
}

/** What was probably meant by an item that follows another without a separator. */
export function separatorHint(last: IToken, next: IToken): string | undefined {
  if (Object.hasOwn(units, next.image) && endsInDigit.test(last.image)) {
    return `a number touches its unit: \`${last.image}${next.image}\``
  }
  if (next.tokenType === T.Question) return "`if c then a else b` chooses one of two values"
  const meant = foreignWords.get(next.image)
  return meant === undefined ? undefined : `did you mean \`${meant}\`?`
}

/** A token as a message shows it: its first line, and not all of that. */
export function shorten(image: string): string {
  const line = image.split("\n", 1)[0]!
  return line.length > 30 ? `${line.slice(0, 29)}…` : line
}

const comparable: ReadonlySet<string> = new Set([T.LeftBrace.LABEL!, T.Then.LABEL!])
const endsInDigit = /\d$/
