import type { Report } from "../../report/diagnostic.ts"
import { nearest } from "../../report/nearest.ts"
import type { Span } from "../../text/source.ts"
import { textType } from "../../types/build.ts"
import { both, taintOf, taintWithin, withTaint } from "../../types/taint.ts"
import type { Type } from "../../types/type.ts"
import { limits } from "../limits.ts"
import { assign, innerScope, type Scope, scopeOf, templateName } from "./scope.ts"
import { type Decided, decide, filteredType, reportTaint } from "./taints.ts"
import type { Template, TemplateExpression, TemplateNode } from "./tree.ts"

/** A variable that a call passes: its name as the language writes it, its type, and where it is written. */
export type PassedVariable = { readonly name: string; readonly type: Type; readonly span: Span }

/** The members of the values of a type by name; null when that cannot be told, and then nothing is said about them. */
export type MembersOf = (type: Type) => ReadonlyMap<string, Type> | null

/**
 * Compares the variables that a template uses, in its includes too, with those that a call passes: one diagnostic for each that is
 * missing, misspelt or not used, and for each member that values of a variable's type do not have.
 */
export function checkTemplateVariables(
  template: Template,
  passed: readonly PassedVariable[],
  call: Span,
  members: MembersOf,
  report: Report,
): void {
  const analysis = analysisOf(members, null)
  walkNodes(analysis, template.body, innerScope(passedScope(passed)))
  const used = reportUnknown(analysis, passed, call, report)
  for (const { span, name } of analysis.minuses.values()) {
    report.add("A0814", span, "in a template this is a minus between two variables", {
      related: [{ message: "the template is used here", span: call }],
      hint: `did you mean \`${name}\`? A \`-\` in a name is written \`_\``,
      fix: { title: `Write ${name}`, edits: [{ span, text: name }] },
    })
  }
  const used_here = [{ message: "the template is used here", span: call }]
  for (const problem of analysis.wrong.values()) {
    report.add("A0816", problem.span, problem.message, { ...problem.details, related: used_here })
  }
  for (const { span, taint } of analysis.tainted.values()) reportTaint(span, taint, call, report)
  for (const variable of passed) {
    if (used.has(templateName(variable.name))) continue
    report.add("A0815", variable.span, `the template does not use \`${variable.name}\``, {
      related: [{ message: "the template", span: { source: template.source, start: 0, end: 0 } }],
      hint: "leave it out, or use it in the template",
    })
  }
}

/** A variable or member as it stands in a template. */
export type TemplateOccurrence = {
  readonly name: string
  readonly span: Span
  /** The type of its value; null when it is not known. */
  readonly type: Type | null
  /** Of a member: the type of the value that it is read from. */
  readonly of: Type | null
  readonly kind: "passed" | "own" | "unknown" | "member"
  /** The names that the place sees, with their types. */
  readonly scope: ReadonlyMap<string, Type | null>
}

/** Every variable and member in a template and in what it includes, in the order of the text: for editors. */
export function occurrencesIn(
  template: Template,
  passed: readonly PassedVariable[],
  members: MembersOf,
): readonly TemplateOccurrence[] {
  const seen: TemplateOccurrence[] = []
  const analysis = analysisOf(members, seen)
  walkNodes(analysis, template.body, innerScope(passedScope(passed)))
  return seen
}

type Use = { readonly span: Span; readonly known: boolean; readonly optional: boolean }
type Analysis = {
  readonly members: MembersOf
  /** The first use of each name that is no variable of the template's own; one that must be there wins. */
  readonly uses: Map<string, Use>
  readonly minuses: Map<number, { readonly span: Span; readonly name: string }>
  readonly wrong: Map<string, { span: Span; message: string; details: { hint?: string } }>
  /** Where something is decided by what is not known. */
  readonly tainted: Decided
  steps: number
  /** Where what is met is noted; null when nobody asked. */
  readonly seen: TemplateOccurrence[] | null
}
type Types = Scope<Type | null>

function analysisOf(members: MembersOf, seen: TemplateOccurrence[] | null): Analysis {
  return { members, uses: new Map(), wrong: new Map(), minuses: new Map(), tainted: new Map(), steps: 0, seen }
}

