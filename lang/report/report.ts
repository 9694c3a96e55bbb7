import type { Span } from "../text/source.ts"
import { type Code, type CodeEntry, codes } from "./codes.ts"
import type { Details, Diagnostic, Report, Severity } from "./diagnostic.ts"

/** After these a stretch of a text was not understood, and what it declares is not known. */
const breakdowns: readonly Code[] = [
  "A0101",
  "A0103",
  "A0104",
  "A0105",
  "A0114",
  "A0116",
  "A0117",
  "A0125",
  "A0129",
  "A0130",
]

/** What is missed may stand in a stretch that was not understood; after a missing `}` things stand in the wrong body. */
const echoes: Partial<Record<Code, readonly Code[]>> = {
  A0125: ["A0103"],
  A0201: breakdowns,
  A0202: breakdowns,
  A0207: breakdowns,
  A0307: breakdowns,
  A0308: breakdowns,
  // An appliance on no network is reached by none.
  A0501: ["A0405"],
  A0507: ["A0405"],
}

/** An empty report. A mistake that is the echo of one before it is left out. It keeps diagnostics in the order in which they were added; printing sorts nothing. */
export function makeReport(): Report {
  const diagnostics: Diagnostic[] = []
  let failed = false
  const added = new Set<Code>()
  return {
    diagnostics,
    get failed() {
      return failed
    },
    add(code: Code, span: Span, message: string, details: Details = {}) {
      if (echoes[code]?.some((cause) => added.has(cause))) return
      added.add(code)
      const severity: Severity = details.severity ?? (codes[code] as CodeEntry).severity ?? "error"
      if (severity === "error") failed = true
      diagnostics.push({ ...details, code, severity, message, span, related: details.related ?? [] })
    },
  }
}
