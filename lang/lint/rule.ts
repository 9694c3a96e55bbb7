import type { Unit } from "../names/symbol.ts"
import type { Checked, Realised } from "../realise.ts"
import { type Code, type CodeEntry, codes } from "../report/codes.ts"
import type { Details, Severity } from "../report/diagnostic.ts"
import type { Span } from "../text/source.ts"

/** What a rule looks at: a program that compiles. */
export type Subject = Checked & {
  /** The files that are looked at: the project's own, not those of modules. */
  readonly units: readonly Unit[]
  /** The names that the project's `module.json` exports; null when the project is no module. */
  readonly exports: ReadonlySet<string> | null
  /** The clusters of these files that have a value for each param. */
  readonly clusters: readonly Realised[]
}

/** Reports one finding of a rule. */
export type Find = (span: Span, message: string, details?: Details) => void

/** A rule: the code that it gives, and how it looks for it. */
export type Rule = { readonly code: Code; readonly look: (subject: Subject, find: Find) => void }

/** How strict each rule is, by its name, where that is not its default; `off` is silent. */
export type Severities = ReadonlyMap<string, Severity | "off">

/** The name of the rule behind a code; null for a code of the compiler. */
export function ruleOf(code: Code): string | null {
  return (codes[code] as CodeEntry).rule ?? null
}

/** Whether a span lies in the files that are looked at: what a module says is its author's affair. */
export function isOwn(subject: Subject, span: Span): boolean {
  return subject.units.some((unit) => unit.source === span.source)
}
