import { type CodeEntry, codes, type Example, exampleParts, nearest } from "../../lang/index.ts"
import { type Format, fail } from "../problem.ts"
import { table } from "../table.ts"
import type { Terminal } from "../terminal.ts"

/**
 * `appl explain A0412`: why it is a mistake and how to mend it, with examples. Without a code: the list of all. `--json` prints
 * `{ "codes": […] }`, with what is said of each.
 */
export function explain(code: string | null, options: Format, terminal: Terminal): number {
  const all = new Map<string, CodeEntry>(Object.entries(codes))
  if (code === null) {
    if (options.json === true) return print([...all], terminal)
    terminal.out(table([...all].map(([name, entry]) => [name, entry.title])))
    return 0
  }
  const name = code.toUpperCase()
  const entry = all.get(name)
  if (entry === undefined) {
    const meant = nearest(name, [...all.keys()])
    const remedy =
      meant === null ? "appl explain lists all codes" : `did you mean ${meant}? appl explain lists all codes`
    return fail(terminal, options, { message: `there is no diagnostic ${code}`, remedy })
  }
  if (options.json === true) return print([[name, entry]], terminal)
  terminal.out(`${entry.severity ?? "error"} ${name}: ${entry.title}\n\n${wrap(entry.explain, 80)}\n`)
  if (entry.elsewhere !== undefined) terminal.out(`\n${wrap(entry.elsewhere, 80)}\n`)
  if (entry.wrong !== undefined) terminal.out(`\nWrong:\n${shown(entry.wrong)}`)
  if (entry.right !== undefined) terminal.out(`\nRight:\n${shown(entry.right)}`)
  return 0
}

function print(entries: readonly (readonly [string, CodeEntry])[], terminal: Terminal): number {
  const codes = entries.map(([code, { title, explain, severity = "error", wrong = null, right = null }]) => {
    return { code, severity, title, explain, wrong, right }
  })
  terminal.out(`${JSON.stringify({ codes })}\n`)
  return 0
}

function shown(example: Example): string {
  return exampleParts(example)
    .map(({ name, text }) => `${name === null ? "" : `\n  ${name}:`}\n${indent(text)}`)
    .join("")
}

function indent(text: string): string {
  return text
    .trim()
    .split("\n")
    .map((line) => (line === "" ? "\n" : `    ${line}\n`))
    .join("")
}

/** Breaks a paragraph between words into lines of at most `width` columns. */
function wrap(text: string, width: number): string {
  const lines = [""]
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1)!
    if (line !== "" && line.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`
  }
  return lines.join("\n")
}
