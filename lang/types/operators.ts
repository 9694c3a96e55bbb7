import type * as tree from "../syntax/tree.ts"
import { bare, isComparable, join } from "./assignable.ts"
import { boolType, floatType, intType, lateBool, open, optional, taking, unknownType } from "./build.ts"
import { type Check, type Env, problem, replacing, sourceOf, type Want, want } from "./context.ts"
import { typeOf } from "./expression.ts"
import { common, exactly, rangeOf } from "./literals.ts"
import { factsOf, knowing } from "./narrow.ts"
import { showType } from "./show.ts"
import { reportUse } from "./sinks.ts"
import { bareOf, both, taintOf, taintWithin, withTaint } from "./taint.ts"
import type { Type } from "./type.ts"

const computed = { least: null, most: null, computed: true } as const

export function typeOfUnary(check: Check, value: tree.Unary, env: Env, wanted: Want | null): Type {
  if (value.operator === "not") {
    return withTaint(boolType, taintOf(typeOf(check, value.operand, env, want(lateBool))))
  }
  const operand = typeOf(check, value.operand, env, null)
  const taint = taintOf(operand)
  const type = bareOf(operand)
  const isFloat = wanted !== null && bare(wanted.type).kind === "float"
  if (type.kind === "unknown") return type
  if (type.kind === "int" || type.kind === "float") {
    const { least, most } = type.bounds
    const bounds = least !== null && least === most ? exactly(-least) : computed
    return withTaint({ kind: isFloat ? "float" : type.kind, bounds }, taint)
  }
  if (type.kind === "quantity" && type.of === "percent") return withTaint({ ...type, bounds: computed }, taint)
  problem(check, env, value, "A0314", `\`-\` does not work on ${showType(type)}`)
  return unknownType
}

export function typeOfBinary(check: Check, value: tree.Binary, env: Env, wanted: Want | null): Type {
  switch (value.operator) {
    case "and":
    case "or": {
      const left = typeOf(check, value.left, env, want(lateBool))
      const facts = factsOf(check, value.left)
      const inner = knowing(env, value.operator === "and" ? facts.holds : facts.fails)
      const right = typeOf(check, value.right, inner, want(lateBool))
      return withTaint(boolType, both(taintOf(left), taintOf(right)))
    }
    case "??":
      return typeOfDefault(check, value, env, wanted)
    case "==":
    case "!=":
      return typeOfEquality(check, value, env)
    case "<":
    case "<=":
    case ">":
    case ">=":
      return typeOfOrder(check, value, env)
    case "in":
      return typeOfIn(check, value, env)
    default:
      return typeOfArithmetic(check, value, env, wanted)
  }
}

/** `x is C`: of an appliance, a service or a union; other values are never asked. */
export function typeOfIs(check: Check, value: tree.Is, env: Env): Type {
  const type = bare(typeOf(check, value.value, env, null))
  if (taintOf(type) !== null) {
    reportUse(check, env, value, type, "`is`")
    return boolType
  }
  const symbol = check.bindings.uses.get(value.type.path.at(-1)!)
  if (type.kind === "unknown" || symbol === undefined) return boolType
  const fits =
    (symbol.kind === "class" && type.kind === "appliance") ||
    (symbol.kind === "service" && type.kind === "service") ||
    (symbol.kind === "variant" &&
      type.kind === "union" &&
      type.variants.some((variant) => variant.name === symbol.name))
  if (!fits) {
    problem(check, env, value, "A0327", `${showType(type)} is never ${symbol.name}`, {
      hint: "`is` asks an appliance for its class, a service for its contract, a union for its variant",
    })
  }
  return boolType
}

function typeOfDefault(check: Check, value: tree.Binary, env: Env, wanted: Want | null): Type {
  const left = typeOf(check, value.left, env, wanted === null ? null : { ...wanted, type: optional(wanted.type) })
  const right = typeOf(
    check,
    value.right,
    env,
    wanted ?? (left.kind === "optional" && !isOpenType(left.of) ? want(elsewise(left.of)) : null),
  )
  if (left.kind === "unknown" || right.kind === "unknown") return unknownType
  if (left.kind === "null") return right
  if (left.kind !== "optional") {
    problem(check, env, value.left, "A0328", `this is never null, so \`??\` always takes it`)
    return left
  }
  return common(check, [left.of, right], env, [value.left, value.right])
}

/** What a default is asked to be: of the same type, be it as secret or late as it may. */
function elsewise(type: Type): Type {
  return type.kind === "record" || type.kind === "map" || type.kind === "union" ? type : taking(bareOf(type))
}

/** What a default next to it need not be a part of: a range, a form. */
function isOpenType(type: Type): boolean {
  return type.kind === "int" || type.kind === "float" || type.kind === "list"
}

