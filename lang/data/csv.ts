import { csvParser } from "../text/libraries.ts"
import { lineStarts, type Source } from "../text/source.ts"
import {
  type DataEntry,
  type DataFields,
  type DataNode,
  type DataProblem,
  isProblem,
  keyTwice,
  malformed,
  type Stretch,
} from "./node.ts"

type Cell = { readonly text: string; readonly quoted: boolean } & Stretch

/**
 * A CSV file (RFC 4180) as a list of records, named by its first line. What separates its cells is the first of comma, semicolon and
 * tab that stands there. White space around a cell without quotes does not belong to it; an empty one is null.
 */
export function parseCsv(source: Source): DataNode | { readonly problem: DataProblem } {
  const { text } = source
  const rows = rowsOf(source)
  if (!Array.isArray(rows)) return rows as { readonly problem: DataProblem }
  const [header, ...body] = rows as readonly (readonly Cell[])[]
  if (header === undefined)
    return malformed({ start: 0, end: 0 }, "this file is empty", "its first line names the columns")
  const columns = columnsOf(header)
  if (isProblem(columns)) return columns
  const elements: DataFields[] = []
  for (const cells of body) {
    const stretch = { start: cells[0]!.start, end: cells.at(-1)!.end }
    if (cells.length !== header.length) {
      const message = `this row has ${count(cells.length, "cell")}, and the first line names ${count(header.length, "column")}`
      return malformed(stretch, message, "a cell that contains the separator stands in quotes")
    }
    const entries = new Map<string, DataEntry>()
    columns.forEach((name, index) => {
      entries.set(name, { name: stretchOf(header[index]!), node: cellNode(cells[index]!) })
    })
    elements.push({ kind: "fields", entries, columns: true, ...stretch })
  }
  return { kind: "list", elements, start: 0, end: text.length }
}

function columnsOf(header: readonly Cell[]): readonly string[] | { readonly problem: DataProblem } {
  const seen = new Map<string, Cell>()
  for (const cell of header) {
    const first = seen.get(cell.text)
    if (first !== undefined) return keyTwice(cell.text, cell, first)
    if (cell.text === "") return malformed(cell, "this column has no name")
    seen.set(cell.text, cell)
  }
  return [...seen.keys()]
}

function stretchOf({ start, end }: Cell): Stretch {
  return { start, end }
}

function cellNode(cell: Cell): DataNode {
  const { start, end, text, quoted } = cell
  if (!quoted && text === "") return { kind: "null", start, end }
  // Quotes say nothing in CSV but where a cell ends: a number in quotes is a number.
  return { kind: "bare", text, start, end }
}

function rowsOf(source: Source): readonly (readonly Cell[])[] | { readonly problem: DataProblem } {
  const { text } = source
  const delimiter = separatorOf(text)
  type Raw = { readonly text: string; readonly quoted: boolean }
  let records: readonly (readonly Raw[])[]
  try {
    records = csvParser().parse(text, {
      delimiter,
      record_delimiter: ["\r\n", "\n", "\r"],
      relax_column_count: true,
      skip_empty_lines: true,
      cast: (cell: string, context: { readonly quoting: boolean }): Raw => ({ text: cell, quoted: context.quoting }),
    }) as unknown as readonly (readonly Raw[])[]
  } catch (error) {
    return csvProblem(error as CsvError, source)
  }
  // The parser says what is in the cells, not where they are: their widths do.
  let at = 0
  return records.map((record) => {
    while (text[at] === "\n" || text[at] === "\r") at++
    return record.map((raw): Cell => {
      const start = at
      const inner = raw.text.length + (raw.quoted ? raw.text.split('"').length + 1 : 0)
      at = start + inner + 1
      if (raw.quoted) return { ...raw, start, end: start + inner }
      const trimmed = raw.text.trim()
      const from = start + raw.text.length - raw.text.trimStart().length
      return { text: trimmed, quoted: false, start: from, end: from + trimmed.length }
    })
  })
}

function separatorOf(text: string): string {
  const end = text.search(/[\r\n]/)
  const header = (end < 0 ? text : text.slice(0, end)).replace(/"[^"]*"/g, "")
  return [",", ";", "\t"].find((one) => header.includes(one)) ?? ","
}

type CsvError = { readonly code?: string; readonly lines?: number; readonly message: string }

function csvProblem(error: CsvError, source: Source): { readonly problem: DataProblem } {
  const starts = lineStarts(source)
  const line = Math.min(Math.max(1, error.lines ?? 1), starts.length)
  const start = starts[line - 1]!
  const length = source.text.slice(start).search(/[\r\n]|$/)
  const [message, hint] = csv_messages[error.code ?? ""] ?? [error.message.toLowerCase(), undefined]
  return malformed({ start, end: start + length }, message, hint)
}

const csv_messages: Readonly<Record<string, readonly [string, string]>> = {
  CSV_QUOTE_NOT_CLOSED: ["a quote that opens in this row is not closed", 'a quote inside of quotes is doubled: `""`'],
  INVALID_OPENING_QUOTE: [
    "a quote in the middle of a cell",
    'the whole cell stands in quotes, and those inside are doubled: `""`',
  ],
  CSV_INVALID_CLOSING_QUOTE: [
    "something follows the quote that closes a cell",
    'a quote inside of quotes is doubled: `""`',
  ],
}

function count(amount: number, what: string): string {
  return `${amount} ${what}${amount === 1 ? "" : "s"}`
}
