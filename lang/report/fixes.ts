import type { Diagnostic, Edit, Fix } from "./diagnostic.ts"

/** A text after a change, by the path of its source. */
export type Texts = ReadonlyMap<string, string>

/** The fixes of diagnostics that may be applied together, in order; one that touches the text of an earlier one is left out. */
export function chooseFixes(diagnostics: readonly Diagnostic[]): Fix[] {
  const chosen: Fix[] = []
  const taken: Edit[] = []
  for (const { fix } of diagnostics) {
    if (fix === undefined || fix.edits.some((edit) => taken.some((other) => meets(edit, other)))) continue
    chosen.push(fix)
    taken.push(...fix.edits)
  }
  return chosen
}

/** The texts of all sources that the fixes change, changed. The fixes must not meet one another: `chooseFixes`. */
export function applyFixes(fixes: readonly Fix[]): Texts {
  const edits = Map.groupBy(
    fixes.flatMap((fix) => fix.edits),
    (edit) => edit.span.source,
  )
  const texts = new Map<string, string>()
  for (const [source, own] of edits) {
    let text = source.text
    for (const { span, text: written } of own.toSorted((left, right) => right.span.start - left.span.start))
      text = text.slice(0, span.start) + written + text.slice(span.end)
    texts.set(source.path, text)
  }
  return texts
}

/** Two insertions at one place meet too: which comes first would be chance. */
function meets(left: Edit, right: Edit): boolean {
  if (left.span.source.path !== right.span.source.path) return false
  return left.span.start <= right.span.end && right.span.start <= left.span.end
}
