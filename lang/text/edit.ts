import type { Source, Span } from "./source.ts"

/** The one stretch in which two texts differ: from `start` to `end` in the old one, to `end + delta` in the new one. */
export type Change = { readonly start: number; readonly end: number; readonly delta: number }

/** The smallest stretch that makes `before` to `after`. */
export function changeBetween(before: string, after: string): Change {
  const most = Math.min(before.length, after.length)
  let start = 0
  while (start < most && before.charCodeAt(start) === after.charCodeAt(start)) start++
  let same = 0
  while (
    same < most - start &&
    before.charCodeAt(before.length - 1 - same) === after.charCodeAt(after.length - 1 - same)
  ) {
    same++
  }
  return { start, end: before.length - same, delta: after.length - before.length }
}

/** A span of the old text in the new one; what was inside of the change is at its end. */
export function moveSpan(span: Span, change: Change, source: Source): Span {
  return { source, start: moveOffset(span.start, change), end: moveOffset(span.end, change) }
}

function moveOffset(offset: number, { start, end, delta }: Change): number {
  if (offset <= start) return offset
  return offset >= end ? offset + delta : Math.max(start, end + delta)
}
