import { diffLines } from "diff"
import type { Range, TextEdit } from "vscode-languageserver/node"
import type { TextDocument } from "vscode-languageserver-textdocument"
import { makeReport } from "../report/report.ts"
import { format } from "../syntax/format.ts"
import { guard } from "./guard.ts"
import type { AddFeature } from "./served.ts"

/** Formatting of a whole document, of a range, and of the line that was just ended. A text with mistakes stays as it is. */
export const addFormatting: AddFeature = ({ connection, documents, log }) => {
  const editsOf = (uri: string, within: Range | null): TextEdit[] => {
    const document = documents.get(uri)
    if (document === undefined || !uri.endsWith(".appl")) return []
    return formattingEdits(document).filter(({ range }) => within === null || touches(range, within))
  }
  connection.onDocumentFormatting(guard("formatting", log, ({ textDocument }) => editsOf(textDocument.uri, null)))
  connection.onDocumentRangeFormatting(
    guard("range formatting", log, ({ textDocument, range }) => editsOf(textDocument.uri, range)),
  )
  connection.onDocumentOnTypeFormatting(
    guard("formatting on type", log, ({ textDocument, position, ch }) => {
      // After a line's end it is the line above that is done; the new one has nothing on it yet.
      const line = ch === "\n" ? position.line - 1 : position.line
      if (line < 0) return []
      const around = { start: { line, character: 0 }, end: { line, character: Number.MAX_SAFE_INTEGER } }
      return editsOf(textDocument.uri, around).filter(({ range }) => range.end.line <= position.line)
    }),
  )
  return {
    documentFormattingProvider: true,
    documentRangeFormattingProvider: true,
    documentOnTypeFormattingProvider: { firstTriggerCharacter: "}", moreTriggerCharacter: ["\n"] },
  }
}

/** Lines from `start` to before `end` that become other lines. */
type Stretch = { readonly start: number; readonly removed: string[]; readonly added: string[] }

/** An edit for each line that is not in the style, and one for each stretch of them that gets more lines or fewer. */
function formattingEdits(document: TextDocument): TextEdit[] {
  const text = document.getText()
  const formatted = format({ path: document.uri, text }, makeReport())
  if (formatted === text) return []
  const stretches: Stretch[] = []
  let line = 0
  let open: Stretch | null = null
  for (const { value, count, added, removed } of diffLines(text, formatted)) {
    if (added || removed) {
      open ??= { start: line, removed: [], added: [] }
      ;(added ? open.added : open.removed).push(...linesOf(value))
    } else if (open !== null) {
      stretches.push(open)
      open = null
    }
    if (!added) line += count
  }
  if (open !== null) stretches.push(open)
  return stretches.flatMap(({ start, removed, added }) =>
    removed.length === added.length
      ? added.map((newText, index) => replace(document, start + index, start + index + 1, newText))
      : [replace(document, start, start + removed.length, added.join(""))],
  )
}

function replace(document: TextDocument, start: number, end: number, newText: string): TextEdit {
  return { range: { start: { line: start, character: 0 }, end: endOf(document, end) }, newText }
}

/** Each with its line's end. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}

/** The start of a line, or the end of the text when there is no such line. */
function endOf(document: TextDocument, line: number) {
  return line < document.lineCount ? { line, character: 0 } : document.positionAt(document.getText().length)
}

function touches(range: Range, within: Range): boolean {
  return range.start.line <= within.end.line && range.end.line >= within.start.line
}
