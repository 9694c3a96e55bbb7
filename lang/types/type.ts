import type { ClassSymbol, ClusterSymbol, ServiceSymbol } from "../names/symbol.ts"
import type { Diagnostic } from "../report/diagnostic.ts"
import type { Call, Expression } from "../syntax/tree.ts"
import type { Span } from "../text/source.ts"

/**
 * Inclusive bounds of numbers, quantities and lengths; null is open. What is `computed`, by arithmetic or as a length, is compared
 * with a range when it is evaluated (A0301 as well); declared ranges are compared by their types.
 */
export type Bounds = { readonly least: number | null; readonly most: number | null; readonly computed?: true }

/** A type, as data. Ranges belong to it, so that assignability is decided without running anything. */
export type Type =
  | { readonly kind: "bool" }
  | { readonly kind: "null" }
  | { readonly kind: "int"; readonly bounds: Bounds }
  | { readonly kind: "float"; readonly bounds: Bounds }
  /** `form` is null for plain Text; a pattern is RE2 and anchored at both ends. */
  | { readonly kind: "text"; readonly form: TextForm | null; readonly pattern: string | null; readonly bounds: Bounds }
  | { readonly kind: "enum"; readonly name: string | null; readonly values: readonly string[] }
  /** Sizes in bytes, durations in milliseconds, percent in percent, rates in bits per second, cpus in cpus. */
  | { readonly kind: "quantity"; readonly of: QuantityKind; readonly bounds: Bounds }
  | { readonly kind: "ip" }
  | { readonly kind: "cidr" }
  | { readonly kind: "ip-range" }
  | { readonly kind: "port"; readonly bounds: Bounds }
  | { readonly kind: "port-range" }
  | { readonly kind: "range"; readonly of: Type }
  | { readonly kind: "content"; readonly of: "File" | "Folder" | "Template" }
  | { readonly kind: "image" }
  | { readonly kind: "probe" }
  | { readonly kind: "nic" }
  | { readonly kind: "list"; readonly of: Type; readonly bounds: Bounds }
  | { readonly kind: "map"; readonly key: Type; readonly value: Type }
  | RecordTypeOf
  | { readonly kind: "union"; readonly name: string; readonly variants: readonly RecordTypeOf[] }
  | { readonly kind: "optional"; readonly of: Type }
  /**
   * Known only while applying; a secret, which no one may see. `from` is the place that says so, null in the tables of built-ins.
   * `quiet`: a built-in place that also takes such values. Made by `withTaint` only: of single values, the secret outside.
   */
  | { readonly kind: "late"; readonly of: Type; readonly from: Span | null; readonly quiet?: true }
  | { readonly kind: "secret"; readonly of: Type; readonly from: Span | null; readonly quiet?: true }
  | { readonly kind: "network" }
  | { readonly kind: "host" }
  /** Null: any class. */
  | { readonly kind: "appliance"; readonly class: ClassSymbol | null }
  /** Null: any service. */
  | { readonly kind: "service"; readonly service: ServiceSymbol | null }
  | { readonly kind: "cluster"; readonly cluster: ClusterSymbol }
  /** A cluster as a test has it: compiled, with all that was decided. */
  | { readonly kind: "compiled"; readonly cluster: ClusterSymbol }
  /** The end of a flow that is no thing: `outside`. */
  | { readonly kind: "outside" }
  /** How a host is reached: what `local()` gives, and what stands right of a host's `=`. */
  | { readonly kind: "connection" }
  /** A value of one of several types, told apart by what it is; only built-in fields and functions have it. */
  | { readonly kind: "either"; readonly of: readonly Type[] }
  /** Accepts and is accepted by everything: something was reported, do not report it again. */
  | { readonly kind: "unknown" }

export type TextForm = "Hostname" | "Path" | "Url" | "Email" | "Mac" | "Version"
export type QuantityKind = "size" | "duration" | "percent" | "rate" | "cpus"

export type RecordTypeOf = {
  readonly kind: "record"
  readonly name: string | null
  readonly fields: ReadonlyMap<string, FieldType>
}
export type FieldType = {
  readonly type: Type /** Optional when there is one, or when the type is `T?`. */
  readonly default: Expression | null
  readonly doc: string | null
  /** The name where a source declares it; absent for fields of the language itself. */
  readonly declared?: Span
}

/** What the checker tells the evaluator: the type of each expression that has one, and of each declared place. */
export type Types = {
  /** The type of every checked expression. */
  readonly of: ReadonlyMap<Expression, Type>
  /** The type of every `TypeExpression` that was resolved, and so of params, lets, record fields, results. */
  readonly declared: ReadonlyMap<object, Type>
  /** What each `fails(…)` of a test found by type in the cluster that it was given. */
  readonly expected: ReadonlyMap<Call, readonly Diagnostic[]>
}
