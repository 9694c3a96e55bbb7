import { arithmetic, compare, contains, equals, isFailure, wholeDivision } from "../arithmetic.ts"
import { describe, show } from "../show.ts"
import type { Value } from "../value.ts"
import type { TemplateOperator } from "./tree.ts"

/** An operator of a template between two values, as in Nunjucks; a message says why there is no result. */
export function operate(operator: TemplateOperator, left: Value, right: Value): Value | { readonly message: string } {
  const wrong = { message: `\`${operator}\` does not work on ${describe(left)} and ${describe(right)}` }
  if (operator === "==" || operator === "!=") return equals(left, right) === (operator === "==")
  if (operator === "~") return show(left ?? "") + show(right ?? "")
  if (operator === "in") return contains(right, left) ?? wrong
  if (operator === "<" || operator === "<=" || operator === ">" || operator === ">=") {
    const order = compare(left, right)
    if (order === null) return wrong
    return operator === "<" ? order < 0 : operator === "<=" ? order <= 0 : operator === ">" ? order > 0 : order >= 0
  }
  if (operator === "%" || operator === "//") {
    if (typeof left !== "number" || typeof right !== "number") return wrong
    const result =
      operator === "%"
        ? right === 0
          ? wholeDivision("mod", left, right)
          : left % right
        : wholeDivision("div", left, right)
    return isFailure(result) ? { message: "this divides by zero" } : result
  }
  if (operator === "+" && (typeof left === "string" || typeof right === "string")) return show(left) + show(right)
  if (operator === "and" || operator === "or") return wrong
  const result = arithmetic(operator, left, right)
  if (!isFailure(result)) return result
  if (result.why === "division-by-zero") return { message: "this divides by zero" }
  return result.why === "operands" ? wrong : { message: "the result is out of range" }
}

/** As in Nunjucks: nothing, null, false, 0 and the empty text are false, and an empty list is true. */
export function truth(value: Value | undefined): boolean {
  return Boolean(value)
}
