import type { OperandValue } from "../report/diagnostic.ts"
import type * as tree from "../syntax/tree.ts"
import type { Type } from "../types/type.ts"
import { compile } from "./expressions.ts"
import { type Frame, type Place, spanOf } from "./frame.ts"
import { display, isObject } from "./show.ts"
import { invalid, type Value } from "./value.ts"

/** Works out what the parts of a condition are, in the frame in which it does not hold. */
export type Drawing = (frame: Frame) => readonly OperandValue[]

/** Gives the value of a part, and notes those that are worth showing. */
type Part = (frame: Frame, into: OperandValue[]) => Value

/**
 * What a failed assertion shows: the value of every name, member, index, call and calculation in it, each under the word or sign that
 * it belongs to. Literals speak for themselves. What `and`, `or`, `??` and `if` left out is left out here too.
 */
export function drawingOf(place: Place, condition: tree.Expression): Drawing {
  const part = partOf(place, condition, "whole")
  return (frame) => {
    const values: OperandValue[] = []
    part(frame, values)
    return values
  }
}

/** `whole` is what was asserted: that it is false needs no saying. */
function partOf(place: Place, expression: tree.Expression, role: "whole" | "part"): Part {
  const code = compile(place, expression)
  const run: Part = (frame) => code.run(frame)
  switch (expression.kind) {
    case "name":
      return noted(place, expression, expression.start, [], run)
    case "member":
      return noted(place, expression, expression.name.start, isNamed(place, expression) ? [] : [expression.of], run)
    case "index":
      return noted(place, expression, after(place, expression.of.end, "["), [expression.of, expression.key], run)
    case "call": {
      const { callee } = expression
      const at = callee.kind === "member" ? callee.name.start : callee.start
      // What is wrong with it by type is told where it stands.
      if ((place.evaluation.types.expected.get(expression) ?? []).length > 0)
        return noted(place, expression, at, [], run, role)
      const of = callee.kind === "member" && !isNamed(place, callee) ? [callee.of] : []
      return noted(place, expression, at, [...of, ...expression.arguments.map((argument) => argument.value)], run, role)
    }
    case "unary":
      return noted(place, expression, expression.start, [expression.operand], run, "whole")
    case "is":
      return noted(place, expression, after(place, expression.value.end, "is"), [expression.value], run, role)
    case "binary":
      return binary(place, expression, run, role)
    case "conditional":
      return conditional(place, expression)
    case "text":
      return expression.parts.every((one) => typeof one === "string")
        ? run
        : noted(place, expression, expression.start, [], run)
    case "amend":
    case "match-value":
      return noted(place, expression, expression.start, [], run)
    case "list":
      return expression.elements.every((element) => element.kind !== "element-for" && element.kind !== "element-if")
        ? noted(place, expression, expression.start, expression.elements as readonly tree.Expression[], run, "whole")
        : noted(place, expression, expression.start, [], run)
    default:
      return run
  }
}

/** Shows the parts of an expression, then itself; not itself as the whole. */
function noted(
  place: Place,
  expression: tree.Expression,
  at: number,
  of: readonly tree.Expression[],
  run: Part,
  role: "whole" | "part" = "part",
): Part {
  const parts = of.map((one) => partOf(place, one, "part"))
  const written = place.unit.source.text.slice(expression.start, expression.end)
  const place_of_value = { ...spanOf(place.unit, expression), start: at }
  const is_secret = holdsSecret(place.evaluation.types.of.get(expression))
  return (frame, into) => {
    for (const part of parts) part(frame, into)
    const value = run(frame, into)
    if (role === "part" && value !== invalid) {
      into.push({ expression: written, value: is_secret ? "•••" : brief(value), at: place_of_value })
    }
    return value
  }
}

function binary(place: Place, expression: tree.Binary, run: Part, role: "whole" | "part"): Part {
  const { operator, left, right } = expression
  if (operator !== "and" && operator !== "or" && operator !== "??") {
    return noted(place, expression, after(place, left.end, operator), [left, right], run, role)
  }
  const first = partOf(place, left, "part")
  const second = partOf(place, right, "part")
  return (frame, into) => {
    const value = first(frame, into)
    const decided = operator === "??" ? value !== null : value === (operator === "or")
    return decided || value === invalid ? value : second(frame, into)
  }
}

function conditional(place: Place, expression: tree.Conditional): Part {
  const [condition, when_true, when_false] = [expression.condition, expression.then, expression.else].map((one) =>
    partOf(place, one, "part"),
  ) as [Part, Part, Part]
  return (frame, into) => {
    const chosen = condition(frame, into)
    return chosen === invalid ? invalid : chosen === true ? when_true(frame, into) : when_false(frame, into)
  }
}

/** A value in one line; of a long map its keys, for what is asked of it stands beside it. */
function brief(value: Value): string {
  const shown = display(value)
  if (shown.length <= 60 || !isObject(value) || value.kind !== "map") return shown
  return `{ ${[...value.entries.keys()].map((key) => `${display(key)} = …`).join(", ")} }`
}

/** Whether a member names what a file or class declares, so that what stands left of its dot is no value of interest. */
function isNamed(place: Place, expression: tree.Member): boolean {
  const { uses } = place.evaluation.bindings
  return uses.has(expression.name) || (expression.of.kind === "name" && uses.get(expression.of)?.kind === "self")
}

/** Where a sign stands that follows an expression; white space, comments and brackets may lie between. */
function after(place: Place, end: number, sign: string): number {
  const found = place.unit.source.text.indexOf(sign, end)
  return found === -1 ? end : found
}

function holdsSecret(type: Type | undefined): boolean {
  if (type === undefined) return false
  return (
    type.kind === "secret" ||
    ("of" in type && typeof type.of === "object" && "kind" in type.of && holdsSecret(type.of as Type))
  )
}
