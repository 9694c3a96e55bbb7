import type { Report } from "../report/diagnostic.ts"
import type { Source } from "../text/source.ts"
import { makeFindings } from "./findings.ts"
import { Grammar } from "./grammar.ts"
import { lex } from "./lex.ts"
import type { File } from "./tree.ts"

let grammar: Grammar | undefined

/**
 * Reads a source into a tree. Every text gives one, complete but for its `missing` nodes, and one diagnostic in `report`
 * for each mistake. Never throws.
 */
export function parse(source: Source, report: Report): File {
  return parseCounting(source, report).file
}

/** As `parse`, with how many `{` lack their `}`, which is negative when there are more `}`. */
export function parseCounting(source: Source, report: Report): { readonly file: File; readonly unclosed: number } {
  grammar ??= new Grammar()
  const nul = source.text.indexOf("\0")
  if (nul >= 0) {
    report.add("A0131", { source, start: nul, end: nul + 1 }, "this is no text in UTF-8: it has a NUL character", {
      hint: "save it as UTF-8; a file of Windows is often UTF-16",
    })
    return { file: { kind: "file", source, items: [], comments: [], start: 0, end: source.text.length }, unclosed: 0 }
  }
  const findings = makeFindings(source)
  const lexed = lex(source.text, findings)
  const items = grammar.parse(source, lexed, findings)
  findings.deliver(report)
  const { comments, unclosed } = lexed
  return { file: { kind: "file", source, items, comments, start: 0, end: source.text.length }, unclosed }
}
