import { describe, isList, isObject } from "./show.ts"
import type { Quantity, Value } from "./value.ts"

/** Why an operation has no value; the caller knows where to report it. */
export type Failure =
  | { readonly kind: "failure"; readonly why: "too-large" | "division-by-zero" | "negative" }
  | { readonly kind: "failure"; readonly why: "operands"; readonly message: string }

export type ArithmeticOperator = "+" | "-" | "*" | "/"

/**
 * One of the four operations: on numbers, on quantities of one measure, on a quantity and a number, and on a percentage of
 * something. Texts and lists are joined by `+`. Bytes, milliseconds and bits per second round down.
 */
export function arithmetic(operator: ArithmeticOperator, left: Value, right: Value): Value | Failure {
  if (typeof left === "number" && typeof right === "number") return number(calculate(operator, left, right))
  if (operator === "+" && typeof left === "string" && typeof right === "string") return left + right
  if (operator === "+" && isList(left) && isList(right)) return [...left, ...right]
  const left_quantity = asQuantity(left)
  const right_quantity = asQuantity(right)
  if (left_quantity !== null && right_quantity !== null) return onQuantities(operator, left_quantity, right_quantity)
  if (typeof right === "number" && left_quantity?.of === "cpus" && (operator === "+" || operator === "-"))
    return quantity(left_quantity, calculate(operator, left_quantity.amount, right))
  if (typeof left === "number" && right_quantity?.of === "cpus" && (operator === "+" || operator === "-"))
    return quantity(right_quantity, calculate(operator, left, right_quantity.amount))
  if (left_quantity !== null && typeof right === "number") return byNumber(operator, left_quantity, right)
  if (right_quantity !== null && typeof left === "number" && operator === "*")
    return byNumber("*", right_quantity, left)
  return wrongOperands(operator, left, right)
}

/** `mod(a, b)` and `div(a, b)`: division of whole numbers, rounded towards negative infinity, so that mod has b's sign. */
export function wholeDivision(call: "mod" | "div", left: number, right: number): number | Failure {
  if (right === 0) return { kind: "failure", why: "division-by-zero" }
  const quotient = Math.floor(left / right)
  return call === "div" ? quotient : left - quotient * right
}

export function negate(value: Value): Value | Failure {
  if (typeof value === "number") return value === 0 ? 0 : -value
  if (isObject(value) && value.kind === "quantity" && value.of === "percent") return { ...value, amount: -value.amount }
  return { kind: "failure", why: "negative" }
}

export function isFailure(value: Value | Failure | undefined): value is Failure {
  return typeof value === "object" && value !== null && (value as { kind?: string }).kind === "failure"
}

/** Whether two values are the same. References are the same when they name the same thing. */
export function equals(left: Value, right: Value): boolean {
  if (left === right) return true
  if (typeof left === "number" || typeof right === "number") return countOf(left) === countOf(right)
  if (isList(left)) {
    return isList(right) && left.length === right.length && left.every((value, index) => equals(value, right[index]!))
  }
  if (!isObject(left) || !isObject(right)) return false
  if (left.kind === "record" && right.kind === "record") {
    return left.tag === right.tag && equalMaps(left.fields, right.fields)
  }
  if (left.kind === "map" && right.kind === "map") return equalMaps(left.entries, right.entries)
  if (left.kind === "reference" && right.kind === "reference") return left.to === right.to
  if (left.kind === "provided" && right.kind === "provided") return left.provided === right.provided
  if (left.kind === "quantity" && right.kind === "quantity") return left.of === right.of && left.amount === right.amount
  if (left.kind === "ip" && right.kind === "ip") return left.address === right.address
  if (left.kind === "cidr" && right.kind === "cidr") {
    return left.address === right.address && left.prefix === right.prefix
  }
  if (left.kind === "port" && right.kind === "port") {
    return left.from === right.from && left.to === right.to && left.protocol === right.protocol
  }
  if (left.kind === "range" && right.kind === "range") return left.from === right.from && left.to === right.to
  if (left.kind === "compiled" && right.kind === "compiled") return left.result() === right.result()
  return left.kind === "outside" && right.kind === "outside"
}

/** Less than zero when `left` comes first; null when the two have no order. Texts go by UTF-16 units. */
export function compare(left: Value, right: Value): number | null {
  const [less, more] = [countOf(left), countOf(right)]
  if (typeof less === "number" && typeof more === "number") return less - more
  if (typeof left === "string" && typeof right === "string") return left < right ? -1 : left > right ? 1 : 0
  if (!isObject(left) || !isObject(right)) return null
  if (left.kind === "quantity" && right.kind === "quantity" && left.of === right.of) return left.amount - right.amount
  if (left.kind === "ip" && right.kind === "ip") return left.address - right.address
  if (left.kind === "port" && right.kind === "port") return left.from - right.from
  return null
}

