import type { Code } from "../../report/codes.ts"
import type { Details, Report } from "../../report/diagnostic.ts"
import { nearest } from "../../report/nearest.ts"
import { type NunjucksNode, nunjucksParser } from "../../text/libraries.ts"
import { lineStarts, type Source, type Span } from "../../text/source.ts"
import { limits } from "../limits.ts"
import { filters } from "./filters.ts"
import type { Template, TemplateExpression, TemplateNode, TemplateOperator, TemplateTest } from "./tree.ts"
import { templateTests } from "./tree.ts"

/** Where a template stands, and how it finds those that it includes. Null: not found, already reported. */
export type TemplatePlace = {
  readonly source: Source
  readonly path: string
  readonly root: string
  readonly include: (path: string, span: Span) => Template | null
}

/**
 * Reads a template with Nunjucks' own parser, and keeps only what is data: text, output, `if`, `for`, `set`, `include`, `raw`,
 * comments, named filters and tests. Everything else is one diagnostic where it stands. Null when there was one.
 */
export function parseTemplate(place: TemplatePlace, report: Report): Template | null {
  const context: Context = { ...place, report, problems: 0, depth: 0 }
  let root: NunjucksNode
  try {
    root = nunjucksParser().parse(place.source.text, [], {})
  } catch (problem) {
    reportSyntax(context, problem)
    return null
  }
  const body = nodes(context, root)
  return context.problems > 0 ? null : { source: place.source, path: place.path, root: place.root, body }
}

type Context = TemplatePlace & { readonly report: Report; problems: number; depth: number }

/** The end of the word, number or sign that stands at `offset`. */
export function spanAt(source: Source, offset: number): Span {
  const word = /^(?:[A-Za-z_][A-Za-z0-9_]*|[0-9.]+|"[^"\n]*"|'[^'\n]*'|\S)/.exec(
    source.text.slice(offset, offset + 200),
  )
  return { source, start: offset, end: Math.min(source.text.length, offset + (word?.[0].length ?? 1)) }
}

function nodes(context: Context, list: NunjucksNode | null): TemplateNode[] {
  const found: TemplateNode[] = []
  for (const child of list?.children ?? []) {
    // Text and `{{ … }}` come as the children of an Output.
    if (child.typename === "Output") for (const part of child.children ?? []) found.push(outputPart(context, part))
    else if (child.typename === "NodeList") found.push(...nodes(context, child))
    else found.push(...statement(context, child))
  }
  return found
}

function outputPart(context: Context, node: NunjucksNode): TemplateNode {
  if (node.typename === "TemplateData") return { kind: "text", text: String(node.value) }
  return { kind: "output", value: expression(context, node) }
}

function statement(context: Context, node: NunjucksNode): readonly TemplateNode[] {
  if (context.depth >= limits.template_nesting) return tooDeep(context, node)
  context.depth++
  const found = statementInside(context, node)
  context.depth--
  return found
}

function statementInside(context: Context, node: NunjucksNode): readonly TemplateNode[] {
  const child = (field: string) => node[field] as NunjucksNode | null
  switch (node.typename) {
    case "If":
      return [
        {
          kind: "if",
          condition: expression(context, child("cond")!),
          body: nodes(context, child("body")),
          else: elseBranch(context, child("else_")),
        },
      ]
    case "For": {
      const names = child("name")!
      return [
        {
          kind: "for",
          names: names.typename === "Array" ? (names.children ?? []).map(symbolText) : [symbolText(names)],
          in: expression(context, child("arr")!),
          body: nodes(context, child("body")),
          else: nodes(context, child("else_")),
          span: spanOf(context, node),
        },
      ]
    }
    case "Set": {
      const names = (node.targets as readonly NunjucksNode[]).map(symbolText)
      const value = child("value")
      if (value !== null) return [{ kind: "set", names, value: expression(context, value) }]
      return [{ kind: "capture", names, body: nodes(context, child("body")!.body as NunjucksNode) }]
    }
    case "Include":
      return includeStatement(context, node)
    default:
      refuse(context, node)
      return []
  }
}

/** The `else` of an `if` is a list, or for `elif` another `if`. */
function elseBranch(context: Context, node: NunjucksNode | null): readonly TemplateNode[] {
  if (node === null) return []
  return node.typename === "If" ? statement(context, node) : nodes(context, node)
}