/** Reports names that are not passed; gives the passed names that are used or were probably meant. */
function reportUnknown(
  analysis: Analysis,
  passed: readonly PassedVariable[],
  call: Span,
  report: Report,
): ReadonlySet<string> {
  const used = new Set<string>()
  for (const [name, use] of analysis.uses) if (use.known) used.add(name)
  for (const [name, use] of analysis.uses) {
    if (use.known || use.optional) continue
    const free = passed.filter((variable) => !used.has(templateName(variable.name)))
    const near =
      nearest(
        name,
        free.map((variable) => templateName(variable.name)),
      ) ??
      nearest(
        name,
        passed.map((variable) => templateName(variable.name)),
      )
    if (near === null) {
      report.add("A0813", call, `the template needs \`${name}\`, and it is not passed`, {
        related: [{ message: "used here", span: use.span }],
        hint: "add it to the record",
      })
      continue
    }
    const meant = passed.find((variable) => templateName(variable.name) === near)!
    used.add(near)
    report.add("A0814", use.span, `there is no \`${name}\` here`, {
      related: [{ message: "this is passed", span: meant.span }],
      hint: `did you mean \`${near}\`?`,
      fix: { title: `Write ${near}`, edits: [{ span: use.span, text: near }] },
    })
  }
  return used
}

function walkNodes(analysis: Analysis, nodes: readonly TemplateNode[], scope: Types): void {
  for (const node of nodes) walkNode(analysis, node, scope)
}

function walkNode(analysis: Analysis, node: TemplateNode, scope: Types): void {
  switch (node.kind) {
    case "text":
      return
    case "output":
      typeOf(analysis, node.value, scope)
      return
    case "if":
      decide(analysis.tainted, node.condition, typeOf(analysis, node.condition, scope))
      walkNodes(analysis, node.body, scope)
      walkNodes(analysis, node.else, scope)
      return
    case "for":
      walkFor(analysis, node, scope)
      return
    case "set": {
      const type = typeOf(analysis, node.value, scope)
      for (const name of node.names) assign(scope, name, type)
      return
    }
    case "capture":
      walkNodes(analysis, node.body, innerScope(scope))
      for (const name of node.names) assign(scope, name, null)
      return
    case "include":
      walkNodes(analysis, node.template.body, innerScope(scope))
      return
  }
}

function walkFor(analysis: Analysis, node: TemplateNode & { kind: "for" }, scope: Types): void {
  const inner = innerScope(scope)
  const over = bare(decide(analysis.tainted, node.in, typeOf(analysis, node.in, scope)))
  const element = over?.kind === "list" || over?.kind === "range" ? over.of : null
  const value = over?.kind === "map" ? over.value : null
  const key: Type | null = over?.kind === "map" ? over.key : null
  const types = node.names.length === 1 ? [element] : [key, value]
  for (const [index, name] of node.names.entries()) inner.names.set(name, types[index] ?? null)
  inner.names.set("loop", null)
  walkNodes(analysis, node.body, inner)
  walkNodes(analysis, node.else, scope)
}

/** The type of an expression as far as it is known. `optional`: the variable need not be passed. */
function typeOf(
  analysis: Analysis,
  expression: TemplateExpression,
  scope: Types,
  need: "needed" | "optional" = "needed",
): Type | null {
  if (++analysis.steps > limits.template_steps) return null
  switch (expression.kind) {
    case "literal":
      return null
    case "variable":
      return variableType(analysis, expression, scope, need)
    case "member":
      return memberType(analysis, expression, typeOf(analysis, expression.of, scope))
    case "index": {
      decide(analysis.tainted, expression.key, typeOf(analysis, expression.key, scope))
      const of = bare(decide(analysis.tainted, expression.of, typeOf(analysis, expression.of, scope)))
      return of?.kind === "list" ? of.of : of?.kind === "map" ? of.value : null
    }
    case "filter": {
      const of = typeOf(analysis, expression.of, scope, expression.name === "default" ? "optional" : "needed")
      for (const argument of expression.arguments) {
        const type = typeOf(analysis, argument, scope)
        if (expression.name !== "default") decide(analysis.tainted, argument, type)
      }
      return filteredType(analysis.tainted, expression, of)
    }
    case "list":
      for (const element of expression.elements) typeOf(analysis, element, scope)
      return null
    case "unary":
      decide(analysis.tainted, expression.operand, typeOf(analysis, expression.operand, scope))
      return null
    case "binary":
      if (isNameWithMinus(analysis, expression, scope)) return null
      return binaryType(analysis, expression, scope)
    case "conditional":
      decide(analysis.tainted, expression.condition, typeOf(analysis, expression.condition, scope))
      if (expression.else !== undefined) typeOf(analysis, expression.else, scope)
      return typeOf(analysis, expression.body, scope)
    case "test": {
      const of = typeOf(analysis, expression.of, scope, "optional")
      if (expression.name === "odd" || expression.name === "even") decide(analysis.tainted, expression.of, of)
      return null
    }
  }
}

