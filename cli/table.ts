/** Aligns rows into columns two spaces apart; the first row is the header. Gives lines that end in a line's end. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows) {
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length)
  }
  return rows
    .map((row) => `${row.map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at]!))).join("  ")}\n`)
    .map((line) => line.replace(/ +\n$/, "\n"))
    .join("")
}
