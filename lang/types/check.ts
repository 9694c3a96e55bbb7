import type { AnySymbol, Bindings, FunctionSymbol, Program, Unit } from "../names/symbol.ts"
import type { Report } from "../report/diagnostic.ts"
import type * as tree from "../syntax/tree.ts"
import { checkClass } from "./classes.ts"
import { checkCluster, checkHost, checkNetwork } from "./clusters.ts"
import { type Check, type CheckTemplate, type Env, problem, spanIn, topOf, want } from "./context.ts"
import { typeOf } from "./expression.ts"
import { membersOf } from "./members.ts"
import { contractOf, resolveDeclaration, resolveType } from "./resolve.ts"
import { typeOfSymbol } from "./symbols.ts"
import type { Type, Types } from "./type.ts"
import { walk } from "./walk.ts"

/** Makes the function that looks into templates, given what the checker knows of types. */
export type TemplateChecker = (membersOf: (type: Type) => ReadonlyMap<string, Type> | null) => CheckTemplate

/**
 * Finds the type of every expression and reports what does not fit: A0301 to A0331, and A0299. Each body is checked once, by type,
 * whether it is used or not. What is left to evaluation: texts that must have a form, computed numbers that must be in a range, keys
 * that must be there. `templates` is called for every `template(…)` with what it passes; null when templates are not looked into.
 */
export function check(
  program: Program,
  bindings: Bindings,
  report: Report,
  templates: TemplateChecker | null = null,
): Types {
  const state: Check = {
    program,
    bindings,
    report,
    get templates() {
      return looked
    },
    of: new Map(),
    declared: new Map(),
    symbols: new Map(),
    stands: new Map(),
    calls: new Map(),
    settled: new Map(),
  }
  const looked = templates?.((type) => membersOf(state, type)) ?? null
  for (const unit of program.units) checkDeclarations(state, unit)
  for (const unit of program.units) checkBodies(state, unit)
  reportRecursion(state)
  return state
}

/** Types and services first, then what is written in terms of them. */
function checkDeclarations(check: Check, unit: Unit): void {
  for (const item of unit.tree.items) {
    const symbol = check.bindings.declared.get(item as tree.Declaration)
    if (symbol?.kind === "type") resolveDeclaration(check, symbol)
    else if (symbol?.kind === "service") contractOf(check, symbol)
  }
}

function checkBodies(check: Check, unit: Unit): void {
  walk(check, unit.tree.items, topOf(unit), (item, env) => {
    const symbol = check.bindings.declared.get(item as tree.Declaration)
    if (item.kind === "network") checkNetwork(check, item, env)
    else if (item.kind === "host") checkHost(check, item, env)
    else if (symbol?.kind === "class") checkClass(check, symbol)
    else if (symbol?.kind === "cluster") checkCluster(check, symbol)
    else if (symbol?.kind === "function") checkFunction(check, symbol, env)
    else if (symbol !== undefined) typeOfSymbol(check, symbol)
  })
}

function checkFunction(check: Check, symbol: FunctionSymbol, env: Env): void {
  const { parameters, result, value } = symbol.declaration
  for (const parameter of parameters) {
    const type = resolveType(check, parameter.type, env.unit)
    const local = check.bindings.declared.get(parameter.name)
    if (local !== undefined) check.symbols.set(local, type)
    if (parameter.value)
      typeOf(check, parameter.value, env, want(type, parameter.name.text, spanIn(env, parameter.type)))
  }
  const type = resolveType(check, result, env.unit)
  typeOf(check, value, { ...env, inside: symbol }, want(type, symbol.name, spanIn(env, result)))
}

/** A function that leads back to itself, reported once, where it is declared. */
function reportRecursion(check: Check): void {
  const reported = new Set<AnySymbol>()
  for (const start of check.calls.keys()) {
    if (reported.has(start) || start.kind !== "function") continue
    const reached = reachedFrom(check, start)
    if (!reached.has(start)) continue
    for (const other of reached) if (reachedFrom(check, other).has(start)) reported.add(other)
    problem(check, topOf(start.unit), start.declaration.name, "A0322", `${start.name} calls itself`, {
      hint: "evaluation always ends, so no function leads back to itself",
    })
  }
}

function reachedFrom(check: Check, start: AnySymbol): ReadonlySet<AnySymbol> {
  const reached = new Set<AnySymbol>()
  const left = [...(check.calls.get(start) ?? [])]
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (reached.has(next)) continue
    reached.add(next)
    left.push(...(check.calls.get(next) ?? []))
  }
  return reached
}
