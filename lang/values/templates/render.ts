import type { Code } from "../../report/codes.ts"
import type { Span } from "../../text/source.ts"
import { deferredIn, isDeferred, joined } from "../deferred.ts"
import { limits } from "../limits.ts"
import { describe, display, isList, isObject, show } from "../show.ts"
import { type Deferred, invalid, type Value } from "../value.ts"
import { filterLater, filters, isProblem, movesOnly } from "./filters.ts"
import { operate, truth } from "./operate.ts"
import { assign, innerScope, type Scope, scopeOf } from "./scope.ts"
import type { Template, TemplateExpression, TemplateNode } from "./tree.ts"

/** What went wrong while rendering: the first problem ends it. */
export type RenderProblem = {
  readonly code: Code
  readonly span: Span
  readonly message: string
  readonly hint?: string
}

/**
 * Reads a member of a value: `undefined` when it has none of that name, and an invalid value when reading it failed and was
 * reported.
 */
export type MemberReader = (value: Value, name: string) => Value | undefined

/**
 * Renders a template with the variables given (by their names in templates), which become its scope. The problem is null when reading a value failed and
 * was reported there. No code is made and none runs: this walks the
 * template's tree over values of the language. The limits on steps and output hold for the whole rendering, includes too.
 */
export function renderTemplate(
  template: Template,
  variables: Map<string, Value | undefined>,
  member: MemberReader,
): { readonly text: string | Deferred } | { readonly problem: RenderProblem | null } {
  const passed: Scope<Value | undefined> = { names: variables, parent: null }
  const rendering: Rendering = { output: [], length: 0, steps: 0, failed: false, problem: null, member, span: null }
  renderNodes(rendering, template.body, innerScope(passed))
  return rendering.failed ? { problem: rendering.problem } : { text: textOf(rendering.output) }
}

type Rendering = {
  output: (string | Deferred)[]
  length: number
  steps: number
  failed: boolean
  /** Null also after a failure that was reported by the one who read a value. */
  problem: RenderProblem | null
  readonly member: MemberReader
  /** The last place that had one: where a limit that is passed between expressions is reported. */
  span: Span | null
}
type Variables = Scope<Value | undefined>

function renderNodes(rendering: Rendering, nodes: readonly TemplateNode[], scope: Variables): void {
  for (const node of nodes) {
    if (rendering.failed) return
    renderNode(rendering, node, scope)
  }
}

function renderNode(rendering: Rendering, node: TemplateNode, scope: Variables): void {
  switch (node.kind) {
    case "text":
      print(rendering, node.text)
      return
    case "output": {
      const value = evaluate(rendering, node.value, scope)
      if (!rendering.failed) printValue(rendering, node.value, value)
      return
    }
    case "if": {
      const condition = known(rendering, node.condition, evaluate(rendering, node.condition, scope))
      const chosen = truth(condition) ? node.body : node.else
      renderNodes(rendering, chosen, scope)
      return
    }
    case "for":
      renderFor(rendering, node, scope)
      return
    case "set": {
      const value = evaluate(rendering, node.value, scope)
      for (const name of node.names) assign(scope, name, value)
      return
    }
    case "capture": {
      const outer = rendering.output
      rendering.output = []
      renderNodes(rendering, node.body, innerScope(scope))
      for (const name of node.names) assign(scope, name, textOf(rendering.output))
      rendering.output = outer
      return
    }
    case "include":
      renderNodes(rendering, node.template.body, innerScope(scope))
      return
  }
}

function printValue(rendering: Rendering, expression: TemplateExpression, value: Value | undefined): void {
  if (value === undefined && expression.kind === "conditional") return
  if (value === undefined || value === null) {
    const what = value === null ? "null" : "not there"
    fail(rendering, "A0819", expression.span, `this is ${what}, and cannot be printed`, {
      hint: 'guard it with `{% if … %}`, or print something else instead with `| default("…")`',
    })
    return
  }
  if (isList(value) || (isObject(value) && unprintable.has(value.kind))) {
    fail(rendering, "A0819", expression.span, `${describe(value)} cannot be printed as it is`, {
      hint: "loop over it with `{% for %}`, or choose one of its members",
    })
    return
  }
  print(rendering, isDeferred(value) ? value : show(value))
}

const unprintable: ReadonlySet<string> = new Set([
  "record",
  "map",
  "file",
  "folder",
  "template",
  "image",
  "probe",
  "nic",
])

function print(rendering: Rendering, text: string | Deferred): void {
  rendering.length += typeof text === "string" ? text.length : 1
  rendering.output.push(text)
  if (rendering.length > limits.template_output_length) tooMuch(rendering, "prints too much")
}

function renderFor(rendering: Rendering, node: TemplateNode & { kind: "for" }, scope: Variables): void {
  const value = known(rendering, node.in, evaluate(rendering, node.in, scope))
  if (rendering.failed) return
  const rows = rowsOf(value, node.names.length)
  if (typeof rows === "string") fail(rendering, "A0819", node.in.span, rows)
  else if (rows.length === 0) renderNodes(rendering, node.else, scope)
  else renderRows(rendering, node, rows, scope)
}

