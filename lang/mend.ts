import { vet } from "./compile.ts"
import type { Input, Surveyed } from "./realise.ts"
import type { Diagnostic, Fix } from "./report/diagnostic.ts"
import { applyFixes, chooseFixes, type Texts } from "./report/fixes.ts"
import { type Files, overlay } from "./text/files.ts"

/** What mending did: the texts that changed, by path, how many fixes were applied, and what is found in the program then. */
export type Mended = { readonly texts: Texts; readonly fixes: number; readonly found: Surveyed }

/** What mending by a look of any kind did. */
export type MendedTexts = { readonly texts: Texts; readonly fixes: number; readonly diagnostics: readonly Diagnostic[] }

/** A look at some files that says what is wrong with them. */
type Look = (files: Files) => readonly Diagnostic[]

/** Applies the fixes of a program's diagnostics; nothing is written: the texts are given back. */
export function mend(input: Input): Mended {
  const { texts, fixes } = mendWith(input.files, (files) => vet({ ...input, files }).diagnostics)
  return { texts, fixes, found: vet({ ...input, files: overlay(input.files, texts) }) }
}

/**
 * Applies the fixes of what `look` finds, over and over until none is left that makes it better. Files of modules are left alone.
 * Nothing is written: the texts are given back.
 */
export function mendWith(files: Files, look: Look): MendedTexts {
  const texts = new Map<string, string>()
  let diagnostics = look(files)
  let fixes = 0
  for (let round = 0; round < rounds; round += 1) {
    const changed = overlay(files, texts)
    const chosen = chooseFixes(diagnostics).filter((fix) => isReadHere(fix, changed))
    const better = attempt(changed, look, diagnostics, chosen)
    if (better === null) break
    diagnostics = better.diagnostics
    fixes += better.fixes
    for (const [path, text] of better.texts) texts.set(path, text)
  }
  return { texts, fixes, diagnostics }
}

/** All fixes at once, else the first one alone that makes it better; null when none does. */
function attempt(files: Files, look: Look, before: readonly Diagnostic[], fixes: readonly Fix[]): MendedTexts | null {
  const alone = fixes.map((fix) => [fix])
  for (const some of fixes.length > 1 ? [fixes, ...alone] : alone) {
    const texts = applyFixes(some)
    const diagnostics = look(overlay(files, texts))
    if (isBetter(diagnostics, before, some)) return { texts, fixes: some.length, diagnostics }
  }
  return null
}

/**
 * In the texts that were mended fewer mistakes are left, of the phase that was mended and those before it. Later phases may now see what
 * they could not, and other files may be read for the first time.
 */
function isBetter(after: readonly Diagnostic[], before: readonly Diagnostic[], fixed: readonly Fix[]): boolean {
  const mended = before.filter(({ fix }) => fix !== undefined && fixed.includes(fix))
  const phase = mended.map(phaseOf).toSorted().at(-1) ?? ""
  const error = mended.some(({ severity }) => severity === "error")
  const paths = new Set(fixed.flatMap((fix) => fix.edits.map((edit) => edit.span.source.path)))
  const counts = (one: Diagnostic) =>
    paths.has(one.span.source.path) && phaseOf(one) <= phase && (!error || one.severity === "error")
  const left = (diagnostics: readonly Diagnostic[]) => diagnostics.filter(counts).length
  return left(after) < left(before)
}

/** `A03` of `A0301`: codes are numbered in the order of the phases. */
function phaseOf({ code }: Diagnostic): string {
  return code.slice(0, 3)
}

/** True when all that it changes was read under that very name, so not what a module calls its files. */
function isReadHere(fix: Fix, files: Files): boolean {
  return fix.edits.every(({ span: { source } }) => {
    const bytes = files.read(source.path)
    return bytes !== null && new TextDecoder().decode(bytes) === source.text
  })
}

/** More than any file has layers of mistakes that hide one another. */
const rounds = 100
