import { makeFindings } from "./findings.ts"
import { lex } from "./lex.ts"
import { follow, type Nesting } from "./nesting.ts"

/** Whether a text cannot end yet: a bracket or a text of several lines is open, or its last word or sign wants a value after it. */
export function isUnfinished(text: string): boolean {
  // A text of one line ends where its line does.
  const lines = `${text}\n`
  const { tokens } = lex(lines, makeFindings({ path: "", text: lines }))
  const nesting: Nesting = []
  for (const token of tokens) follow(nesting, token.tokenType)
  return nesting.length > 0 || /(?:[-+*/,=<>]|->|\?\?|\b(?:and|or|not|in|then|else|is))\s*$/.test(withoutComment(text))
}

function withoutComment(text: string): string {
  const last = text.slice(text.trimEnd().lastIndexOf("\n") + 1)
  return /^\s*#/.test(last) ? "" : text
}