function renderRows(
  rendering: Rendering,
  node: TemplateNode & { kind: "for" },
  rows: readonly (readonly Value[])[],
  scope: Variables,
): void {
  for (const [index, row] of rows.entries()) {
    if (!step(rendering, node.span)) return
    const inner = innerScope(scope)
    for (const [position, name] of node.names.entries()) inner.names.set(name, row[position])
    inner.names.set("loop", loopRecord(index, rows.length))
    renderNodes(rendering, node.body, inner)
  }
}

/** What each turn of a loop gives its names, or what is wrong. */
function rowsOf(value: Value | undefined, names: number): readonly (readonly Value[])[] | string {
  if (value === undefined || value === null) return []
  if (isList(value)) {
    if (names === 1) return value.map((element) => [element])
    const rows = value.filter((element) => isList(element))
    return rows.length === value.length ? rows : "each turn of this loop gives one value"
  }
  if (isObject(value) && (value.kind === "map" || value.kind === "record")) {
    const entries: Iterable<readonly [string | number, Value]> = value.kind === "map" ? value.entries : value.fields
    return names === 2 ? [...entries] : "a loop over a map has two names: `{% for key, value in … %}`"
  }
  if (isObject(value) && value.kind === "range" && value.of === "int" && names === 1) {
    const length = Math.max(0, value.to - value.from + 1)
    if (length > limits.template_steps) return `a range of ${length} numbers is too long to loop over`
    return Array.from({ length }, (_, index) => [value.from + index])
  }
  return `${describe(value)} cannot be looped over`
}

function loopRecord(index: number, length: number): Value {
  const fields = new Map<string, Value>([
    ["index", index + 1],
    ["index0", index],
    ["revindex", length - index],
    ["revindex0", length - index - 1],
    ["first", index === 0],
    ["last", index === length - 1],
    ["length", length],
  ])
  return { kind: "record", tag: null, fields }
}

/** `undefined` is a variable that was not passed; `default` and the tests see it, and printing it is a problem. */
function evaluate(rendering: Rendering, expression: TemplateExpression, scope: Variables): Value | undefined {
  if (!step(rendering, expression.span)) return undefined
  switch (expression.kind) {
    case "literal":
      return expression.value
    case "variable":
      return scopeOf(scope, expression.name)?.names.get(expression.name)
    case "member":
      return readMember(rendering, expression, evaluate(rendering, expression.of, scope), expression.name)
    case "index":
      return readIndex(rendering, expression, scope)
    case "filter":
      return applyFilter(rendering, expression, scope)
    case "list":
      return expression.elements.map((element) => evaluate(rendering, element, scope) ?? null)
    case "unary":
      return unary(rendering, expression, scope)
    case "binary":
      return binary(rendering, expression, scope)
    case "conditional": {
      const condition = known(rendering, expression.condition, evaluate(rendering, expression.condition, scope))
      const chosen = truth(condition) ? expression.body : expression.else
      return chosen === undefined ? undefined : evaluate(rendering, chosen, scope)
    }
    case "test":
      return test(rendering, expression, evaluate(rendering, expression.of, scope))
  }
}

function readMember(
  rendering: Rendering,
  expression: TemplateExpression,
  value: Value | undefined,
  name: string,
): Value | undefined {
  if (rendering.failed) return undefined
  if (value === undefined || value === null) {
    fail(
      rendering,
      "A0819",
      expression.span,
      `\`${name}\` is asked of something that is ${value === null ? "null" : "not there"}`,
    )
    return undefined
  }
  const entry = isObject(value) && value.kind === "map" ? value.entries.get(name) : undefined
  const found = entry ?? rendering.member(value, name) ?? rendering.member(value, name.replaceAll("_", "-"))
  if (found === undefined) fail(rendering, "A0816", expression.span, `${describe(value)} has no \`${name}\``)
  if (found === invalid) rendering.failed = true
  return found
}

function readIndex(
  rendering: Rendering,
  expression: TemplateExpression & { kind: "index" },
  scope: Variables,
): Value | undefined {
  const value = known(rendering, expression.of, evaluate(rendering, expression.of, scope))
  const key = known(rendering, expression.key, evaluate(rendering, expression.key, scope))
  if (rendering.failed) return undefined
  if (value !== undefined && isList(value) && typeof key === "number") {
    const element = value[key]
    if (element === undefined) fail(rendering, "A0816", expression.span, `there are ${value.length} elements, from 0`)
    return element
  }
  if (
    value !== undefined &&
    isObject(value) &&
    value.kind === "map" &&
    (typeof key === "number" || typeof key === "string")
  ) {
    const found = value.entries.get(key)
    if (found === undefined) fail(rendering, "A0816", expression.span, `there is no ${display(key)} in this map`)
    return found
  }
  return readMember(rendering, expression, value, show(key ?? null))
}