/** `x in xs`: an element of a list, a key of a map, part of a text, inside a range or a network. Null: neither. */
export function contains(container: Value, value: Value): boolean | null {
  if (isList(container)) return container.some((element) => equals(element, value))
  if (typeof container === "string") return typeof value === "string" ? container.includes(value) : null
  if (!isObject(container)) return null
  if (container.kind === "map") return container.entries.has(value as string | number)
  if (container.kind === "record" && typeof value === "string") return container.fields.has(value)
  if (container.kind === "range") {
    const at = container.of === "int" ? value : isObject(value) && value.kind === "ip" ? value.address : null
    return typeof at === "number" ? at >= container.from && at <= container.to : null
  }
  if (container.kind === "cidr" && isObject(value) && value.kind === "ip") {
    return networkOf(value.address, container.prefix) === networkOf(container.address, container.prefix)
  }
  if (container.kind === "port" && isObject(value) && value.kind === "port") {
    return container.protocol === value.protocol && value.from >= container.from && value.to <= container.to
  }
  return null
}

/** The first address of the network of `prefix` bits that `address` is in. */
export function networkOf(address: number, prefix: number): number {
  return prefix === 0 ? 0 : (address & (0xffffffff << (32 - prefix))) >>> 0
}

/** The last address of that network. */
export function lastOf(address: number, prefix: number): number {
  return networkOf(address, prefix) + 2 ** (32 - prefix) - 1
}

function onQuantities(operator: ArithmeticOperator, left: Quantity, right: Quantity): Value | Failure {
  if (operator === "*") {
    if (left.of === "percent") return quantity(right, (right.amount * left.amount) / 100)
    if (right.of === "percent") return quantity(left, (left.amount * right.amount) / 100)
  }
  if (left.of !== right.of || operator === "*") return wrongOperands(operator, left, right)
  if (operator === "/") return number(calculate("/", left.amount, right.amount))
  return quantity(left, calculate(operator, left.amount, right.amount))
}

function byNumber(operator: ArithmeticOperator, of: Quantity, by: number): Value | Failure {
  if (operator === "*") {
    // A percentage of a number is a number; of anything else the thing itself.
    return of.of === "percent" ? number((of.amount * by) / 100) : quantity(of, of.amount * by)
  }
  if (operator === "/") return quantity(of, calculate("/", of.amount, by))
  return wrongOperands(operator, of, by)
}

function calculate(operator: ArithmeticOperator, left: number, right: number): number | Failure {
  if (operator === "+") return left + right
  if (operator === "-") return left - right
  if (operator === "*") return left * right
  return right === 0 ? { kind: "failure", why: "division-by-zero" } : left / right
}

function number(value: number | Failure): number | Failure {
  if (typeof value !== "number") return value
  return Math.abs(value) > Number.MAX_SAFE_INTEGER ? { kind: "failure", why: "too-large" } : value
}

function quantity(like: Quantity, amount: number | Failure): Quantity | Failure {
  if (typeof amount !== "number") return amount
  if (amount < 0 && like.of !== "percent") return { kind: "failure", why: "negative" }
  const whole = like.of === "size" || like.of === "rate" || like.of === "duration"
  const checked = number(whole ? Math.floor(amount) : amount)
  return typeof checked === "number" ? { kind: "quantity", of: like.of, amount: checked } : checked
}

/** A number stands for that many cpus, so the two may be compared. */
function countOf(value: Value): Value {
  return isObject(value) && value.kind === "quantity" && value.of === "cpus" ? value.amount : value
}

function asQuantity(value: Value): Quantity | null {
  return isObject(value) && value.kind === "quantity" ? value : null
}

function wrongOperands(operator: string, left: Value, right: Value): Failure {
  const message = `\`${operator}\` does not work on ${describe(left)} and ${describe(right)}`
  return { kind: "failure", why: "operands", message }
}

function equalMaps(left: ReadonlyMap<string | number, Value>, right: ReadonlyMap<string | number, Value>): boolean {
  if (left.size !== right.size) return false
  for (const [key, value] of left) {
    const other = right.get(key)
    if (other === undefined || !equals(value, other)) return false
  }
  return true
}
