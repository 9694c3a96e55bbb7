import { lineStarts, positionAt, type Source, type Span } from "../text/source.ts"

/** A stretch of a source to be marked, with `^` for what a diagnostic is about and `-` for what is related. */
export type Mark = { readonly span: Span; readonly sign: "^" | "-"; readonly label: string }

/** One line of a source as it is shown: tabs as spaces, control characters made visible, cut to the room there is. */
export type ShownLine = {
  readonly number: number
  readonly text: string
  /** The offset of the line's start and, after its last character, its end. */
  readonly start: number
  readonly end: number
  /** The column, from 0, at which the character at `offset` is shown. */
  columnOf(offset: number): number
}

export type MarkRow = { readonly sign: "^" | "-"; readonly indent: string; readonly marked: string }

const tab_width = 4

/** Line `number` of `source` in at most `room` columns, cut so that the first of `marks` on it is seen. */
export function sourceLine(source: Source, number: number, marks: readonly Mark[], room: number): ShownLine {
  const starts = lineStarts(source)
  const start = starts[number - 1]!
  const next = starts[number] ?? source.text.length + 1
  const raw = source.text.slice(start, next - 1).replace(/\r$/, "")
  const end = start + raw.length
  const columns: number[] = []
  let text = ""
  let column = 0
  for (const character of raw) {
    const shown =
      character === "\t" ? " ".repeat(tab_width - (column % tab_width)) : character.replace(control, "\ufffd")
    for (let unit = 0; unit < character.length; unit++) columns.push(column)
    text += shown
    column += character === "\t" ? shown.length : displayWidth(character)
  }
  columns.push(column)
  const columnOf = (offset: number) => columns[Math.max(0, Math.min(offset - start, raw.length))]!
  if (column <= room) return { number, text, start, end, columnOf }
  const first = columnOf(Math.max(start, Math.min(...marks.map(({ span }) => Math.max(span.start, start)))))
  const cut = Math.min(Math.max(0, first - Math.floor(room / 3)), column - room + 1)
  const before = cut > 0 ? "…" : ""
  const tail = cut + room - 1 < column ? "…" : ""
  const kept = sliceColumns(text, cut > 0 ? cut + 1 : 0, cut + room - 1)
  const clamp = (offset: number) => Math.max(0, Math.min(columnOf(offset) - cut, room - 1))
  return { number, text: `${before}${kept}${tail}`, start, end, columnOf: clamp }
}

/** The rows of signs below a shown line: one for each mark that is on it, the label after its last line's signs. */
export function markRows(line: ShownLine, marks: readonly Mark[]): MarkRow[] {
  return marks.flatMap((mark) => {
    const { source, start, end } = mark.span
    const last = positionAt(source, Math.max(start, end - 1)).line
    const first = positionAt(source, start).line
    if (line.number !== first && line.number !== last) return []
    const leading = source.text.slice(line.start, line.end).search(/\S|$/)
    const from = line.columnOf(line.number === first ? start : line.start + leading)
    const to = line.columnOf(line.number === last ? end : line.end)
    const signs = mark.sign.repeat(Math.max(1, to - from))
    const label = line.number === last && mark.label !== "" ? ` ${mark.label}` : ""
    return [{ sign: mark.sign, indent: " ".repeat(from), marked: `${signs}${label}` }]
  })
}

/** Also what turns the order of text around, so that a source means what it shows (CVE-2021-42574). */
const control = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/

/** How many columns a terminal gives a character: none for a combining mark, two for the wide ones of East Asia. */
function displayWidth(character: string): number {
  if (/\p{Mn}|\u200d|\ufe0f/u.test(character)) return 0
  return /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
    character,
  )
    ? 2
    : 1
}

function sliceColumns(text: string, from: number, to: number): string {
  let column = 0
  let kept = ""
  for (const character of text) {
    if (column >= from && column < to) kept += character
    column += displayWidth(character)
  }
  return kept
}
