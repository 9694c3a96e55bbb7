import { showOrigin, toJson, type Why, why as whyOf } from "../../lang/index.ts"
import { type CompileOptions, inputOf, showDiagnostics } from "../compile.ts"
import { fail } from "../problem.ts"
import type { Terminal } from "../terminal.ts"

/** `appl why`: why a value of a cluster is what it is, back to the lines that say so. 1 when there is no such value, or an error. */
export function why(address: string, file: string, options: CompileOptions, terminal: Terminal): number {
  if (address.trim() === "") {
    return fail(terminal, options, {
      message: "the address is empty",
      remedy: "name a value, such as 'web[1].address'",
    })
  }
  const input = inputOf(file, options)
  if (!input.ok) return fail(terminal, options, input.problem)
  const { reasons, diagnostics } = whyOf(input.value, address)
  if (options.json === true) {
    terminal.out(`${JSON.stringify({ reasons, ...toJson(diagnostics) })}\n`)
    return reasons.length === 0 ? 1 : 0
  }
  showDiagnostics(diagnostics, terminal)
  if (reasons.length > 0) {
    terminal.out(reasons.map((reason) => show(reason, terminal)).join(""))
    return 0
  }
  if (diagnostics.length > 0) return 1
  const nothing = { message: `nothing may pass ${address.trim()}`, remedy: `appl flows ${file} lists all that may` }
  return fail(terminal, options, nothing)
}

/** The reasons as a tree: what was read, what it is, and where that is written; what it was made of stands below. */
function show(reason: Why, terminal: Terminal): string {
  const quiet =
    terminal.colors.out === "always" ? (text: string) => `\u001b[2m${text}\u001b[0m` : (text: string) => text
  const lines: string[] = []
  const add = (why: Why, indent: string, below: string): void => {
    lines.push(`${indent}${lineOf(why, Math.max(40, terminal.width - indent.length), quiet)}\n`)
    why.because.forEach((one, index) => {
      const is_last = index === why.because.length - 1
      add(one, `${below}${is_last ? "└─ " : "├─ "}`, `${below}${is_last ? "   " : "│  "}`)
    })
  }
  add(reason, "", "")
  return lines.join("")
}

function lineOf({ what, value, how, origin }: Why, width: number, quiet: (text: string) => string): string {
  const place = origin === null ? "" : showOrigin(origin)
  const said = how === null ? "" : value === null ? `: ${how}` : ` (${how})`
  const is =
    value === null ? "" : ` is ${shortened(value, Math.max(20, width - what.length - said.length - place.length - 6))}`
  return `${what}${is}${said}${place === "" ? "" : `  ${quiet(place)}`}`
}

function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}