function includeStatement(context: Context, node: NunjucksNode): readonly TemplateNode[] {
  const target = node.template as NunjucksNode
  if (target.typename !== "Literal" || typeof target.value !== "string") {
    problem(context, "A0803", spanOf(context, target), "the path of an include is not a plain text", {
      hint: "all that a template reads is known before anything runs; choose between two includes with `{% if %}`",
    })
    return []
  }
  const template = context.include(target.value, spanOf(context, target))
  if (template === null) context.problems++
  return template === null ? [] : [{ kind: "include", template }]
}

function expression(context: Context, node: NunjucksNode): TemplateExpression {
  const span = spanOf(context, node)
  if (context.depth >= limits.template_nesting) {
    tooDeep(context, node)
    return { kind: "literal", value: null, span }
  }
  context.depth++
  const found = expressionInside(context, node, span)
  context.depth--
  return found
}

function expressionInside(context: Context, node: NunjucksNode, span: Span): TemplateExpression {
  const part = (field: string) => expression(context, node[field] as NunjucksNode)
  const operator = binaryOperators.get(node.typename)
  if (operator !== undefined) return { kind: "binary", operator, left: part("left"), right: part("right"), span }
  switch (node.typename) {
    case "Literal":
      return literal(context, node, span)
    case "Symbol":
      return { kind: "variable", name: memberName(context, String(node.value), span), span }
    case "LookupVal":
      return lookup(context, node, part("target"))
    case "Group":
      return group(context, node, span)
    case "Array":
      return { kind: "list", elements: (node.children ?? []).map((child) => expression(context, child)), span }
    case "Not":
      return { kind: "unary", operator: "not", operand: part("target"), span }
    case "Neg":
      return { kind: "unary", operator: "-", operand: part("target"), span }
    case "Pos":
      return { kind: "unary", operator: "+", operand: part("target"), span }
    case "InlineIf": {
      const otherwise = node.else_ === null ? {} : { else: part("else_") }
      return { kind: "conditional", condition: part("cond"), body: part("body"), ...otherwise, span }
    }
    case "Compare":
      return comparison(context, node, part("expr"))
    case "Is":
      return test(context, node, part("left"))
    case "Filter":
      return filter(context, node)
    default:
      refuse(context, node)
      return { kind: "literal", value: null, span }
  }
}

const binaryOperators: ReadonlyMap<string, TemplateOperator> = new Map([
  ["And", "and"],
  ["Or", "or"],
  ["Add", "+"],
  ["Sub", "-"],
  ["Mul", "*"],
  ["Div", "/"],
  ["FloorDiv", "//"],
  ["Mod", "%"],
  ["Concat", "~"],
  ["In", "in"],
])

function literal(context: Context, node: NunjucksNode, span: Span): TemplateExpression {
  const value = node.value
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    return { kind: "literal", value, span }
  }
  problem(context, "A0811", span, "a template has no regular expressions", {
    hint: "work the text out in the appliance, and pass it to the template",
  })
  return { kind: "literal", value: null, span }
}

function lookup(context: Context, node: NunjucksNode, of: TemplateExpression): TemplateExpression {
  const key = node.val as NunjucksNode
  const span = spanOf(context, key)
  if (key.typename !== "Literal" || typeof key.value !== "string") {
    return { kind: "index", of, key: expression(context, key), span }
  }
  return { kind: "member", of, name: memberName(context, key.value, span), span }
}

/** Values of the language have none of these, but a template that asks for them means harm, and is told so. */
function memberName(context: Context, name: string, span: Span): string {
  if (name === "constructor" || name === "__proto__" || name === "prototype") {
    problem(context, "A0817", span, `a template cannot reach \`${name}\``, {
      hint: "templates are data: there is no program behind a value",
    })
  }
  return name
}

function group(context: Context, node: NunjucksNode, span: Span): TemplateExpression {
  const inside = node.children ?? []
  if (inside.length === 1) return expression(context, inside[0]!)
  return { kind: "list", elements: inside.map((child) => expression(context, child)), span }
}

function comparison(context: Context, node: NunjucksNode, first: TemplateExpression): TemplateExpression {
  const operands = node.ops as readonly NunjucksNode[]
  const operand = operands[0]!
  if (operands.length > 1) {
    problem(context, "A0811", spanOf(context, operands[1]!), "comparisons do not chain", {
      hint: "join two with `and`",
    })
  }
  // `===` and `!==` are what `==` and `!=` are here: nothing is converted.
  const written = String(operand.type).replace("===", "==").replace("!==", "!=")
  const operator = written as TemplateOperator
  return {
    kind: "binary",
    operator,
    left: first,
    right: expression(context, operand.expr as NunjucksNode),
    span: first.span,
  }
}

