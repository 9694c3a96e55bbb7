import type { Unit } from "../names/symbol.ts"
import { ruleNames } from "../report/codes.ts"
import { lineStarts, positionAt, type Span } from "../text/source.ts"

/** `# lint: allow rule-name because …`: takes findings of that rule away from its own line and the next line that is no comment. */
export type Allowance = {
  readonly rule: string
  readonly reason: string
  readonly span: Span
  /** From 1. */
  readonly lines: readonly number[]
}

/** The allowances in the comments of a file, and what is wrong with those that are none. */
export function allowancesOf(unit: Unit): {
  readonly allowances: Allowance[]
  readonly wrong: { span: Span; message: string }[]
} {
  const allowances: Allowance[] = []
  const wrong: { span: Span; message: string }[] = []
  const { source } = unit
  for (const { start, end } of unit.tree.comments) {
    const said = /^#\s*lint:\s*(.*)$/.exec(source.text.slice(start, end))?.[1]
    if (said === undefined) continue
    const span = { source, start, end }
    const [, rule, reason] = /^allow\s+(\S+)(?:\s+because\s+(.*\S))?\s*$/.exec(said) ?? []
    if (rule === undefined) wrong.push({ span, message: "this is written `# lint: allow rule-name because …`" })
    else if (!ruleNames.includes(rule)) wrong.push({ span, message: `there is no rule ${rule}` })
    else if (reason === undefined)
      wrong.push({ span, message: `it does not say why ${rule} is allowed here: \`because …\`` })
    else allowances.push({ rule, reason, span, lines: [positionAt(source, start).line, nextLine(unit, end)] })
  }
  return { allowances, wrong }
}

/** The first line after `end` that is neither empty nor a comment: what is allowed of a declaration may stand above its description. */
function nextLine({ source }: Unit, end: number): number {
  const starts = lineStarts(source)
  let line = positionAt(source, end).line + 1
  while (
    line <= starts.length &&
    /^\s*((#|\/\/\/).*)?$/.test(source.text.slice(starts[line - 1]!, starts[line] ?? source.text.length).trimEnd())
  )
    line += 1
  return line
}
