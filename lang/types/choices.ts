import type * as tree from "../syntax/tree.ts"
import { bare } from "./assignable.ts"
import { boolType, unknownType } from "./build.ts"
import { type Check, type Env, problem, type Want, want } from "./context.ts"
import { typeOf } from "./expression.ts"
import { common } from "./literals.ts"
import { factsOf, knowing, pathOf } from "./narrow.ts"
import { showType } from "./show.ts"
import { reportUse } from "./sinks.ts"
import { taintOf } from "./taint.ts"
import type { Type } from "./type.ts"

export function typeOfConditional(check: Check, value: tree.Conditional, env: Env, wanted: Want | null): Type {
  typeOf(check, value.condition, env, want(boolType))
  const facts = factsOf(check, value.condition)
  const then = typeOf(check, value.then, knowing(env, facts.holds), wanted)
  const otherwise = typeOf(check, value.else, knowing(env, facts.fails), wanted)
  return common(check, [then, otherwise], env, [value.then, value.else])
}

export function typeOfMatch(check: Check, value: tree.Match, env: Env, wanted: Want | null): Type {
  const type = typeOfMatched(check, value.value, env)
  const types = value.arms.map((arm) => {
    const inner = enterPattern(check, arm.pattern, value.value, type, env)
    return typeOf(check, arm.value, inner, wanted)
  })
  checkCoverage(check, value, value.arms, type, env)
  return types.length === 0
    ? unknownType
    : common(
        check,
        types,
        env,
        value.arms.map((arm) => arm.value),
      )
}

/** The type of what a `match` looks at, which must be known while compiling. */
export function typeOfMatched(check: Check, value: tree.Expression, env: Env): Type {
  const type = typeOf(check, value, env, null)
  if (taintOf(type) === null) return type
  reportUse(check, env, value, type, "`match`")
  return unknownType
}

/** Checks a pattern against what is matched, gives the name that it binds its type; gives the place inside its arm. */
export function enterPattern(check: Check, pattern: tree.Pattern, matched: tree.Expression, type: Type, env: Env): Env {
  switch (pattern.kind) {
    case "literal-pattern":
      typeOf(check, pattern.value, env, want(asPattern(type)))
      return env
    case "range-pattern":
      typeOf(check, pattern.from, env, want(asPattern(type)))
      typeOf(check, pattern.to, env, want(asPattern(type)))
      return env
    case "variant-pattern": {
      const narrower = variantIn(check, pattern, type, env)
      const binding = pattern.binding && check.bindings.declared.get(pattern.binding)
      if (binding) check.symbols.set(binding, narrower)
      const path = pathOf(check, matched)
      return path === null ? env : knowing(env, new Map([[path, narrower]]))
    }
    default:
      return env
  }
}

/** Every case must have an arm: all texts of an enum, all variants of a union, both of a Bool; else there is an `else`. */
export function checkCoverage(
  check: Check,
  match: tree.Spanned & { readonly value: tree.Expression },
  arms: readonly { readonly pattern: tree.Pattern }[],
  type: Type,
  env: Env,
): void {
  const patterns = arms.map((arm) => arm.pattern)
  if (
    type.kind === "unknown" ||
    patterns.some((pattern) => pattern.kind === "else-pattern" || pattern.kind === "missing-pattern")
  ) {
    return
  }
  const covered = new Set(patterns.map(coveredBy))
  const cases = casesOf(type)
  const missing = cases === null ? ["else"] : cases.filter((one) => !covered.has(one))
  if (missing.length === 0) return
  const what =
    cases === null ? "there is no `else`" : `${missing.join(" and ")} ${missing.length === 1 ? "has" : "have"} no arm`
  problem(check, env, match.value, "A0323", `not every ${showType(type)} is covered: ${what}`, {
    hint: "add the missing arms, or `else -> …`",
  })
}

function casesOf(type: Type): readonly string[] | null {
  switch (type.kind) {
    case "enum":
      return type.values.map((value) => JSON.stringify(value))
    case "union":
      return type.variants.map((variant) => variant.name!)
    case "bool":
      return ["true", "false"]
    case "optional": {
      const cases = casesOf(type.of)
      return cases === null ? null : [...cases, "null"]
    }
    default:
      return null
  }
}

function coveredBy(pattern: tree.Pattern): string {
  if (pattern.kind === "variant-pattern") return pattern.name.text
  if (pattern.kind !== "literal-pattern") return ""
  const { value } = pattern
  if (value.kind === "text") return JSON.stringify(value.parts.join(""))
  return value.kind === "bool" ? String(value.value) : value.kind
}

/** A pattern may be any value of what is matched, its range aside. */
function asPattern(type: Type): Type {
  if (
    type.kind === "int" ||
    type.kind === "float" ||
    type.kind === "quantity" ||
    type.kind === "port" ||
    type.kind === "text"
  ) {
    return { ...type, bounds: { least: null, most: null } } as Type
  }
  return type
}

function variantIn(check: Check, pattern: tree.VariantPattern, type: Type, env: Env): Type {
  const union = bare(type)
  if (union.kind === "unknown" || pattern.name.text === "") return unknownType
  const variant = union.kind === "union" && union.variants.find((one) => one.name === pattern.name.text)
  if (union.kind === "union" && variant) return { ...union, variants: [variant] }
  if (check.bindings.uses.has(pattern.name)) {
    problem(check, env, pattern.name, "A0327", `${showType(type)} is never ${pattern.name.text}`)
  }
  return unknownType
}