function binaryType(
  analysis: Analysis,
  expression: TemplateExpression & { kind: "binary" },
  scope: Types,
): Type | null {
  const left = typeOf(analysis, expression.left, scope)
  const right = typeOf(analysis, expression.right, scope)
  switch (expression.operator) {
    case "and":
    case "or":
      decide(analysis.tainted, expression.left, left)
      return right
    case "~":
    case "+": {
      const taint = both(left && taintOf(left), right && taintOf(right))
      return taint === null ? null : withTaint(textType, taint)
    }
    default:
      for (const [side, type] of [[expression.left, left] as const, [expression.right, right] as const]) {
        const taint = type === null ? null : taintWithin(type)
        if (taint !== null) decide(analysis.tainted, side, withTaint(textType, taint))
      }
      return null
  }
}

/** `web-port` is a minus between two variables; where that is what is passed, `web_port` was meant. */
function isNameWithMinus(
  analysis: Analysis,
  expression: TemplateExpression & { kind: "binary" },
  scope: Types,
): boolean {
  const { left, right } = expression
  if (expression.operator !== "-" || left.kind !== "variable" || right.kind !== "variable") return false
  const span: Span = { ...left.span, end: right.span.end }
  const name = `${left.name}_${right.name}`
  const is_passed = scopeOf(scope, name)?.parent === null
  if (!is_passed || span.source.text.slice(span.start, span.end) !== `${left.name}-${right.name}`) return false
  analysis.uses.set(name, { span, known: true, optional: false })
  analysis.minuses.set(span.start, { span, name })
  return true
}

function variableType(
  analysis: Analysis,
  expression: TemplateExpression & { kind: "variable" },
  scope: Types,
  need: "needed" | "optional",
): Type | null {
  const { name, span } = expression
  const found = scopeOf(scope, name)
  const type = found?.names.get(name) ?? null
  const kind = found === null ? "unknown" : found.parent === null ? "passed" : "own"
  analysis.seen?.push({ name, span, type, of: null, kind, scope: flat(scope) })
  if (found !== null && found.parent !== null) return type
  const before = analysis.uses.get(name)
  const optional = need === "optional" && (before?.optional ?? true)
  if (before === undefined || (before.optional && !optional)) {
    analysis.uses.set(name, { span, known: found !== null, optional })
  }
  return type
}

function memberType(
  analysis: Analysis,
  expression: TemplateExpression & { kind: "member" },
  of: Type | null,
): Type | null {
  const found = findMember(analysis, expression, of)
  const { name, span } = expression
  analysis.seen?.push({ name, span, type: found, of, kind: "member", scope: new Map() })
  return found
}

function findMember(
  analysis: Analysis,
  expression: TemplateExpression & { kind: "member" },
  of: Type | null,
): Type | null {
  const type = bare(of?.kind === "optional" ? of : decide(analysis.tainted, expression.of, of))
  const members = type === null ? null : analysis.members(type)
  if (members === null) return null
  const found = [...members].find(([name]) => name === expression.name || templateName(name) === expression.name)
  if (found !== undefined) return found[1]
  const { span, name } = expression
  const near = nearest(name, [...members.keys()].map(templateName))
  const hint =
    near === null ? `it has ${[...members.keys()].map(templateName).join(", ")}` : `did you mean \`${near}\`?`
  analysis.wrong.set(`${span.source.path}:${span.start}`, {
    span,
    message: `there is no \`${name}\` in this value`,
    details: members.size === 0 ? {} : { hint },
  })
  return null
}

function passedScope(passed: readonly PassedVariable[]): Types {
  const names = new Map<string, Type | null>(passed.map((variable) => [templateName(variable.name), variable.type]))
  return { names, parent: null }
}

function flat(scope: Types): ReadonlyMap<string, Type | null> {
  const names = new Map(scope.names)
  for (let at = scope.parent; at !== null; at = at.parent) {
    for (const [name, type] of at.names) if (!names.has(name)) names.set(name, type)
  }
  return names
}

/** A type without `?`: that a value may be null is guarded while rendering. */
function bare(type: Type | null): Type | null {
  let at = type
  while (at !== null && (at.kind === "optional" || at.kind === "late" || at.kind === "secret")) at = at.of
  return at
}
