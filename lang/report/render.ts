import { positionAt, type Span } from "../text/source.ts"
import type { Diagnostic, Severity } from "./diagnostic.ts"
import { type Mark, markRows, sourceLine } from "./frame.ts"
import { valueRows } from "./values.ts"

export { toJson } from "./json.ts"

export type RenderOptions = {
  readonly color: "never" | "always"
  /** Columns of the terminal: longer source lines are cut around what is marked, longer notes are wrapped. */
  readonly width: number
}

/**
 * The diagnostics as people read them: for each a headline, the marked source lines of its place and of those that
 * matter, then operand values, a table and a hint. One empty line between two; ends with a line's end unless empty.
 */
export function render(diagnostics: readonly Diagnostic[], options: RenderOptions): string {
  return diagnostics.map((diagnostic) => renderOne(diagnostic, options)).join("\n")
}

type Paint = (style: Style, text: string) => string
type Style = Severity | "bold" | "quiet" | "related"

const styles: Readonly<Record<Style, string>> = {
  error: "\u001b[1;31m",
  warning: "\u001b[1;33m",
  hint: "\u001b[1;36m",
  bold: "\u001b[1m",
  quiet: "\u001b[34m",
  related: "\u001b[34m",
}

function renderOne(diagnostic: Diagnostic, { color, width }: RenderOptions): string {
  const paint: Paint = color === "always" ? (style, text) => `${styles[style]}${text}\u001b[0m` : (_, text) => text
  const frames = framesOf(diagnostic)
  const gutter = Math.max(2, ...frames.map((frame) => String(frame.lastLine).length))
  const headline = `${paint(diagnostic.severity, `${diagnostic.severity} ${diagnostic.code}`)}${paint("bold", `: ${visible(diagnostic.message)}`)}`
  const lines = [headline, ...frames.flatMap((frame) => frameLines(frame, diagnostic, gutter, width, paint))]
  const note = (text: string) => {
    const [first, ...rest] = wrap(visible(text), Math.max(20, width - gutter - 3))
    lines.push(`${" ".repeat(gutter)} ${paint("quiet", "=")} ${first}`)
    for (const line of rest) lines.push(`${" ".repeat(gutter + 3)}${line}`)
  }
  for (const { expression, value, at } of diagnostic.values ?? []) {
    if (at === undefined) note(`\`${expression}\` is ${value}`)
  }
  for (const row of tableLines(diagnostic.table ?? [])) lines.push(`${" ".repeat(gutter + 3)}${visible(row)}`)
  if (diagnostic.hint !== undefined) note(`hint: ${diagnostic.hint}`)
  return lines.map((line) => `${line.trimEnd()}\n`).join("")
}

/** Marks that share a source line share a frame. */
type Frame = { readonly span: Span; readonly marks: Mark[]; readonly lastLine: number }

function framesOf(diagnostic: Diagnostic): Frame[] {
  const frames: Frame[] = []
  const add = (span: Span, mark: Mark) => {
    const line = positionAt(span.source, span.start).line
    const lastLine = positionAt(span.source, Math.max(span.start, span.end - 1)).line
    const same = frames.find(
      (frame) =>
        frame.span.source === span.source &&
        frame.lastLine === lastLine &&
        positionAt(frame.span.source, frame.span.start).line === line &&
        line === lastLine,
    )
    if (same !== undefined) same.marks.push(mark)
    else frames.push({ span, marks: [mark], lastLine })
  }
  add(diagnostic.span, { span: diagnostic.span, sign: "^", label: diagnostic.label ?? "" })
  for (const { span, message } of diagnostic.related) add(span, { span, sign: "-", label: message })
  return frames
}

function frameLines(frame: Frame, diagnostic: Diagnostic, gutter: number, width: number, paint: Paint): string[] {
  const { severity } = diagnostic
  const values = frame.marks[0]!.span === diagnostic.span ? (diagnostic.values ?? []) : []
  const { source, start } = frame.span
  const { line, column } = positionAt(source, start)
  const space = " ".repeat(gutter)
  const room = Math.max(20, width - gutter - 3)
  const bar = paint("quiet", "│")
  const lines = [`${space} ${paint("quiet", "┌─")} ${visible(source.path)}:${line}:${column}`]
  const show = (number: number) => {
    const shown = sourceLine(source, number, frame.marks, room)
    lines.push(`${paint("quiet", String(number).padStart(gutter))} ${bar} ${shown.text}`)
    for (const row of markRows(shown, frame.marks)) {
      const style = row.sign === "^" ? severity : "related"
      lines.push(`${space} ${bar} ${row.indent}${paint(style, visible(row.marked))}`)
    }
    for (const row of valueRows(shown, values, room)) lines.push(`${space} ${bar} ${paint("related", visible(row))}`)
  }
  const told = values.flatMap(({ at }) => (at === undefined ? [] : [positionAt(at.source, at.start).line]))
  const numbers = [...new Set([line, ...told, frame.lastLine])].sort((left, right) => left - right)
  for (const [index, number] of numbers.entries()) {
    if (index > 0 && numbers[index - 1]! < number - 1) lines.push(`${space} ${paint("quiet", "⋮")}`)
    show(number)
  }
  return lines
}

function tableLines(table: readonly (readonly string[])[]): string[] {
  const widths: number[] = []
  for (const row of table) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length)
  }
  return table.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index]!))
      .join("  ")
      .trimEnd(),
  )
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const paragraph of text.split("\n")) {
    let line = ""
    for (const word of paragraph.split(" ")) {
      if (line !== "" && line.length + 1 + word.length > width) {
        lines.push(line)
        line = word
      } else line = line === "" ? word : `${line} ${word}`
    }
    lines.push(line)
  }
  return lines
}

/** Control characters of a source or a value must not reach the terminal, nor what shows text in another order than it has. */
function visible(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "\ufffd")
}
