import type { AnySymbol } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import { boolType, textType } from "./build.ts"
import { checkCoverage, enterPattern, typeOfMatched } from "./choices.ts"
import { type Check, type Env, problem, want } from "./context.ts"
import { typeOf } from "./expression.ts"
import { enterHead } from "./lists.ts"
import { factsOf, knowing } from "./narrow.ts"
import { typeOfSymbol } from "./symbols.ts"
import type { Type } from "./type.ts"

/**
 * Goes through the items of a body and of the `for`, `if` and `match` in it, with what is known in each; checks these, its lets and
 * its asserts, and hands all else to `visit`.
 */
export function walk(
  check: Check,
  items: readonly tree.Item[],
  env: Env,
  visit: (item: tree.Item, env: Env) => void,
): void {
  for (const item of items) {
    const symbol = item.kind === "let" || item.kind === "output" ? check.bindings.declared.get(item) : undefined
    if (symbol !== undefined) check.stands.set(symbol, env)
  }
  for (const symbol of inOrder(
    check,
    items.filter((item) => item.kind === "let"),
  ))
    typeOfSymbol(check, symbol)
  for (const item of items) {
    switch (item.kind) {
      case "let":
        break
      case "assert":
        typeOf(check, item.condition, env, want(boolType))
        if (item.message) typeOf(check, item.message, env, want(textType, "the message of an assertion"))
        break
      case "if":
        walkIf(check, item, env, visit)
        break
      case "for":
        walk(check, item.body.items, enterHead(check, item.head, env), visit)
        break
      case "match": {
        const type = typeOfMatched(check, item.value, env)
        for (const arm of item.arms) walkArm(check, item, arm, type, env, visit)
        checkCoverage(check, item, item.arms, type, env)
        break
      }
      default:
        visit(item, env)
    }
  }
}

/** The symbols of lets, each after those that it reads. */
export function inOrder(check: Check, lets: readonly tree.Let[]): readonly AnySymbol[] {
  const symbols = lets.map((item) => check.bindings.declared.get(item)).filter((symbol) => symbol !== undefined)
  return symbols.sort((left, right) => (check.order.get(left) ?? 0) - (check.order.get(right) ?? 0))
}

/** The names of fields, quoted keys and checks that a body gives, those under conditions too. One given twice is A0309. */
export function namesGiven(check: Check, items: readonly tree.Item[], env: Env): ReadonlySet<string> {
  const given = new Map<string, tree.Spanned>()
  collect(check, items, env, given)
  return new Set(given.keys())
}

function walkIf(check: Check, item: tree.IfItem, env: Env, visit: (item: tree.Item, env: Env) => void): void {
  typeOf(check, item.condition, env, want(boolType))
  const facts = factsOf(check, item.condition)
  walk(check, item.then.items, inside(knowing(env, facts.holds), item.then), visit)
  const otherwise = knowing(env, facts.fails)
  if (item.else?.kind === "if") walkIf(check, item.else, otherwise, visit)
  else if (item.else) walk(check, item.else.items, inside(otherwise, item.else), visit)
}

function walkArm(
  check: Check,
  match: tree.MatchItem,
  arm: tree.ItemArm,
  type: Type,
  env: Env,
  visit: (item: tree.Item, env: Env) => void,
): void {
  const inner = enterPattern(check, arm.pattern, match.value, type, env)
  walk(check, arm.body.items, inside(inner, arm.body), visit)
}

function inside(env: Env, body: tree.Body): Env {
  return { ...env, bodies: [...env.bodies, body] }
}

function collect(check: Check, items: readonly tree.Item[], env: Env, given: Map<string, tree.Spanned>): void {
  for (const item of items) {
    if (item.kind === "for") collect(check, item.body.items, env, given)
    else if (item.kind === "if") collectBranches(check, branchesOf(item), env, given)
    else if (item.kind === "match") {
      collectBranches(
        check,
        item.arms.map((arm) => arm.body),
        env,
        given,
      )
    } else {
      const place = keyOf(item)
      if (place !== null) note(check, place, env, given)
    }
  }
}

/** Only one branch is taken, so each may give what the others give. */
function collectBranches(check: Check, bodies: readonly tree.Body[], env: Env, given: Map<string, tree.Spanned>): void {
  const before = new Map(given)
  for (const body of bodies) {
    const branch = new Map(before)
    collect(check, body.items, env, branch)
    for (const [name, place] of branch) if (!given.has(name)) given.set(name, place)
  }
}

function branchesOf(item: tree.IfItem): readonly tree.Body[] {
  if (item.else === undefined) return [item.then]
  return item.else.kind === "if" ? [item.then, ...branchesOf(item.else)] : [item.then, item.else]
}

function note(
  check: Check,
  place: { key: string; node: tree.Spanned },
  env: Env,
  given: Map<string, tree.Spanned>,
): void {
  const first = given.get(place.key)
  if (first === undefined) {
    given.set(place.key, place.node)
    return
  }
  problem(check, env, place.node, "A0309", `${place.key} is given already`, {
    related: [{ message: "here", span: { source: env.unit.source, start: first.start, end: first.end } }],
  })
}

function keyOf(item: tree.Item): { key: string; node: tree.Spanned } | null {
  if (item.kind === "field") return item.name.text === "" ? null : { key: item.name.text, node: item.name }
  if (item.kind === "entry" && item.key.parts.every((part) => typeof part === "string")) {
    return { key: item.key.parts.join(""), node: item.key }
  }
  if (item.kind === "check" && item.title.parts.every((part) => typeof part === "string")) {
    return { key: `check ${JSON.stringify(item.title.parts.join(""))}`, node: item.title }
  }
  return null
}
