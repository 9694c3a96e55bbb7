import type * as tree from "../syntax/tree.ts"
import { units } from "../syntax/units.ts"
import { formProblem } from "../values/forms.ts"
import { patternOf } from "../values/patterns.ts"
import { bare, join } from "./assignable.ts"
import { unknownType } from "./build.ts"
import { reportNotOneOf } from "./conform.ts"
import { type Check, type Env, problem, sourceOf, type Want } from "./context.ts"
import { typeOf } from "./expression.ts"
import { showType } from "./show.ts"
import { bareOf, both, type Taint, taintOf, withTaint } from "./taint.ts"
import type { Bounds, Type } from "./type.ts"

/** Exactly one amount. */
export function exactly(amount: number): Bounds {
  return { least: amount, most: amount }
}

export function typeOfInt(value: tree.IntLiteral, wanted: Want | null): Type {
  return asNumber("int", value.value, wanted)
}

export function typeOfFloat(value: tree.FloatLiteral, wanted: Want | null): Type {
  return asNumber("float", value.value, wanted)
}

export function typeOfQuantity(check: Check, value: tree.QuantityLiteral, env: Env): Type {
  const { measure, factor } = units[value.unit]
  const amount = value.amount * factor
  if (amount > Number.MAX_SAFE_INTEGER) {
    problem(
      check,
      env,
      value,
      "A0301",
      `${sourceOf(env, value)} is larger than what can be counted, which ends at 2^53 - 1`,
    )
    return unknownType
  }
  return { kind: "quantity", of: measure, bounds: exactly(measure === "percent" ? amount : Math.floor(amount)) }
}

export function typeOfPort(value: tree.PortLiteral): Type {
  return value.from === value.to ? { kind: "port", bounds: exactly(value.from) } : { kind: "port-range" }
}

/** A text takes the form that its place asks for (looked at when it is evaluated) or must be one of its place's texts. */
export function typeOfText(check: Check, value: tree.Text, env: Env, wanted: Want | null): Type {
  let taint: Taint | null = null
  for (const part of value.parts) if (typeof part !== "string") taint = both(taint, checkShown(check, part, env))
  const [only] = value.parts
  const isPlain = value.parts.length === 0 || (value.parts.length === 1 && typeof only === "string")
  if (!isPlain) {
    return withTaint(
      { kind: "text", form: null, pattern: null, bounds: { least: null, most: null, computed: true } },
      taint,
    )
  }
  const text = typeof only === "string" ? only : ""
  const to = enumIn(wanted?.type ?? null)
  if (to === null) return plainText(check, value, env, text, wanted === null ? null : bare(wanted.type))
  if (to.values.includes(text)) return { kind: "enum", name: to.name, values: [text] }
  reportNotOneOf(check, value, env, text, { ...wanted!, type: to })
  return unknownType
}

/** A text that stands there whole is looked at here, so that a class that nobody uses is checked as well. */
function plainText(check: Check, value: tree.Text, env: Env, text: string, to: Type | null): Type {
  const bounds = exactly([...text].length)
  if (to?.kind !== "text") return { kind: "text", form: null, pattern: null, bounds }
  const { form, pattern } = to
  const shape = form === null ? null : formProblem(form, text)
  const label = JSON.stringify(text)
  if (shape !== null) {
    problem(check, env, value, "A0705", `${label} is no ${form}`, { label, hint: `it is ${shape}` })
    return unknownType
  }
  const matches = pattern === null ? null : patternOf(pattern)
  if (typeof matches === "function" && !matches(text)) {
    problem(check, env, value, "A0706", `${label} does not match /${pattern}/`, { label })
    return unknownType
  }
  return { kind: "text", form, pattern, bounds }
}

/** The range from one value to another, of Ints or of addresses. */
export function rangeOf(left: Type, right: Type): Type | null {
  if (left.kind === "ip" && right.kind === "ip") return { kind: "ip-range" }
  if (left.kind !== "int" || right.kind !== "int") return null
  const computed = left.bounds.computed || right.bounds.computed
  const bounds: Bounds = { least: left.bounds.least, most: right.bounds.most }
  return { kind: "range", of: { kind: "int", bounds: computed ? { ...bounds, computed } : bounds } }
}

/** One type for several; unknown after A0321 when they have none in common. */
export function common(check: Check, types: readonly Type[], env: Env, places: readonly tree.Spanned[]): Type {
  let whole: Type | null = null
  for (const [index, type] of types.entries()) {
    if (type.kind === "unknown") return unknownType
    const joined: Type | null = whole === null ? type : join(whole, type, check.bindings.bases)
    if (joined === null) {
      problem(
        check,
        env,
        places[index]!,
        "A0321",
        `this is ${showType(type)}, and what stands before it is ${showType(whole!)}`,
      )
      return unknownType
    }
    whole = joined
  }
  return whole ?? unknownType
}

function asNumber(kind: "int" | "float", amount: number, wanted: Want | null): Type {
  const to = wanted?.type.kind === "optional" ? wanted.type.of : wanted?.type
  if (kind === "int" && to?.kind === "float") return { kind: "float", bounds: exactly(amount) }
  return { kind, bounds: exactly(amount) }
}

/** The enum that a place asks for, when it asks for no other text. */
function enumIn(type: Type | null): (Type & { kind: "enum" }) | null {
  if (type === null) return null
  if (type.kind === "enum") return type
  if (type.kind === "optional") return enumIn(type.of)
  if (type.kind !== "either" || type.of.some((alternative) => alternative.kind === "text")) return null
  return type.of.map(enumIn).find((found) => found !== null) ?? null
}

/** Gives the taint of the part, which is that of the whole text. */
function checkShown(check: Check, part: tree.Expression, env: Env): Taint | null {
  const type = typeOf(check, part, env, null)
  if (isShown(bareOf(type))) return taintOf(type)
  const text = sourceOf(env, part)
  const hint =
    type.kind === "optional" && isShown(bareOf(type.of))
      ? `it may be null: \`\${${text} ?? "…"}\``
      : type.kind === "appliance" || type.kind === "network" || type.kind === "host"
        ? `its name is \`\${${text}.name}\``
        : type.kind === "service"
          ? `say which of its fields: \`\${${text}.address}\``
          : undefined
  problem(check, env, part, "A0319", `${showType(type)} does not stand in a text`, { hint })
  return null
}

function isShown(type: Type): boolean {
  switch (type.kind) {
    case "bool":
    case "int":
    case "float":
    case "text":
    case "enum":
    case "quantity":
    case "port":
    case "port-range":
    case "ip":
    case "cidr":
    case "ip-range":
    case "unknown":
      return true
    case "either":
      return type.of.every(isShown)
    default:
      return false
  }
}
