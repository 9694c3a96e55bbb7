import type { Report } from "../../report/diagnostic.ts"
import type { Span } from "../../text/source.ts"
import { textType } from "../../types/build.ts"
import { type Taint, taintOf, taintWithin, withTaint } from "../../types/taint.ts"
import type { Type } from "../../types/type.ts"
import { appliedLater, movesOnly } from "./filters.ts"
import type { TemplateExpression } from "./tree.ts"

/** Where something is decided by what is not known while compiling, by place. */
export type Decided = Map<string, { readonly span: Span; readonly taint: Taint }>

/** Reports one such place, with where the value comes from. */
export function reportTaint(span: Span, { secret, late }: Taint, call: Span, report: Report): void {
  const from = (secret ?? late)?.from ?? null
  const origin = secret === undefined ? "it is late because of this" : "the secret comes from here"
  report.add(
    "A0821",
    span,
    `${secret === undefined ? "what is late" : "a secret"} decides something in this template`,
    {
      related: [
        ...(from === null ? [] : [{ message: origin, span: from }]),
        { message: "the template is used here", span: call },
      ],
      hint: "print it, and decide by something else",
    },
  )
}

/** The type of a value that decides something, which must be known while compiling; null, and noted, when it is not. */
export function decide(decided: Decided, expression: TemplateExpression, type: Type | null): Type | null {
  const taint = type === null ? null : taintOf(type)
  if (taint === null || type?.kind === "optional") return type
  const { span } = expression
  decided.set(`${span.source.path}:${span.start}`, { span, taint })
  return null
}

/** Some filters wait for a text, some do not look at what they move, `join` puts together; all others have to know. */
export function filteredType(
  decided: Decided,
  expression: TemplateExpression & { kind: "filter" },
  of: Type | null,
): Type | null {
  const taint = of === null ? null : taintWithin(of)
  if (of === null || taint === null) return keepsType.has(expression.name) ? of : null
  if (taintOf(of) === null && movesOnly.has(expression.name)) return keepsType.has(expression.name) ? of : null
  if (expression.name === "default") return of
  if (appliedLater.has(expression.name) && taintOf(of) !== null) return withTaint(textType, taint)
  if (expression.name === "join" && taintOf(of) === null) return withTaint(textType, taint)
  decide(decided, expression.of, withTaint(textType, taint))
  return null
}

/** Filters that give a value of the type that they got. */
const keepsType: ReadonlySet<string> = new Set(["default", "reverse", "sort"])
