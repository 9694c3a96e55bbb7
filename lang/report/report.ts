import type { Span } from "../text/source.ts"
import { type Code, type CodeEntry, codes } from "./codes.ts"
import type { Details, Diagnostic, Report, Severity } from "./diagnostic.ts"

/** What follows from another mistake, by what it follows from. */
const echoes: Partial<Record<Code, readonly Code[]>> = {
  // A text that is not closed takes the brackets behind it along.
  A0103: ["A0106"],
  A0105: ["A0106"],
  // After a brace that is missing, things stand in the wrong body.
  A0104: ["A0102"],
  A0125: ["A0102", "A0103"],
  // A condition or pattern with an unknown name guards and covers nothing.
  A0305: ["A0201"],
  A0323: ["A0201", "A0202"],
  // An appliance on no network is reached by none.
  A0501: ["A0405"],
  A0507: ["A0405"],
}

/**
 * An empty report. What was said already is left out, and so is what follows from another mistake: after one of syntax all else, since
 * what names and types miss may stand in what could not be read. It keeps diagnostics in the order in which they were added.
 */
export function makeReport(): Report {
  const diagnostics: Diagnostic[] = []
  let failed = false
  let unreadable = false
  const added = new Set<Code>()
  const seen = new Set<string>()
  return {
    diagnostics,
    get failed() {
      return failed
    },
    add(code: Code, span: Span, message: string, details: Details = {}) {
      if (isEcho(code, added) || (unreadable && !isSyntax(code))) return
      const severity: Severity = details.severity ?? (codes[code] as CodeEntry).severity ?? "error"
      const said = `${severity} ${code} ${span.source.path} ${span.start} ${span.end} ${message}`
      if (seen.has(said)) return
      seen.add(said)
      added.add(code)
      unreadable ||= isSyntax(code)
      if (severity === "error") failed = true
      diagnostics.push(makeDiagnostic(code, span, message, details, severity))
    },
  }
}

/** Collects what is added as it is, echoes too: for diagnostics that are kept apart, and put together by `isEcho` later. */
export function makeCollector(take: (diagnostic: Diagnostic) => void): Report {
  return {
    diagnostics: [],
    failed: false,
    add(code, span, message, details = {}) {
      const severity: Severity = details.severity ?? (codes[code] as CodeEntry).severity ?? "error"
      take(makeDiagnostic(code, span, message, details, severity))
    },
  }
}

function makeDiagnostic(code: Code, span: Span, message: string, details: Details, severity: Severity): Diagnostic {
  const related = (details.related ?? []).map((one) => ({ ...one, message: shorten(one.message) }))
  const said = { ...details, code, severity, message: shorten(message), span, related }
  return details.hint === undefined ? said : { ...said, hint: shorten(details.hint) }
}

/** A message names values, and those may be of any length: its middle is left out when nobody would read it. */
function shorten(text: string): string {
  return text.length <= most_read ? text : `${text.slice(0, most_read / 2)} … ${text.slice(-most_read / 4)}`
}

const most_read = 800

/** Whether a diagnostic follows from one of those that were `added`. */
export function isEcho(code: Code, added: ReadonlySet<Code>): boolean {
  return echoes[code]?.some((cause) => added.has(cause)) ?? false
}

/** What the parser says. */
export function isSyntax(code: Code): boolean {
  return code.startsWith("A01")
}
