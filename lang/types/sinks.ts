import type * as tree from "../syntax/tree.ts"
import type { Span } from "../text/source.ts"
import { type Check, type Env, problem, sourceOf, spanIn } from "./context.ts"
import { type Taint, taintOf, taintWithin } from "./taint.ts"
import type { Type } from "./type.ts"

/** Reports a value that holds a secret or is late where it may not be, with both ends. `sink` is the place, such as "a name"; null where it has none. */
export function reportSink(
  check: Check,
  env: Env,
  node: tree.Spanned,
  taint: Taint,
  sink: string | null,
  declared: Span | null = null,
  hint: string | null = null,
): void {
  const isSecret = taint.secret !== undefined
  const from = (taint.secret ?? taint.late)?.from ?? null
  const here = spanIn(env, node)
  const related = [
    ...(from === null || isSame(from, here)
      ? []
      : [{ message: isSecret ? "the secret comes from here" : "it is late because of this", span: from }]),
    ...(declared === null ? [] : [{ message: `${sink ?? "it"} is declared here`, span: declared }]),
  ]
  const text = sourceOf(env, node)
  const what = text.length > 40 || text.includes("\n") ? "this" : `\`${text}\``
  const message = isSecret
    ? `${what} holds a secret, and ${sink ?? "this"} would show it`
    : `${what} is late, and ${sink ?? "this"} is decided before anything is applied`
  problem(check, env, node, isSecret ? "A0350" : "A0351", message, {
    related,
    hint: hint ?? (isSecret ? secretHint : lateHint),
  })
}

/** Reports an operator, a member or a question that would tell something of a secret, or that decides by what is late. */
export function reportUse(check: Check, env: Env, node: tree.Spanned, type: Type, use: string): void {
  const taint = taintOf(type) ?? taintWithin(type)
  if (taint === null) return
  const isSecret = taint.secret !== undefined
  const from = (taint.secret ?? taint.late)?.from ?? null
  const message = isSecret ? `a secret has no ${use}` : `what is late has no ${use}`
  problem(check, env, node, isSecret ? "A0350" : "A0351", message, {
    related:
      from === null || isSame(from, spanIn(env, node))
        ? []
        : [{ message: isSecret ? "the secret comes from here" : "it is late because of this", span: from }],
    hint: isSecret ? "what depends on it would tell what it is" : lateHint,
  })
}

const secretHint = "secrets go into files, environment variables and what is declared as `Secret<…>`"
const lateHint = "it is known only while applying: it may go into files, environment variables and outputs"

function isSame(left: Span, right: Span): boolean {
  return left.source === right.source && left.start === right.start && left.end === right.end
}