function typeOfEquality(check: Check, value: tree.Binary, env: Env): Type {
  const [first, second] = isLiteral(value.left) ? [value.right, value.left] : [value.left, value.right]
  const given = typeOf(check, first, env, null)
  const left = bareOf(given)
  // A literal takes the type of the other side, so that `tier == "gould"` is found.
  const asked = bare(left).kind === "enum" && isLiteral(second) ? want(bare(left)) : null
  const other = second.kind === "null" ? typeOf(check, second, env, null) : typeOf(check, second, env, asked)
  const right = bareOf(other)
  if (left.kind === "unknown" || right.kind === "unknown") return boolType
  if (right.kind !== "null" && refuseTaint(check, value, env, given, other, "secret")) return boolType
  if (right.kind === "null" && left.kind !== "optional" && left.kind !== "null") {
    const severity = "warning"
    problem(check, env, value, "A0315", `${sourceOf(env, first)} is never null`, { severity })
  } else if (!isChained(value) && !isComparable(left, right, check.bindings.bases)) {
    problem(check, env, value, "A0315", `${showType(left)} and ${showType(right)} are never equal`)
  }
  // Whether something is there is never late.
  return right.kind === "null" ? boolType : withTaint(boolType, both(taintOf(given), taintOf(other)))
}

/**
 * Compares nothing with a secret, and nothing that has late parts: true when that was reported. `what` says which taint of a whole
 * value is refused: `any` where nothing can be put off until it is known.
 */
function refuseTaint(
  check: Check,
  value: tree.Binary,
  env: Env,
  left: Type,
  right: Type,
  what: "secret" | "any",
): boolean {
  const found = [left, right].find((type) => {
    const taint = taintWithin(type)
    return taint !== null && (taint.secret !== undefined || what === "any" || taintOf(type) === null)
  })
  if (found === undefined) return false
  reportUse(check, env, value, found, `\`${value.operator}\``)
  return true
}

function typeOfOrder(check: Check, value: tree.Binary, env: Env): Type {
  const [first, second] = [typeOf(check, value.left, env, null), typeOf(check, value.right, env, null)]
  if (refuseTaint(check, value, env, first, second, "secret")) return boolType
  const [left, right] = [bareOf(first), bareOf(second)]
  if (left.kind === "unknown" || right.kind === "unknown" || isChained(value)) return boolType
  const isNumber = (type: Type) => type.kind === "int" || type.kind === "float"
  const fits =
    (isNumber(left) && isNumber(right)) ||
    (left.kind === "quantity" && right.kind === "quantity" && left.of === right.of) ||
    (left.kind === "quantity" && left.of === "cpus" && isNumber(right)) ||
    (right.kind === "quantity" && right.of === "cpus" && isNumber(left)) ||
    (left.kind === right.kind && (left.kind === "text" || left.kind === "ip" || left.kind === "port"))
  if (!fits) reportOperands(check, value, env, left, right)
  return withTaint(boolType, both(taintOf(first), taintOf(second)))
}

function typeOfIn(check: Check, value: tree.Binary, env: Env): Type {
  const container = typeOf(check, value.right, env, null)
  const element = elementIn(container)
  const literal = element?.kind === "enum" && isLiteral(value.left)
  const left = typeOf(check, value.left, env, literal ? want(element) : null)
  if (container.kind === "unknown" || left.kind === "unknown" || element?.kind === "unknown") return boolType
  if (refuseTaint(check, value, env, left, container.kind === "map" ? container.key : container, "any")) return boolType
  if (element === null || !isComparable(left, element, check.bindings.bases)) {
    reportOperands(check, value, env, left, container)
  }
  return boolType
}

function elementIn(container: Type): Type | null {
  switch (container.kind) {
    case "list":
    case "range":
      return container.of
    case "map":
      return container.key
    case "cidr":
    case "ip-range":
      return { kind: "ip" }
    case "port":
    case "port-range":
      return { kind: "port", bounds: { least: null, most: null } }
    case "text":
      return container
    default:
      return null
  }
}

function typeOfArithmetic(check: Check, value: tree.Binary, env: Env, wanted: Want | null): Type {
  const part = wanted === null ? null : partOf(value, wanted)
  const first = typeOf(check, value.left, env, isList(value.left) ? part : null)
  const second = typeOf(check, value.right, env, isList(value.right) ? part : null)
  if (value.operator === ".." && refuseTaint(check, value, env, first, second, "any")) return unknownType
  const [left, right] = [bareOf(first), bareOf(second)]
  if (left.kind === "unknown" || right.kind === "unknown") return unknownType
  const found = resultOf(check, value.operator, left, right)
  if (found === null) {
    reportOperands(check, value, env, left, right)
    return unknownType
  }
  return withTaint(found, both(taintOf(first), taintOf(second)))
}

