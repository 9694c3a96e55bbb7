import type { Code, Report, Span } from "../../lang/index.ts"

/** What was fetched, or why not: a code of the table, a message without its subject, and where it helps the answer that came. */
export type Fetching<T> = { readonly ok: true; readonly value: T } | Refusal
export type Refusal = {
  readonly ok: false
  readonly code: Code
  readonly message: string
  readonly hint?: string
}

/** A fetch that failed for a reason of its source: nothing came. */
export function unreachable(message: string, hint?: string): Refusal {
  return { ok: false, code: "A0240", message, hint }
}

/** What came is not trusted. */
export function refused(message: string, hint?: string): Refusal {
  return { ok: false, code: "A0241", message, hint }
}

/** Says at the line that asked for it why a module cannot be had. */
export function reportRefusal(report: Report, span: Span, refusal: Refusal): void {
  report.add(refusal.code, span, refusal.message, { hint: refusal.hint })
}

/** The most that one module may be, so that nothing that is fetched fills a disk or a memory. */
export const limits = {
  packed_bytes: 16 * 2 ** 20,
  unpacked_bytes: 64 * 2 ** 20,
  files: 5000,
  /** How many times larger than itself an archive may unpack to, when that is more than a mebibyte. */
  ratio: 100,
} as const
