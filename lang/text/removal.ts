import type { Span } from "./source.ts"

/**
 * What to cut out of the text so that nothing of a declaration or field is left: its whole lines with the doc comment above them, when
 * nothing else stands there; else it with the comma that divides it from its neighbour.
 */
export function removalOf({ source, start, end }: Span): Span {
  const { text } = source
  const lineStart = text.lastIndexOf("\n", start - 1) + 1
  const rest = /^[ \t]*(#[^\n]*)?(\n|$)/.exec(text.slice(end))
  if (text.slice(lineStart, start).trim() === "" && rest !== null)
    return { source, start: docsAbove(text, lineStart), end: end + rest[0].length }
  const comma = /^[ \t]*,[ \t]*/.exec(text.slice(end))
  if (comma !== null) return { source, start, end: end + comma[0].length }
  const before = /,?[ \t]*$/.exec(text.slice(0, start))!
  return { source, start: start - before[0].length, end }
}

function docsAbove(text: string, lineStart: number): number {
  const above = text.lastIndexOf("\n", lineStart - 2) + 1
  if (above >= lineStart || !/^[ \t]*\/\/\//.test(text.slice(above, lineStart))) return lineStart
  return docsAbove(text, above)
}
