import type * as tree from "../syntax/tree.ts"
import { linearExpressions } from "../text/libraries.ts"
import { type Evaluation, fail, spanOf } from "./frame.ts"
import { unitOf } from "./units-of-nodes.ts"

type Matcher = (text: string) => boolean

const compiled = new Map<string, Matcher | { readonly problem: string }>()

/** Whether the whole of a text matches a pattern in RE2's syntax, in linear time. The problem says why a pattern is none. */
export function patternOf(pattern: string): Matcher | { readonly problem: string } {
  const known = compiled.get(pattern)
  if (known !== undefined) return known
  const made = compile(pattern)
  compiled.set(pattern, made)
  return made
}

function compile(pattern: string): Matcher | { readonly problem: string } {
  const { RE2JS } = linearExpressions()
  try {
    const expression = RE2JS.compile(pattern)
    return (text) => expression.matches(text)
  } catch (problem) {
    return { problem: (problem as Error).message }
  }
}

/** Reports every pattern of the program's types that is no regular expression of the linear kind, used or not. */
export function checkPatterns(evaluation: Evaluation): void {
  for (const node of evaluation.types.declared.keys()) {
    const { kind, range } = node as Partial<tree.RangedType>
    if (kind !== "ranged-type" || range?.kind !== "text-pattern") continue
    const made = patternOf(range.pattern)
    if (typeof made === "function") continue
    fail(evaluation, "A0707", spanOf(unitOf(evaluation.program, range), range), "this is not a pattern", {
      hint: made.problem.replace(/^error parsing regexp: /, ""),
    })
  }
}
