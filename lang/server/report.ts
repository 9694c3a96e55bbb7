import { DiagnosticSeverity, DiagnosticTag, type Diagnostic as Told } from "vscode-languageserver/node"
import type { Code } from "../report/codes.ts"
import type { Diagnostic } from "../report/diagnostic.ts"
import type { Span } from "../text/source.ts"
import { rangeOf, uriOf } from "./places.ts"

const severities = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  hint: DiagnosticSeverity.Hint,
} as const

/** What is not used is drawn pale. */
const unused: ReadonlySet<Code> = new Set<Code>(["A0211", "A0212"])

/** A diagnostic as an editor shows it: its hint, values and table are lines below the message. */
export function tell(diagnostic: Diagnostic, pathOf: (span: Span) => string): Told {
  return {
    range: rangeOf(diagnostic.span),
    severity: severities[diagnostic.severity],
    code: diagnostic.code,
    source: "appl",
    message: messageOf(diagnostic),
    tags: unused.has(diagnostic.code) ? [DiagnosticTag.Unnecessary] : undefined,
    relatedInformation: diagnostic.related.map(({ message, span }) => ({
      message,
      location: { uri: uriOf(pathOf(span)), range: rangeOf(span) },
    })),
  }
}

function messageOf({ message, label, values, table, hint }: Diagnostic): string {
  const lines = [label === undefined ? message : `${message} (${label})`]
  for (const { expression, value } of values ?? []) lines.push(`${expression} = ${value}`)
  for (const row of table ?? []) lines.push(row.join("  "))
  if (hint !== undefined) lines.push(`hint: ${hint}`)
  return lines.join("\n")
}
