import type { Span } from "../text/source.ts"
import type { Diagnostic, Fix } from "./diagnostic.ts"

/** The diagnostic with each of its spans moved; the same one when none is. */
export function moveDiagnostic(diagnostic: Diagnostic, move: (span: Span) => Span): Diagnostic {
  const span = move(diagnostic.span)
  const related = diagnostic.related.map((one) => withSpan(one, move))
  const fix = diagnostic.fix === undefined ? undefined : moveFix(diagnostic.fix, move)
  const isSame =
    span === diagnostic.span &&
    fix === diagnostic.fix &&
    related.every((one, index) => one === diagnostic.related[index])
  return isSame ? diagnostic : { ...diagnostic, span, related, ...(fix === undefined ? {} : { fix }) }
}

function moveFix(fix: Fix, move: (span: Span) => Span): Fix {
  const edits = fix.edits.map((edit) => withSpan(edit, move))
  return edits.every((edit, index) => edit === fix.edits[index]) ? fix : { ...fix, edits }
}

function withSpan<Located extends { readonly span: Span }>(located: Located, move: (span: Span) => Span): Located {
  const span = move(located.span)
  return span === located.span ? located : { ...located, span }
}
