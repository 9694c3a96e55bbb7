import { arithmetic, compare, equals, isFailure, negate, wholeDivision } from "../values/arithmetic.ts"
import { plainMember } from "../values/members.ts"
import { display, show } from "../values/show.ts"
import type { Value } from "../values/value.ts"
import type { LateExpression, LateOperand, OutputValue } from "./desired-state.ts"
import { outputOf } from "./output.ts"

/** What a host tells of itself: sizes in bytes. */
export type LateFacts = {
  readonly kernel: string
  readonly cpus: number
  readonly memory_bytes: number
  readonly acceleration: string
}

/** What came of a late value, or why there is none, such as a division by zero. */
export type Resolved<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string }

/** A late value as text, from the facts of the hosts by name. The runtime calls this when it has looked at them. */
export function lateText(expression: LateExpression, facts: ReadonlyMap<string, LateFacts>): Resolved<string> {
  const resolved = resolve(expression, facts)
  return resolved.ok ? { ok: true, value: show(resolved.value) } : resolved
}

/** A late value as plain JSON, for outputs. */
export function lateOutput(expression: LateExpression, facts: ReadonlyMap<string, LateFacts>): Resolved<OutputValue> {
  const resolved = resolve(expression, facts)
  return resolved.ok ? { ok: true, value: outputOf(resolved.value) } : resolved
}

/** A late value in words: `rack.facts.cpus * 2`. */
export function showLate(expression: LateOperand): string {
  if ("value" in expression) return display(expression.value)
  if ("amount" in expression) return display({ kind: "quantity", of: expression.measure, amount: expression.amount })
  if ("fact" in expression) return `${expression.host}.facts.${expression.fact}`
  const [first = "", second] = expression.of.map(showLate)
  if (expression.call === "text") return expression.of.map(showLate).join(" ")
  if (expression.call.startsWith(".")) return `${first}${expression.call}`
  return second === undefined ? `${expression.call} ${first}` : `${first} ${expression.call} ${second}`
}

function resolve(operand: LateOperand, facts: ReadonlyMap<string, LateFacts>): Resolved<Value> {
  if ("value" in operand) return { ok: true, value: operand.value }
  if ("amount" in operand) {
    return { ok: true, value: { kind: "quantity", of: operand.measure, amount: operand.amount } }
  }
  if ("fact" in operand) {
    const known = facts.get(operand.host)
    return known === undefined
      ? { ok: false, why: `nothing is known of host ${operand.host}, since the cluster has nothing there` }
      : { ok: true, value: factOf(known, operand.fact) }
  }
  const values: Value[] = []
  for (const one of operand.of) {
    const resolved = resolve(one, facts)
    if (!resolved.ok) return resolved
    values.push(resolved.value)
  }
  const value = calculate(operand.call, values)
  return value === undefined ? { ok: false, why: `${showLate(operand)} has no result` } : { ok: true, value }
}

function factOf(facts: LateFacts, name: string): Value {
  if (name === "memory") return { kind: "quantity", of: "size", amount: facts.memory_bytes }
  return name === "cpus" ? facts.cpus : name === "kernel" ? facts.kernel : facts.acceleration
}

function calculate(call: string, values: readonly Value[]): Value | undefined {
  const [left = null, right = null] = values
  if (call.startsWith(".")) return plainMember(left, call.slice(1))
  switch (call) {
    case "text":
      return values.map(show).join("")
    case "not":
      return left !== true
    case "and":
      return left === true && right === true
    case "or":
      return left === true || right === true
    case "==":
    case "!=":
      return equals(left, right) === (call === "==")
    case "<":
    case "<=":
    case ">":
    case ">=": {
      const order = compare(left, right)
      if (order === null) return undefined
      return call === "<" ? order < 0 : call === "<=" ? order <= 0 : call === ">" ? order > 0 : order >= 0
    }
    case "negate":
      return known(negate(left))
    case "mod":
    case "div":
      return typeof left === "number" && typeof right === "number" ? known(wholeDivision(call, left, right)) : undefined
    case "+":
    case "-":
    case "*":
    case "/":
      return known(arithmetic(call, left, right))
    default:
      return undefined
  }
}

function known(result: ReturnType<typeof arithmetic>): Value | undefined {
  return isFailure(result) ? undefined : result
}