function applyFilter(
  rendering: Rendering,
  expression: TemplateExpression & { kind: "filter" },
  scope: Variables,
): Value | undefined {
  const value = evaluate(rendering, expression.of, scope)
  const given = expression.arguments.map((argument) => evaluate(rendering, argument, scope) ?? null)
  if (rendering.failed) return undefined
  const later = filterLater(expression.name, value, given)
  if (later !== null) return later
  if (!movesOnly.has(expression.name) || (isDeferred(value) && expression.name !== "default"))
    for (const one of [value, ...given]) known(rendering, expression, deferredIn(one))
  if (rendering.failed) return undefined
  if (expression.name === "default") {
    const missing = value === undefined || value === null || (given[1] === true && !truth(value))
    return missing ? given[0] : value
  }
  if (value === undefined || value === null) {
    const what = value === null ? "null" : "not there"
    fail(rendering, "A0819", expression.of.span, `this is ${what}, and \`${expression.name}\` needs a value`)
    return undefined
  }
  const result = filters.get(expression.name)!.apply(value, given)
  if (isProblem(result)) {
    fail(rendering, "A0819", expression.span, result.message)
    return undefined
  }
  return bounded(rendering, result)
}

function unary(
  rendering: Rendering,
  expression: TemplateExpression & { kind: "unary" },
  scope: Variables,
): Value | undefined {
  const value = known(rendering, expression.operand, evaluate(rendering, expression.operand, scope))
  if (expression.operator === "not") return !truth(value)
  if (typeof value === "number") return expression.operator === "-" ? -value : value
  fail(rendering, "A0819", expression.span, `${describe(value ?? null)} has no sign`)
  return undefined
}

function binary(
  rendering: Rendering,
  expression: TemplateExpression & { kind: "binary" },
  scope: Variables,
): Value | undefined {
  const left = evaluate(rendering, expression.left, scope)
  if (expression.operator === "and" || expression.operator === "or") known(rendering, expression.left, left)
  if (expression.operator === "and") return truth(left) ? evaluate(rendering, expression.right, scope) : left
  if (expression.operator === "or") return truth(left) ? left : evaluate(rendering, expression.right, scope)
  const right = evaluate(rendering, expression.right, scope)
  if (rendering.failed) return undefined
  if (deferredIn(left) !== undefined || deferredIn(right) !== undefined) {
    const puts = expression.operator === "~" || (expression.operator === "+" && [left, right].some(isText))
    return puts
      ? (joined([left ?? "", right ?? ""]) ?? undefined)
      : known(rendering, expression, deferredIn(left) ?? deferredIn(right))
  }
  const result = operate(expression.operator, left ?? null, right ?? null)
  if (typeof result === "object" && result !== null && "message" in result) {
    fail(rendering, "A0819", expression.span, result.message)
    return undefined
  }
  return bounded(rendering, result)
}

function test(
  rendering: Rendering,
  expression: TemplateExpression & { kind: "test" },
  value: Value | undefined,
): Value | undefined {
  if (expression.name === "defined") return value !== undefined
  if (expression.name === "undefined") return value === undefined
  if (expression.name === "none") return value === null
  known(rendering, expression, value)
  if (typeof value === "number") return (value % 2 === 0) === (expression.name === "even")
  fail(rendering, "A0819", expression.span, `${describe(value ?? null)} is neither odd nor even`)
  return undefined
}

/** A value that decides something must be known while compiling; what is checked before has told most of it. */
function known(rendering: Rendering, expression: TemplateExpression, value: Value | undefined): Value | undefined {
  if (!isDeferred(value)) return value
  fail(rendering, "A0821", expression.span, `${describe(value)} decides something in this template`, {
    hint: "print it, and decide by something else",
  })
  return undefined
}

function isText(value: Value | undefined): boolean {
  return typeof value === "string" || (isDeferred(value) && value.of.kind === "text")
}

/** The output is as long as a rendering allows, so this has an answer. */
function textOf(output: readonly (string | Deferred)[]): string | Deferred {
  return joined(output, Number.POSITIVE_INFINITY)!
}

/** A text can double in each step, so its length has a limit of its own; so have lists. */
function bounded(rendering: Rendering, value: Value): Value | undefined {
  const length = typeof value === "string" || isList(value) ? value.length : 0
  if (length <= limits.template_output_length) return value
  tooMuch(rendering, "makes a text that is too long")
  return undefined
}

function step(rendering: Rendering, span: Span): boolean {
  rendering.span = span
  if (++rendering.steps > limits.template_steps) tooMuch(rendering, "takes too many steps")
  return !rendering.failed
}

function tooMuch(rendering: Rendering, what: string): void {
  const span = rendering.span
  if (span === null) return
  fail(rendering, "A0818", span, `this template ${what}`, {
    hint: `at most ${limits.template_steps} steps and ${limits.template_output_length} characters`,
  })
}

function fail(rendering: Rendering, code: Code, span: Span, message: string, details: { hint?: string } = {}): void {
  if (rendering.failed) return
  rendering.failed = true
  rendering.problem = { code, span, message, ...details }
}
