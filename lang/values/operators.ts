import type * as tree from "../syntax/tree.ts"
import type { Type } from "../types/type.ts"
import { arithmetic, compare, contains, equals, type Failure, isFailure, negate } from "./arithmetic.ts"
import { deferredCall, isDeferred, putOff } from "./deferred.ts"
import { compile, compileAs, countThings, tooLong } from "./expressions.ts"
import { type Code, code, fail, type Place, spanOf } from "./frame.ts"
import { limits } from "./limits.ts"
import { display, isList, isObject } from "./show.ts"
import { invalid, type Value } from "./value.ts"

/** `-x` and `not x`. */
export function compileUnary(place: Place, expression: tree.Unary): Code {
  const operand = compile(place, expression.operand)
  const run: Code["run"] = (frame) => {
    const value = operand.run(frame)
    if (value === invalid) return invalid
    if (isDeferred(value)) return deferredCall(expression.operator === "not" ? "not" : "negate", [value])
    if (expression.operator === "not") return value !== true
    const result = negate(value)
    return isFailure(result) ? reportFailure(place, expression, result, [value]) : result
  }
  return code(run, [operand])
}

/** All operators between two values. `??`, `and` and `or` work out their right side only when it decides. */
export function compileBinary(place: Place, expression: tree.Binary, type: Type | null): Code {
  const { operator } = expression
  if (operator === "??") return compileOtherwise(place, expression, type)
  const left = compile(place, expression.left)
  const right = compile(place, expression.right)
  if (operator === "and" || operator === "or") {
    const decided = operator === "or"
    const run: Code["run"] = (frame) => {
      const first = left.run(frame)
      if (first === invalid || first === decided) return first
      const second = right.run(frame)
      return isDeferred(first) ? (putOff(operator, [first, second]) ?? second) : second
    }
    return code(run, [left, right])
  }
  const run: Code["run"] = (frame) => {
    const first = left.run(frame)
    const second = right.run(frame)
    if (first === invalid || second === invalid) return invalid
    const later = isNullAsked(operator, first, second) ? null : putOff(operator, [first, second])
    if (later !== null) return later
    const result = operate(operator, first, second)
    if (isFailure(result)) return reportFailure(place, expression, result, [first, second])
    if (typeof result === "string" && result.length > limits.text_length) return tooLong(place, expression)
    if (isList(result) && !countThings(place, expression, result.length)) return invalid
    return result
  }
  return code(run, [left, right])
}

function compileOtherwise(place: Place, expression: tree.Binary, type: Type | null): Code {
  const left = compile(place, expression.left)
  const right = compileAs(place, expression.right, type)
  const run: Code["run"] = (frame) => left.run(frame) ?? right.run(frame)
  return code(run, [left, right])
}

/** Whether something is there is known also of what is not. */
function isNullAsked(operator: tree.BinaryOperator, first: Value, second: Value): boolean {
  return (operator === "==" || operator === "!=") && (first === null || second === null)
}

function operate(operator: tree.BinaryOperator, left: Value, right: Value): Value | Failure {
  switch (operator) {
    case "==":
      return equals(left, right)
    case "!=":
      return !equals(left, right)
    case "in":
      return contains(right, left) ?? false
    case "..":
      return range(left, right)
    case "<":
    case "<=":
    case ">":
    case ">=": {
      const order = compare(left, right)
      if (order === null) return { kind: "failure", why: "operands", message: "these two have no order" }
      return operator === "<" ? order < 0 : operator === "<=" ? order <= 0 : operator === ">" ? order > 0 : order >= 0
    }
    case "+":
    case "-":
    case "*":
    case "/":
      return arithmetic(operator, left, right)
    default:
      return invalid
  }
}

function range(left: Value, right: Value): Value | Failure {
  if (typeof left === "number" && typeof right === "number") return { kind: "range", from: left, to: right, of: "int" }
  if (isObject(left) && left.kind === "ip" && isObject(right) && right.kind === "ip") {
    return { kind: "range", from: left.address, to: right.address, of: "ip" }
  }
  return { kind: "failure", why: "operands", message: "a range goes from one whole number or address to another" }
}

/** Reports what an operation could not do, with the values that it was given. */
export function reportFailure(
  place: Place,
  expression: tree.Expression,
  failure: Failure,
  operands: readonly Value[],
): Value {
  const { evaluation, unit } = place
  const span = spanOf(unit, expression)
  const label = operands.map(display).join("operator" in expression ? ` ${expression.operator} ` : ", ")
  if (failure.why === "too-large") {
    return fail(evaluation, "A0702", span, "this is over 2^53", { label: label.slice(0, 100) })
  }
  if (failure.why === "division-by-zero") {
    return fail(evaluation, "A0703", span, "this divides by zero", { label: label.slice(0, 100) })
  }
  if (failure.why === "operands") return fail(evaluation, "A0718", span, failure.message)
  return fail(evaluation, "A0704", span, "this is less than nothing", { label: label.slice(0, 100) })
}
