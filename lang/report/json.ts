import { type Position, positionAt, type Span } from "../text/source.ts"
import type { Diagnostic, Severity } from "./diagnostic.ts"

/** Lines and columns in UTF-16 units from 1; the end is exclusive. */
export type JsonRange = { readonly start: Position; readonly end: Position }

/** What `appl check --json` prints. */
export type JsonReport = { readonly diagnostics: readonly JsonDiagnostic[] }

export type JsonDiagnostic = {
  readonly code: string
  readonly severity: Severity
  readonly message: string
  readonly file: string
  readonly range: JsonRange
  readonly related: readonly { readonly message: string; readonly file: string; readonly range: JsonRange }[]
  readonly hint?: string
  readonly fix?: {
    readonly title: string
    readonly edits: readonly { readonly file: string; readonly range: JsonRange; readonly text: string }[]
  }
}

/** The diagnostics as plain data, in their stable shape. */
export function toJson(diagnostics: readonly Diagnostic[]): JsonReport {
  return {
    diagnostics: diagnostics.map(({ code, severity, message, span, related, hint, fix }) => ({
      code,
      severity,
      message,
      ...placeOf(span),
      related: related.map((other) => ({ message: other.message, ...placeOf(other.span) })),
      ...(hint === undefined ? {} : { hint }),
      ...(fix === undefined
        ? {}
        : { fix: { title: fix.title, edits: fix.edits.map((edit) => ({ ...placeOf(edit.span), text: edit.text })) } }),
    })),
  }
}

function placeOf(span: Span): { file: string; range: JsonRange } {
  const { source, start, end } = span
  return { file: source.path, range: { start: positionAt(source, start), end: positionAt(source, end) } }
}
