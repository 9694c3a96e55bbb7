import type { IToken, TokenType } from "chevrotain"
import type { Edit } from "../report/diagnostic.ts"
import type { Findings } from "./findings.ts"
import * as T from "./tokens.ts"
import type { Comment } from "./tree.ts"

/** What people write by the habit of other languages: reported with a fix, and read as it was meant. */

/** `// x` and `/* x ...`. */
export function foreignComment(token: IToken, findings: Findings): Comment {
  const start = token.startOffset
  const end = start + token.image.length
  const line = token.image.startsWith("//")
  findings.mistake("A0109", start, start + 2, "a comment starts with `#`", {
    hint: line
      ? "write `#` instead of `//`; three slashes, `///`, document what stands below"
      : "start each line of it with `#`",
    fix: line ? { title: "Write `#`", edits: [edit(findings, start, start + 2, "#")] } : undefined,
  })
  return { kind: "comment", doc: false, start, end }
}

/** `;` at the end of a statement, or between two of them. */
export function semicolon(token: IToken, findings: Findings): void {
  const start = token.startOffset
  findings.mistake("A0111", start, start + 1, "nothing ends with `;` here", {
    hint: "a line's end separates, and on one line a comma",
    fix: { title: "Write a comma", edits: [edit(findings, start, start + 1, ",")] },
  })
}

const operators: ReadonlyMap<TokenType, { readonly meant: TokenType; readonly text: string }> = new Map([
  [T.lexical.Ampersands, { meant: T.And, text: "and" }],
  [T.lexical.Ampersand, { meant: T.And, text: "and" }],
  [T.lexical.BarBar, { meant: T.Or, text: "or" }],
  [T.lexical.Exclamation, { meant: T.Not, text: "not" }],
  [T.lexical.FatArrow, { meant: T.Arrow, text: "->" }],
])

/** `&&`, `||`, `!` and `=>`: gives the token that was meant, or null for all others. */
export function foreignOperator(token: IToken, findings: Findings): TokenType | null {
  const known = operators.get(token.tokenType)
  if (known === undefined) return null
  const start = token.startOffset
  const end = start + token.image.length
  findings.mistake("A0113", start, end, `\`${token.image}\` is written \`${known.text}\``, {
    fix: {
      title: `Write \`${known.text}\``,
      edits: [edit(findings, start, end, padded(findings, start, end, known.text))],
    },
  })
  return known.meant
}

/** `a -b`, `a- b` and `a/b`. */
export function spacelessOperator(text: string, token: IToken, findings: Findings): void {
  const start = token.startOffset
  const sign = text.charAt(start)
  findings.breakdown("A0121", start, start + 1, `\`${sign}\` between two values has a space on both sides`, {
    hint: `without them \`${sign}\` is part of a ${sign === "-" ? "name, or the sign of a number" : "port or a pattern"}`,
    fix: {
      title: "Add the spaces",
      edits: [edit(findings, start, start + 1, padded(findings, start, start + 1, sign))],
    },
  })
}

/** `web- = 1`, a name that a letter is missing at the end of. */
export function trailingDash(name: IToken, findings: Findings): void {
  const end = name.startOffset + name.image.length
  findings.mistake("A0120", name.startOffset, end + 1, "a name cannot end in `-`", {
    fix: { title: "Remove it", edits: [edit(findings, end, end + 1, "")] },
  })
}

/** `f (x)` and `web [1]`. */
export function untouchedBracket(value: IToken, bracket: IToken, findings: Findings): void {
  const start = value.startOffset + value.image.length
  const what = bracket.image === "(" ? "a call" : "an index"
  findings.mistake(
    "A0124",
    bracket.startOffset,
    bracket.startOffset + 1,
    `\`${bracket.image}\` of ${what} touches what stands before it`,
    {
      hint: `if \`${bracket.image}\` starts another value, a comma or a line's end is missing before it`,
      fix: { title: "Remove the space", edits: [edit(findings, start, bracket.startOffset, "")] },
    },
  )
}

/** Characters without a meaning; they are left out of the text. */
export function unknownCharacters(characters: string, start: number, findings: Findings): void {
  const { text } = findings.span(start, start).source
  const shown = characters.length > 12 ? `${characters.slice(0, 12)}…` : characters
  const end = start + characters.length
  if (/^[“”„«»]/u.test(characters)) return curlyQuotes(text, start, findings)
  const variable = characters === "$" ? /^[a-z][\w-]*/.exec(text.slice(end))?.[0] : undefined
  if (variable !== undefined) {
    findings.breakdown("A0108", start, end, "a name stands without `$`", {
      hint: `write ${variable}; in a text it is \`\${${variable}}\``,
      fix: { title: "Take the `$` away", edits: [edit(findings, start, end, "")] },
    })
    return
  }
  const letters = /\p{L}/u.test(characters)
  findings.breakdown("A0108", start, end, `\`${shown}\` means nothing here`, {
    hint: letters ? "names have the letters a to z; any other character stands in a text" : undefined,
  })
}

/** `“text”`, as word processors write it. */
function curlyQuotes(text: string, start: number, findings: Findings): void {
  const [all] = /^[“”„«»][^“”„«»"\n]*[“”„«»]?/u.exec(text.slice(start))!
  const end = start + all.length
  const inner = all.replace(/^[“”„«»]|[“”„«»]$/gu, "")
  findings.breakdown("A0108", start, end, "a text stands in straight double quotes", {
    hint: `write "${inner}"`,
    fix: { title: "Write straight quotes", edits: [edit(findings, start, end, `"${inner}"`)] },
  })
}

function edit(findings: Findings, start: number, end: number, text: string): Edit {
  return { span: findings.span(start, end), text }
}

function padded(findings: Findings, start: number, end: number, word: string): string {
  const { text } = findings.span(start, end).source
  const before = start > 0 && /\w|[)\]}"]/.test(text.charAt(start - 1)) ? " " : ""
  const after = /\w|[([{"-]/.test(text.charAt(end)) ? " " : ""
  return `${before}${word}${after}`
}