function test(context: Context, node: NunjucksNode, of: TemplateExpression): TemplateExpression {
  const right = node.right as NunjucksNode
  const span = spanOf(context, right)
  const name = right.typename === "Literal" && right.value === null ? "none" : String(right.value)
  const known = templateTests.find((candidate) => candidate === name)
  if (known === undefined) {
    problem(context, "A0812", span, `there is no test \`${name}\` in templates`, {
      hint: `there are ${templateTests.join(", ")}`,
    })
  }
  return { kind: "test", of, name: known ?? ("defined" satisfies TemplateTest), span }
}

function filter(context: Context, node: NunjucksNode): TemplateExpression {
  const name_node = node.name as NunjucksNode
  const name = symbolText(name_node)
  const span = spanOf(context, name_node)
  const [of, ...given] = (node.args as NunjucksNode).children ?? []
  const entry = filters.get(name)
  if (entry === undefined) {
    const near = nearest(name, filters.keys())
    problem(context, "A0812", span, `there is no filter \`${name}\` in templates`, {
      hint: near === null ? `there are ${[...filters.keys()].join(", ")}` : `did you mean \`${near}\`?`,
      ...(near === null ? {} : { fix: { title: `Write ${near}`, edits: [{ span, text: near }] } }),
    })
  } else if (given.length < entry.least || given.length > entry.most) {
    const wanted = entry.least === entry.most ? `${entry.least}` : `${entry.least} to ${entry.most}`
    problem(context, "A0812", span, `\`${name}\` takes ${wanted} arguments, not ${given.length}`)
  }
  return {
    kind: "filter",
    name,
    of: expression(context, of!),
    arguments: given.map((argument) => expression(context, argument)),
    span,
  }
}

/** What stands in the way of each construct that Nunjucks has and templates here have not. */
function refuse(context: Context, node: NunjucksNode): void {
  const called = node.typename === "FunCall"
  const span = spanOf(context, called ? (node.name as NunjucksNode) : node)
  const what = refused.get(node.typename) ?? `\`${node.typename}\``
  problem(context, "A0811", span, `${what} is not possible in a template`, {
    hint: called
      ? "work it out in the appliance and pass the value; for changes of form there are filters, as in `{{ name | upper }}`"
      : "templates have text, `{{ }}`, `if`, `for`, `set`, `include` and `raw`",
  })
}

const refused: ReadonlyMap<string, string> = new Map([
  ["FunCall", "a call"],
  ["Extends", "`extends`"],
  ["Block", "`block`"],
  ["Import", "`import`"],
  ["FromImport", "`from … import`"],
  ["Macro", "`macro`"],
  ["Caller", "`call`"],
  ["Switch", "`switch`"],
  ["Dict", "a dictionary"],
  ["Pow", "`**`"],
  ["AsyncEach", "`asyncEach`"],
  ["AsyncAll", "`asyncAll`"],
  ["KeywordArgs", "a named argument"],
])

function tooDeep(context: Context, node: NunjucksNode): readonly TemplateNode[] {
  if (context.problems === 0) {
    problem(context, "A0818", spanOf(context, node), "this template is nested too deeply", {
      hint: `at most ${limits.template_nesting} levels`,
    })
  }
  return []
}

function problem(context: Context, code: Code, span: Span, message: string, details: Details = {}): void {
  context.problems++
  context.report.add(code, span, message, details)
}

/** Nunjucks' own messages name its functions; what is left of them is short and true. Its lines count from 1 here. */
function reportSyntax(context: Context, thrown: unknown): void {
  const { message, lineno, colno } = thrown as { message: string; lineno?: number; colno?: number }
  if (thrown instanceof RangeError) {
    problem(context, "A0818", spanAt(context.source, 0), "this template is nested too deeply", {
      hint: `at most ${limits.template_nesting} levels`,
    })
    return
  }
  const words = message.replace(/^(?:Template render error: )?(?:parse[A-Za-z]+: ?)?/, "")
  const at =
    lineno === undefined ? context.source.text.length - 1 : offsetAt(context.source, lineno - 1, (colno ?? 1) - 1)
  problem(context, "A0810", spanAt(context.source, Math.max(0, at)), words)
}

function symbolText(node: NunjucksNode): string {
  return String(node.value)
}

function spanOf(context: Context, node: NunjucksNode): Span {
  return spanAt(context.source, offsetAt(context.source, node.lineno, node.colno))
}

function offsetAt(source: Source, line: number, column: number): number {
  return Math.min(source.text.length, (lineStarts(source)[line] ?? source.text.length) + column)
}
