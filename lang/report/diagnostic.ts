import type { Span } from "../text/source.ts"
import type { Code } from "./codes.ts"

export type Severity = "error" | "warning" | "hint"

/** One finding. The only shape of a problem in `lang/`, for terminal, JSON and editor alike. */
export type Diagnostic = {
  readonly code: Code
  readonly severity: Severity
  /** One sentence that says what is wrong here, with the names and values at hand; no full stop. */
  readonly message: string
  /** Where the reader would change something. */
  readonly span: Span
  /** A few words beside the marked text: its value, or what it is. */
  readonly label?: string
  /** Other places that matter, such as where the other side was declared. */
  readonly related: readonly { readonly message: string; readonly span: Span }[]
  /** The value of each operand of a failed condition: drawn under the place that it has in the source. */
  readonly values?: readonly OperandValue[]
  /** How to mend it, or what was probably meant. */
  readonly hint?: string
  /** A table that helps to decide (capacity per host): first row is the header. */
  readonly table?: readonly (readonly string[])[]
  /** A change to the source that mends it, safe to apply by machine. */
  readonly fix?: Fix
}

/** What a part of a condition is: the part as written, its value in one line, and the place where it is drawn; without a place it is noted below. */
export type OperandValue = { readonly expression: string; readonly value: string; readonly at?: Span }

export type Fix = { readonly title: string; readonly edits: readonly Edit[] }
export type Edit = { readonly span: Span; readonly text: string }

/** Everything about a diagnostic that is not decided by its code and place. */
export type Details = Partial<Pick<Diagnostic, "label" | "related" | "values" | "hint" | "table" | "fix" | "severity">>

/** Collects the problems of a compilation. A phase reports and goes on; nobody throws for what a user wrote. */
export type Report = {
  readonly diagnostics: readonly Diagnostic[]
  /** Adds one diagnostic; severity is that of the code's table unless `details` says otherwise. */
  add(code: Code, span: Span, message: string, details?: Details): void
  /** True once an error (not a warning) was added. */
  readonly failed: boolean
}
