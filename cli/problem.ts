import type { Terminal } from "./terminal.ts"

/** What keeps a command from doing its work, other than a diagnostic of the language: said with its remedy. */
export type Problem = {
  /** One sentence with the names at hand. */
  readonly message: string
  /** What the reader can do, if possible a command. */
  readonly remedy: string | null
  /** The last lines that a host printed. */
  readonly output?: readonly string[]
}

/** Either a value or the problem that kept it from being. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem }

/** A result that is a problem. */
export function refuse(message: string, remedy: string | null): { readonly ok: false; readonly problem: Problem } {
  return { ok: false, problem: { message, remedy } }
}

/** How machine output asks for its problems: as JSON on the standard output, else as text for people. */
export type Format = { readonly json?: boolean }

/** Prints a problem and gives the exit code 1. */
export function fail(terminal: Terminal, format: Format, problem: Problem): number {
  if (format.json === true) {
    terminal.out(`${JSON.stringify({ error: { ...problem, output: problem.output ?? [] } })}\n`)
    return 1
  }
  const [red, bold, plain] = terminal.colors.err === "always" ? ["\u001b[31m", "\u001b[1m", "\u001b[0m"] : ["", "", ""]
  terminal.err(`${red}error${plain}: ${bold}${problem.message}${plain}\n`)
  for (const line of problem.output ?? []) terminal.err(`   │ ${line}\n`)
  if (problem.remedy !== null) terminal.err(`   = hint: ${problem.remedy}\n`)
  return 1
}
