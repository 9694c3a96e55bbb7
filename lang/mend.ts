import { vet } from "./compile.ts"
import type { Input, Surveyed } from "./realise.ts"
import type { Diagnostic, Fix } from "./report/diagnostic.ts"
import { applyFixes, chooseFixes, type Texts } from "./report/fixes.ts"
import { overlay } from "./text/files.ts"

/** What mending did: the texts that changed, by path, how many fixes were applied, and what is found in the program then. */
export type Mended = { readonly texts: Texts; readonly fixes: number; readonly found: Surveyed }

/**
 * Applies the fixes of a program's diagnostics, over and over until none is left that makes it better. Files of modules are left alone.
 * Nothing is written: the texts are given back.
 */
export function mend(input: Input): Mended {
  const texts = new Map<string, string>()
  let found = vet(input)
  let fixes = 0
  for (let round = 0; round < rounds; round += 1) {
    const changed: Input = { ...input, files: overlay(input.files, texts) }
    const chosen = chooseFixes(found.diagnostics).filter((fix) => isReadHere(fix, changed))
    const better = attempt(changed, found, chosen)
    if (better === null) break
    found = better.found
    fixes += better.fixes
    for (const [path, text] of better.texts) texts.set(path, text)
  }
  return { texts, fixes, found }
}

/** All fixes at once, else the first one alone that makes it better; null when none does. */
function attempt(input: Input, before: Surveyed, fixes: readonly Fix[]): Mended | null {
  const alone = fixes.map((fix) => [fix])
  for (const some of fixes.length > 1 ? [fixes, ...alone] : alone) {
    const texts = applyFixes(some)
    const found = vet({ ...input, files: overlay(input.files, texts) })
    if (isBetter(found, before, some)) return { texts, fixes: some.length, found }
  }
  return null
}

/**
 * In the texts that were mended fewer mistakes are left, of the phase that was mended and those before it. Later phases may now see what
 * they could not, and other files may be read for the first time.
 */
function isBetter(after: Surveyed, before: Surveyed, fixed: readonly Fix[]): boolean {
  const mended = before.diagnostics.filter(({ fix }) => fix !== undefined && fixed.includes(fix))
  const phase = mended.map(phaseOf).toSorted().at(-1) ?? ""
  const error = mended.some(({ severity }) => severity === "error")
  const paths = new Set(fixed.flatMap((fix) => fix.edits.map((edit) => edit.span.source.path)))
  const counts = (one: Diagnostic) =>
    paths.has(one.span.source.path) && phaseOf(one) <= phase && (!error || one.severity === "error")
  const left = ({ diagnostics }: Surveyed) => diagnostics.filter(counts).length
  return left(after) < left(before)
}

/** `A03` of `A0301`: codes are numbered in the order of the phases. */
function phaseOf({ code }: Diagnostic): string {
  return code.slice(0, 3)
}

/** True when all that it changes was read under that very name, so not what a module calls its files. */
function isReadHere(fix: Fix, { files }: Input): boolean {
  return fix.edits.every(({ span: { source } }) => {
    const bytes = files.read(source.path)
    return bytes !== null && new TextDecoder().decode(bytes) === source.text
  })
}

/** More than any file has layers of mistakes that hide one another. */
const rounds = 100
