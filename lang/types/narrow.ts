import type { AnySymbol } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import type { Check, Env } from "./context.ts"
import type { Type } from "./type.ts"

/** What is known where a condition holds, and where it does not: narrower types by path. */
export type Facts = { readonly holds: ReadonlyMap<string, Type>; readonly fails: ReadonlyMap<string, Type> }

const nothing: Facts = { holds: new Map(), fails: new Map() }

/** What a checked condition says about what it compares with null, or asks the class, service or variant of. */
export function factsOf(check: Check, condition: tree.Expression): Facts {
  if (condition.kind === "unary" && condition.operator === "not") {
    const { holds, fails } = factsOf(check, condition.operand)
    return { holds: fails, fails: holds }
  }
  if (condition.kind === "is") return factsOfIs(check, condition)
  if (condition.kind !== "binary") return nothing
  switch (condition.operator) {
    case "==":
    case "!=":
      return factsOfNull(check, condition)
    case "and":
    case "or": {
      const left = factsOf(check, condition.left)
      const right = factsOf(check, condition.right)
      return condition.operator === "and"
        ? { holds: new Map([...left.holds, ...right.holds]), fails: nothing.fails }
        : { holds: nothing.holds, fails: new Map([...left.fails, ...right.fails]) }
    }
    default:
      return nothing
  }
}

/** The place with what is known there. */
export function knowing(env: Env, facts: ReadonlyMap<string, Type>): Env {
  return facts.size === 0 ? env : { ...env, narrowed: new Map([...env.narrowed, ...facts]) }
}

/** A name or a chain of members as a key; null for anything else, which is never narrowed. */
export function pathOf(check: Check, value: tree.Expression): string | null {
  if (value.kind === "name") {
    const symbol = check.bindings.uses.get(value)
    return symbol === undefined ? null : symbol.kind === "self" ? "self" : `${identityOf(symbol)}`
  }
  if (value.kind !== "member") return null
  const of = pathOf(check, value.of)
  return of === null ? null : `${of}.${value.name.text}`
}

function factsOfNull(check: Check, condition: tree.Binary): Facts {
  const [left, right] = [condition.left, condition.right]
  const value = right.kind === "null" ? left : left.kind === "null" ? right : null
  if (value === null) return nothing
  const path = pathOf(check, value)
  const type = check.of.get(value)
  if (path === null || type?.kind !== "optional") return nothing
  const known = new Map([[path, type.of]])
  return condition.operator === "!=" ? { holds: known, fails: nothing.fails } : { holds: nothing.holds, fails: known }
}

function factsOfIs(check: Check, condition: tree.Is): Facts {
  const path = pathOf(check, condition.value)
  const symbol = check.bindings.uses.get(condition.type.path.at(-1)!)
  const type = check.of.get(condition.value)
  if (path === null || symbol === undefined || type === undefined) return nothing
  const of = type.kind === "optional" ? type.of : type
  if (symbol.kind === "class")
    return { holds: new Map([[path, { kind: "appliance", class: symbol }]]), fails: new Map() }
  if (symbol.kind === "service")
    return { holds: new Map([[path, { kind: "service", service: symbol }]]), fails: new Map() }
  if (symbol.kind !== "variant" || of.kind !== "union") return nothing
  const others = of.variants.filter((variant) => variant.name !== symbol.name)
  return {
    holds: new Map([[path, { ...of, variants: of.variants.filter((variant) => variant.name === symbol.name) }]]),
    fails: type.kind === "optional" ? new Map() : new Map([[path, { ...of, variants: others }]]),
  }
}

const identities = new WeakMap<AnySymbol, number>()
let last_identity = 0

function identityOf(symbol: AnySymbol): number {
  let identity = identities.get(symbol)
  if (identity === undefined) {
    identity = ++last_identity
    identities.set(symbol, identity)
  }
  return identity
}