/** What the parts of a list are asked for that is put together: its elements, and any length. */
function partOf(value: tree.Binary, wanted: Want): Want | null {
  const type = bare(wanted.type)
  return value.operator === "+" && type.kind === "list" ? { ...wanted, type: { ...type, bounds: open } } : null
}

function isList(value: tree.Expression): boolean {
  return value.kind === "list" || (value.kind === "binary" && value.operator === "+")
}

function resultOf(check: Check, operator: tree.BinaryOperator, left: Type, right: Type): Type | null {
  if (operator === "..") return rangeOf(left, right)
  if (operator === "+" && left.kind === "list" && right.kind === "list") {
    const of = join(left.of, right.of, check.bindings.bases)
    return of === null ? null : { kind: "list", of, bounds: computed }
  }
  const isNumber = (type: Type): type is Type & { kind: "int" | "float" } =>
    type.kind === "int" || type.kind === "float"
  if (isNumber(left) && isNumber(right)) {
    const whole = left.kind === "int" && right.kind === "int" && operator !== "/"
    return { kind: whole ? intType.kind : floatType.kind, bounds: computed } as Type
  }
  const scaled = (type: Type): Type => ("bounds" in type ? ({ ...type, bounds: computed } as Type) : type)
  if (left.kind === "quantity" && right.kind === "quantity") {
    if (operator === "*") return left.of === "percent" ? scaled(right) : right.of === "percent" ? scaled(left) : null
    if (left.of !== right.of) return null
    return operator === "/" ? { kind: "float", bounds: computed } : scaled(left)
  }
  const isSum = operator === "+" || operator === "-"
  if (isSum && left.kind === "quantity" && left.of === "cpus" && isNumber(right)) return scaled(left)
  if (isSum && right.kind === "quantity" && right.of === "cpus" && isNumber(left)) return scaled(right)
  if (left.kind === "quantity" && isNumber(right) && (operator === "*" || operator === "/")) {
    return left.of === "percent" && operator === "*" ? { kind: "float", bounds: computed } : scaled(left)
  }
  if (right.kind === "quantity" && isNumber(left) && operator === "*") {
    return right.of === "percent" ? { kind: "float", bounds: computed } : scaled(right)
  }
  return null
}

function reportOperands(check: Check, value: tree.Binary, env: Env, left: Type, right: Type): void {
  const text = `\`${value.operator}\` does not work on ${showType(left)} and ${showType(right)}`
  if (left.kind === "quantity" && right.kind === "quantity" && left.of !== right.of) {
    problem(check, env, value, "A0304", text)
    return
  }
  const isText = (type: Type) => type.kind === "text" || type.kind === "enum"
  if (value.operator === "+" && (isText(left) || isText(right))) {
    const joined = `"${asPart(value.left, env)}${asPart(value.right, env)}"`
    problem(check, env, value, "A0314", text, {
      hint: `texts are put together like ${joined}`,
      fix: replacing(env, value, joined),
    })
    return
  }
  const needsUnit =
    (left.kind === "quantity" && (right.kind === "int" || right.kind === "float")) ||
    (right.kind === "quantity" && (left.kind === "int" || left.kind === "float"))
  if (needsUnit) {
    const bareSide = left.kind === "quantity" ? value.right : value.left
    problem(check, env, bareSide, "A0303", `${text}: ${sourceOf(env, bareSide)} has no unit`)
    return
  }
  const maybeNull = left.kind === "optional" ? value.left : right.kind === "optional" ? value.right : null
  if (maybeNull !== null) {
    const shown = sourceOf(env, maybeNull)
    problem(check, env, maybeNull, "A0305", `${shown} may be null`, { hint: `say what it is then: \`${shown} ?? …\`` })
    return
  }
  problem(check, env, value, "A0314", text)
}

function asPart(value: tree.Expression, env: Env): string {
  if (value.kind === "text") return sourceOf(env, value).slice(1, -1)
  return `\${${sourceOf(env, value)}}`
}

/** A comparison of a comparison, which the parser has reported (A0126), unless parentheses say that it is meant. */
function isChained(value: tree.Binary): boolean {
  const { left } = value
  return left.kind === "binary" && comparisons.has(left.operator) && left.start === left.left.start
}

const comparisons: ReadonlySet<tree.BinaryOperator> = new Set(["==", "!=", "<", "<=", ">", ">=", "in"])

function isLiteral(value: tree.Expression): boolean {
  return value.kind === "text" || value.kind === "int" || value.kind === "null" || value.kind === "bool"
}
