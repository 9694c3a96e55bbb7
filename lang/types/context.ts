import type { AnySymbol, Bindings, ClassSymbol, Program, Unit } from "../names/symbol.ts"
import type { Code } from "../report/codes.ts"
import type { Details, Diagnostic, Report } from "../report/diagnostic.ts"
import type * as tree from "../syntax/tree.ts"
import type { Span } from "../text/source.ts"
import type { Type } from "./type.ts"

/** What checking works on: its side tables, which become `Types`, and what it remembers. */
export type Check = {
  readonly program: Program
  readonly bindings: Bindings
  readonly report: Report
  readonly templates: CheckTemplate | null
  readonly of: Map<tree.Expression, Type>
  readonly declared: Map<object, Type>
  /** What each `fails(…)` found in its cluster by type, instead of being reported. */
  readonly expected: Map<tree.Call, readonly Diagnostic[]>
  /** The type of a symbol, found once; null while it is being found. */
  readonly symbols: Map<AnySymbol, Type | null>
  /** Where a `let` or `output` stands, so that it can be checked when it is first read. */
  readonly stands: Map<AnySymbol, Env>
  /** When each function and let that reads others is checked: after those. */
  readonly order: Map<AnySymbol, number>
  /** The fields that a class sets, with those that it inherits. */
  readonly settled: Map<ClassSymbol, ReadonlySet<string>>
}

/** Where an expression stands. */
export type Env = {
  readonly unit: Unit
  /** The class that `self` is of. */
  readonly self: ClassSymbol | null
  /** What conditions around it have ruled out: a path, as `pathOf` gives it, and its narrower type. */
  readonly narrowed: ReadonlyMap<string, Type>
  /** The bodies of `if` and `match` around it. */
  readonly bodies: readonly tree.Body[]
  /** In a test a cluster is a value: it is compiled there. */
  readonly place?: "test"
}

/** The type that a place asks for: in the words of a diagnostic, the name of the place and where it was declared. */
export type Want = {
  readonly type: Type
  /** `memory`, or null where the place has no name. */
  readonly name: string | null
  readonly declared: Span | null
}

/** A `template(…)` with a literal path, as the checker found it: what it passes is known by name and type. */
export type TemplateCall = {
  readonly unit: Unit
  readonly call: tree.Call
  readonly path: tree.Text
  readonly variables: readonly { readonly name: string; readonly type: Type; readonly span: Span }[]
}
/** Compares the variables that a template uses with those that it is given, and reports what does not fit. */
export type CheckTemplate = (call: TemplateCall) => void

export function want(type: Type, name: string | null = null, declared: Span | null = null): Want {
  return { type, name, declared }
}

/** The top of a file. */
export function topOf(unit: Unit): Env {
  return { unit, self: null, narrowed: new Map(), bodies: [] }
}

export function spanIn(env: Env, node: tree.Spanned): Span {
  return { source: env.unit.source, start: node.start, end: node.end }
}

/** The span of a node wherever edits above have moved it to: for what is kept while the text changes, such as a type. */
export function keptSpan(unit: Unit, node: tree.Spanned): Span {
  return {
    get source() {
      return unit.source
    },
    get start() {
      return node.start
    },
    get end() {
      return node.end
    },
  }
}

/** Reports at a node of the file that `env` is in. */
export function problem(
  check: Check,
  env: Env,
  node: tree.Spanned,
  code: Code,
  message: string,
  details?: Details,
): void {
  check.report.add(code, spanIn(env, node), message, details)
}

/** The text of a node as it was written. */
export function sourceOf(env: Env, node: tree.Spanned): string {
  return env.unit.source.text.slice(node.start, node.end)
}

/** A replacement of a node's text, as a fix. */
export function replacing(env: Env, node: tree.Spanned, text: string) {
  return { title: `change to ${text}`, edits: [{ span: spanIn(env, node), text }] }
}
