import type { Code } from "../report/codes.ts"
import type { Details, Report } from "../report/diagnostic.ts"
import { positionAt, type Source, type Span } from "../text/source.ts"

/**
 * Collects what is wrong with a text while it is read, and reports it in the order of the text. A `mistake` is one
 * whose meaning is clear, after which reading goes on as if it were not there. A `breakdown` is a place where reading
 * lost its way: of several on one line only the first is kept, as the others are its echo.
 */
export type Findings = {
  mistake(code: Code, start: number, end: number, message: string, details?: Details): void
  breakdown(code: Code, start: number, end: number, message: string, details?: Details): void
  /** Takes back the last findings in a row that `isEcho` holds for; gives the place of the first of them, or null. */
  takeBack(isEcho: (code: Code, message: string) => boolean): Span | null
  /** Whether there was a breakdown on the line of `offset`. */
  isBroken(offset: number): boolean
  span(start: number, end: number): Span
  /** Hands everything to `report`, sorted by place. */
  deliver(report: Report): void
}

type Found = { code: Code; span: Span; message: string; details?: Details }

/** Findings about `source`, empty at first. */
export function makeFindings(source: Source): Findings {
  const found: Found[] = []
  const broken_lines = new Set<number>()
  const starts = new Set<number>()
  const span = (start: number, end: number): Span => {
    const from = Math.max(0, Math.min(start, source.text.length))
    return { source, start: from, end: Math.max(from, Math.min(end, source.text.length)) }
  }
  const mistake = (code: Code, start: number, end: number, message: string, details?: Details) => {
    starts.add(start)
    found.push({ code, span: span(start, end), message, details })
  }
  return {
    span,
    mistake,
    isBroken: (offset) => broken_lines.size > 0 && broken_lines.has(positionAt(source, offset).line),
    breakdown(code, start, end, message, details) {
      const line = positionAt(source, span(start, end).start).line
      if (broken_lines.has(line) || starts.has(start)) return
      broken_lines.add(line)
      mistake(code, start, end, message, details)
    },
    takeBack(isEcho) {
      let first: Span | null = null
      for (let last = found.at(-1); last !== undefined && isEcho(last.code, last.message); last = found.at(-1)) {
        first = last.span
        found.pop()
      }
      return first
    },
    deliver(report) {
      found.sort((left, right) => left.span.start - right.span.start || left.span.end - right.span.end)
      for (const { code, span, message, details } of found) report.add(code, span, message, details)
    },
  }
}
