import type { Span } from "../text/source.ts"
import { type Code, type CodeEntry, codes } from "./codes.ts"
import type { Details, Diagnostic, Report, Severity } from "./diagnostic.ts"

/** An empty report. It keeps diagnostics in the order in which they were added; printing sorts nothing. */
export function makeReport(): Report {
  const diagnostics: Diagnostic[] = []
  let failed = false
  return {
    diagnostics,
    get failed() {
      return failed
    },
    add(code: Code, span: Span, message: string, details: Details = {}) {
      const severity: Severity = details.severity ?? (codes[code] as CodeEntry).severity ?? "error"
      if (severity === "error") failed = true
      diagnostics.push({ ...details, code, severity, message, span, related: details.related ?? [] })
    },
  }
}
