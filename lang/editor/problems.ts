import type { Code } from "../report/codes.ts"
import type { Diagnostic } from "../report/diagnostic.ts"
import { moveDiagnostic } from "../report/move.ts"
import { isEcho, isSyntax } from "../report/report.ts"
import type { Span } from "../text/source.ts"

/** What was found in a part of the workspace, phase by phase, echoes and all. */
export type Findings = {
  syntax: readonly Diagnostic[]
  imports: readonly Diagnostic[]
  names: readonly Diagnostic[]
  /** What nothing uses: said only where names were bound without a mistake. */
  unused: readonly Diagnostic[]
  types: readonly Diagnostic[]
}

/** What of the findings of a part, and of all that it uses, decides which findings of a part are told. */
export type Causes = {
  readonly syntax: boolean
  /** An error of syntax, imports or names. */
  readonly unbound: boolean
  readonly codes: ReadonlySet<Code>
}

export function noFindings(): Findings {
  return { syntax: [], imports: [], names: [], unused: [], types: [] }
}

/** The causes in `findings` and in what is used. */
export function causesOf(findings: Findings, used: readonly Causes[]): Causes {
  const early = [...findings.syntax, ...findings.imports, ...findings.names]
  if (early.length === 0 && used.length === 1) return used[0]!
  const codes = new Set(early.map(({ code }) => code))
  for (const causes of used) for (const code of causes.codes) codes.add(code)
  return {
    syntax: findings.syntax.length > 0 || used.some(({ syntax }) => syntax),
    unbound: early.some(({ severity }) => severity === "error") || used.some(({ unbound }) => unbound),
    codes,
  }
}

/**
 * What is told of a part: what the command line says of its files when it checks them with all that they use, and nothing else. After a
 * mistake of syntax nothing else is said, and what follows from another mistake is left out, as by `makeReport`.
 */
export function toldOf(findings: Findings, causes: Causes): readonly Diagnostic[] {
  const syntax = told(findings.syntax, new Set())
  if (causes.syntax) return syntax
  const early = told([...findings.imports, ...findings.names], new Set(causes.codes))
  const unused = causes.unbound ? [] : findings.unused
  return [...early, ...unused, ...told(findings.types, new Set(causes.codes))]
}

/** Moves the spans of everything that was found. */
export function moveFindings(findings: Findings, move: (span: Span) => Span): void {
  const moved = (all: readonly Diagnostic[]) => (all.length === 0 ? all : all.map((one) => moveDiagnostic(one, move)))
  findings.syntax = moved(findings.syntax)
  findings.imports = moved(findings.imports)
  findings.names = moved(findings.names)
  findings.unused = moved(findings.unused)
  findings.types = moved(findings.types)
}

/** Without echoes and without what was said already. */
function told(found: readonly Diagnostic[], added: Set<Code>): readonly Diagnostic[] {
  const said = new Set<string>()
  return found.filter((one) => {
    if (isEcho(one.code, added)) return false
    const { source, start, end } = one.span
    const key = `${one.severity} ${one.code} ${source.path} ${start} ${end} ${one.message}`
    if (said.has(key)) return false
    said.add(key)
    if (isSyntax(one.code)) added.add(one.code)
    return true
  })
}
