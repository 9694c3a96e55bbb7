import { render } from "../../lang/index.ts"
import type { Terminal } from "../terminal.ts"
import { type CaseOutcome, type FileOutcome, goldenMessage, hasFailed, isBroken } from "./outcome.ts"

/** The lines of a file whose tests have run: one when all passed, else a line for each case, and why the failed ones did. */
export function showFile(outcome: FileOutcome, terminal: Terminal): string {
  const paint = painter(terminal)
  const { file, cases, diagnostics } = outcome
  const warnings = diagnostics.length === 0 ? "" : `\n${shown(outcome, terminal)}`
  if (isBroken(outcome)) return `${paint("red", "✗")} ${file}\n${warnings}\n`
  const failed = cases.filter(hasFailed)
  if (failed.length === 0)
    return `${paint("green", "✓")} ${file} ${paint("dim", `(${count(cases.length, "test")})`)}\n${warnings === "" ? "" : `${warnings}\n`}`
  const lines = cases.map((one) =>
    hasFailed(one) ? `  ${paint("red", "✗")} ${one.result.title}\n` : `  ${paint("green", "✓")} ${one.result.title}\n`,
  )
  const reasons = failed.map(
    (one) => `\n${paint("red", "✗")} ${paint("bold", one.result.title)}\n\n${reasonOf(one, terminal)}`,
  )
  return `${paint("red", "✗")} ${file}\n${lines.join("")}${warnings}${reasons.join("")}\n`
}

/** The line that sums up, and what there is to do about kept plans. */
export function showSummary(outcomes: readonly FileOutcome[], terminal: Terminal): string {
  const paint = painter(terminal)
  const cases = outcomes.flatMap((outcome) => outcome.cases)
  const failed = cases.filter(hasFailed).length
  const broken = outcomes.filter(isBroken).length
  const written = cases.filter(({ golden }) => golden.kind === "written").length
  const kept = cases.some(({ golden }) => golden.kind === "different" || golden.kind === "missing")
  const unused = outcomes.flatMap((outcome) => outcome.unused)
  const parts = [
    ...(failed > 0 ? [paint("red", `${failed} failed`)] : []),
    ...(cases.length > failed || failed === 0 ? [paint("green", `${cases.length - failed} passed`)] : []),
    ...(broken > 0 ? [paint("red", `${count(broken, "file")} could not be read`)] : []),
  ]
  const notes = [
    ...(written > 0 ? [`${count(written, "golden plan")} written`] : []),
    ...(kept ? ["`appl test --update` keeps the plans as they are now"] : []),
    ...(unused.length > 0
      ? [
          `no test has ${unused.join(", ")} any more: \`appl test --update\` removes ${unused.length === 1 ? "it" : "them"}`,
        ]
      : []),
  ]
  return `${paint("bold", "Tests:")} ${parts.join(", ")}\n${notes.map((note) => `${note}\n`).join("")}`
}

function reasonOf({ result, golden }: CaseOutcome, terminal: Terminal): string {
  const paint = painter(terminal)
  const told = render(result.diagnostics, { color: terminal.colors.out, width: terminal.width })
  const message = goldenMessage(golden)
  if (message === null) return told
  const diff = golden.kind === "different" ? golden.diff.split("\n").map((line) => `${paintDiff(line, paint)}\n`) : []
  return `${told}${paint("red", "error")}: ${message}\n${diff.join("").trimEnd()}${diff.length > 0 ? "\n" : ""}`
}

type Paint = (style: keyof typeof styles, text: string) => string
const styles = { red: "31", green: "32", bold: "1", dim: "2" } as const

function painter(terminal: Terminal): Paint {
  return terminal.colors.out === "always"
    ? (style, text) => `\u001b[${styles[style]}m${text}\u001b[0m`
    : (_, text) => text
}

function paintDiff(line: string, paint: Paint): string {
  if (line.startsWith("+")) return paint("green", line)
  return line.startsWith("-") ? paint("red", line) : line
}

function shown({ diagnostics }: FileOutcome, terminal: Terminal): string {
  return render(diagnostics, { color: terminal.colors.out, width: terminal.width })
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`
}
