import type { Span } from "../text/source.ts"
import type { Code } from "./codes.ts"
import type { Report } from "./diagnostic.ts"

const reported = new WeakMap<Report, Set<string>>()

/** True the first time that `code` is asked for at `span`: a loop makes many things of one line, and one mistake is reported once. */
export function firstTime(report: Report, code: Code, span: Span): boolean {
  let seen = reported.get(report)
  if (seen === undefined) {
    seen = new Set()
    reported.set(report, seen)
  }
  const key = `${code} ${span.source.path} ${span.start}`
  if (seen.has(key)) return false
  seen.add(key)
  return true
}
