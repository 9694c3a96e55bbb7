import { readFileSync, statSync } from "node:fs"
import { createTwoFilesPatch } from "diff"
import { applyFixes, type Compiled, chooseFixes, type Diagnostic, type Files, type Fix } from "../../lang/index.ts"
import { type CompileOptions, compileFile } from "../compile.ts"
import { diskFiles } from "../files.ts"
import { writeSafely } from "../lock-file.ts"
import type { Result } from "../problem.ts"
import type { Terminal } from "../terminal.ts"

/** What mending did: the texts that changed, by path, and what is still wrong. */
type Mended = { readonly texts: ReadonlyMap<string, string>; readonly mistakes: number; readonly compiled: Compiled }

/**
 * Applies the fixes of a file's diagnostics until none is left, and gives what it compiles to then. Files of modules are left alone, and
 * so is a fix after which there would be more errors than before. With `dry-run` the changes are printed and nothing is written.
 */
export function mend(
  file: string,
  options: CompileOptions & { readonly dryRun?: boolean },
  terminal: Terminal,
): Result<Compiled> {
  const mended = mendTexts(file, options)
  if (!mended.ok) return mended
  const { texts, mistakes, compiled } = mended.value
  for (const [path, text] of texts) {
    if (options.dryRun === true) {
      terminal.err(
        createTwoFilesPatch(path, path, readFileSync(path, "utf8"), text, undefined, undefined, { context: 1 }),
      )
      continue
    }
    const written = writeSafely(path, text, statSync(path).mode & 0o777)
    if (!written.ok) return written
  }
  const would = options.dryRun === true ? "would be mended" : "mended"
  if (mistakes > 0)
    terminal.err(`${mistakes} ${mistakes === 1 ? "mistake" : "mistakes"} ${would} in ${[...texts.keys()].join(", ")}\n`)
  return { ok: true, value: compiled }
}

function mendTexts(file: string, options: CompileOptions): Result<Mended> {
  const texts = new Map<string, string>()
  const first = compileFile(file, options)
  if (!first.ok) return first
  let compiled = first.value
  let mistakes = 0
  for (let round = 0; round < rounds; round += 1) {
    const fixes = chooseFixes(compiled.diagnostics).filter((fix) => isOurs(fix, texts))
    const better = attempt(file, options, texts, compiled, fixes)
    if (better === null) break
    compiled = better.compiled
    mistakes += better.count
    for (const [path, text] of better.texts) texts.set(path, text)
  }
  return { ok: true, value: { texts, mistakes, compiled } }
}

type Better = { readonly texts: ReadonlyMap<string, string>; readonly count: number; readonly compiled: Compiled }

/** All fixes at once, else the first one that leaves no more errors than there were; null when none does. */
function attempt(
  file: string,
  options: CompileOptions,
  texts: ReadonlyMap<string, string>,
  before: Compiled,
  fixes: readonly Fix[],
): Better | null {
  for (const some of fixes.length > 1 ? [fixes, ...fixes.map((fix) => [fix])] : [fixes]) {
    if (some.length === 0) continue
    const changed = applyFixes(some)
    const tried = compileFile(file, options, overlay(new Map([...texts, ...changed])))
    if (!tried.ok || !isBetter(tried.value, before, some)) continue
    return { texts: changed, count: some.length, compiled: tried.value }
  }
  return null
}

/** What was fixed is gone: of its phase and those before it fewer mistakes are left. Later phases may now see what they could not. */
function isBetter(after: Compiled, before: Compiled, fixed: readonly Fix[]): boolean {
  const mended = before.diagnostics.filter(({ fix }) => fix !== undefined && fixed.includes(fix))
  const phase = mended.map(phaseOf).toSorted().at(-1) ?? ""
  const error = mended.some(({ severity }) => severity === "error")
  const left = ({ diagnostics }: Compiled) =>
    diagnostics.filter((one) => phaseOf(one) <= phase && (!error || one.severity === "error")).length
  return left(after) < left(before)
}

/** `A03` of `A0301`: codes are numbered in the order of the phases. */
function phaseOf({ code }: Diagnostic): string {
  return code.slice(0, 3)
}

/** A file of the disk as it was compiled, or one that was mended before; not a file of a module, whose name is no path. */
function isOurs(fix: Fix, texts: ReadonlyMap<string, string>): boolean {
  return fix.edits.every(({ span: { source } }) => {
    if (texts.get(source.path) === source.text) return true
    const bytes = diskFiles.read(source.path)
    return bytes !== null && new TextDecoder().decode(bytes) === source.text
  })
}

function overlay(texts: ReadonlyMap<string, string>): Files {
  const encoder = new TextEncoder()
  return {
    ...diskFiles,
    read: (path) => {
      const text = texts.get(path)
      return text === undefined ? diskFiles.read(path) : encoder.encode(text)
    },
  }
}

const rounds = 100
