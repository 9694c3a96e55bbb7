import type { Bindings, FunctionSymbol, Program, Unit } from "../names/symbol.ts"
import type { Report } from "../report/diagnostic.ts"
import type * as tree from "../syntax/tree.ts"
import { unknownType } from "./build.ts"
import { checkClass } from "./classes.ts"
import { checkCluster, checkHost, checkNetwork } from "./clusters.ts"
import { type Check, type CheckTemplate, type Env, spanIn, topOf, want } from "./context.ts"
import { typeOf } from "./expression.ts"
import { membersOf } from "./members.ts"
import { checkParams } from "./param-sets.ts"
import { orderReads } from "./recursion.ts"
import { contractOf, resolveDeclaration, resolveType } from "./resolve.ts"
import { typeOfSymbol } from "./symbols.ts"
import { checkTest } from "./tests.ts"
import type { Type } from "./type.ts"
import { inOrder, walk } from "./walk.ts"

/** Makes the function that looks into templates, given what the checker knows of types. */
export type TemplateChecker = (membersOf: (type: Type) => ReadonlyMap<string, Type> | null) => CheckTemplate

/**
 * Finds the type of every expression and reports what does not fit: A0301 to A0343. Each body is checked once, by type,
 * whether it is used or not. What is left to evaluation: texts that must have a form, computed numbers that must be in a range, keys
 * that must be there. `templates` is called for every `template(…)` with what it passes; null when templates are not looked into.
 */
export function check(
  program: Program,
  bindings: Bindings,
  report: Report,
  templates: TemplateChecker | null = null,
): Check {
  const state = makeCheck(program, bindings, report, templates, () => new Map())
  checkUnits(state, program.units)
  return state
}

/** The tables of a check in which nothing was checked yet. `table` makes each of them. */
export function makeCheck(
  program: Program,
  bindings: Bindings,
  report: Report,
  templates: TemplateChecker | null,
  table: <Key, Value>() => Map<Key, Value>,
): Check {
  const state: Check = {
    program,
    bindings,
    report,
    get templates() {
      return looked
    },
    of: table(),
    declared: table(),
    expected: table(),
    symbols: table(),
    stands: table(),
    order: table(),
    settled: table(),
  }
  const looked = templates?.((type) => membersOf(state, type)) ?? null
  return state
}

/** Checks units; all that these use, but for themselves, were checked before. */
export function checkUnits(check: Check, units: readonly Unit[]): void {
  const { order, circular } = orderReads(check.bindings, new Set(units), check.report)
  for (const [symbol, index] of order) check.order.set(symbol, index)
  for (const symbol of circular) if (symbol.kind === "let") check.symbols.set(symbol, unknownType)
  for (const unit of units) checkDeclarations(check, unit)
  const lets = units.flatMap((unit) => unit.tree.items).filter((item) => item.kind === "let")
  for (const symbol of inOrder(check, lets)) typeOfSymbol(check, symbol)
  for (const unit of units) checkBodies(check, unit)
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
    if (item.kind === "test") checkTest(check, item, env)
    else if (item.kind === "network") checkNetwork(check, item, env)
    else if (item.kind === "host") checkHost(check, item, env)
    else if (item.kind === "params") checkParams(check, item, env)
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
  typeOf(check, value, env, want(type, symbol.name, spanIn(env, result)))
}
