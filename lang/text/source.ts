/** A text that diagnostics can point into: an `.appl` file, a template, a data file, or a `--set` argument. */
export type Source = {
  /** How the file is named to people: relative to the working folder where possible, `std/…` for a standard module. */
  readonly path: string
  readonly text: string
  /** True for what was said outside of any file, as by `--set domain=a.test`: its path tells all, and its lines mean nothing. */
  readonly said?: true
}

/** A stretch of a source: offsets in UTF-16 units, `end` exclusive. Line and column are computed only when printed. */
export type Span = { readonly source: Source; readonly start: number; readonly end: number }

/** A place as people name it: line and column in UTF-16 units, both from 1. */
export type Position = { readonly line: number; readonly column: number }

/** A place as plain data, for plans and records: survives without the source text. Line 0: it is in no file. */
export type Origin = { readonly file: string; readonly line: number; readonly column: number }

const line_starts = new WeakMap<Source, number[]>()

/** The offsets at which the lines of `source` start; computed once per source. */
export function lineStarts(source: Source): readonly number[] {
  let starts = line_starts.get(source)
  if (starts === undefined) {
    starts = [0]
    for (let at = source.text.indexOf("\n"); at !== -1; at = source.text.indexOf("\n", at + 1)) starts.push(at + 1)
    line_starts.set(source, starts)
  }
  return starts
}

/** Where `offset` is in `source`, by binary search over its lines. */
export function positionAt(source: Source, offset: number): Position {
  const starts = lineStarts(source)
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (starts[middle]! <= offset) low = middle
    else high = middle - 1
  }
  return { line: low + 1, column: offset - starts[low]! + 1 }
}

/** Where a span starts. */
export function positionOf(span: Span): Position {
  return positionAt(span.source, span.start)
}

const known_origins = new WeakMap<Source, Map<number, Origin>>()

/** The place at which `span` starts, as plain data: one object for each place, since a loop makes many things of one line. */
export function originOf(span: Span): Origin {
  const { source, start } = span
  let origins = known_origins.get(source)
  if (origins === undefined) {
    origins = new Map()
    known_origins.set(source, origins)
  }
  let origin = origins.get(start)
  if (origin === undefined) {
    origin = { file: source.path, ...(source.said ? { line: 0, column: 0 } : positionAt(source, start)) }
    origins.set(start, origin)
  }
  return origin
}

/** `office.appl:14`, the short form that plan lines use. */
export function showOrigin(origin: Origin): string {
  return origin.line === 0 ? origin.file : `${origin.file}:${origin.line}`
}
