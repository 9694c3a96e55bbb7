import type { OperandValue } from "./diagnostic.ts"
import type { ShownLine } from "./frame.ts"

/**
 * The rows under a shown line that say what each part of a condition is: a bar below every part, and at its end the value, as many
 * in one row as there is room for, the rightmost first (the picture of Groovy's power assertions).
 */
export function valueRows(line: ShownLine, values: readonly OperandValue[], room: number): readonly string[] {
  const drawn = values
    .flatMap(({ at, value }) => (at === undefined ? [] : [{ offset: at.start, value }]))
    .filter(({ offset }) => offset >= line.start && offset <= line.end)
    .map(({ offset, value }) => ({ column: line.columnOf(offset), value }))
    .sort((left, right) => right.column - left.column)
    .map(({ column, value }) => ({ column, value: shortened(value, Math.max(12, room - column)) }))
  const different = drawn.filter((one, index) => drawn[index - 1]?.column !== one.column)
  if (different.length === 0) return []
  const rows = [rowOf(different.map(({ column }) => ({ column, text: "│" })))]
  let left = different
  while (left.length > 0) {
    const parts: { column: number; text: string }[] = []
    const waiting: typeof left = []
    let limit = Number.POSITIVE_INFINITY
    for (const one of left) {
      const fits = one.column + one.value.length < limit
      parts.push({ column: one.column, text: fits ? one.value : "│" })
      if (!fits) waiting.push(one)
      limit = one.column
    }
    rows.push(rowOf(parts))
    left = waiting
  }
  return rows
}

/** Parts from right to left as one row of text. */
function rowOf(parts: readonly { readonly column: number; readonly text: string }[]): string {
  let row = ""
  for (const { column, text } of parts.toReversed()) row = row.padEnd(column) + text
  return row
}

function shortened(value: string, most: number): string {
  return value.length <= most ? value : `${value.slice(0, most - 1)}…`
}
