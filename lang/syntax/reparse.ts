import type { Diagnostic } from "../report/diagnostic.ts"
import { moveDiagnostic } from "../report/move.ts"
import { makeCollector } from "../report/report.ts"
import { type Change, changeBetween } from "../text/edit.ts"
import type { Source, Span } from "../text/source.ts"
import { parseCounting } from "./parse.ts"
import type { Comment, File, Item, Spanned } from "./tree.ts"

/** A tree with what the parser said of its text. */
export type Parsed = {
  readonly file: File
  readonly problems: readonly Diagnostic[]
  /** How many `{` lack their `}`; negative when there are more `}`. */
  readonly unclosed: number
}

/** A whole text as a tree. */
export function parseWhole(source: Source): Parsed {
  const problems: Diagnostic[] = []
  const { file, unclosed } = parseCounting(
    source,
    makeCollector((problem) => problems.push(problem)),
  )
  return { file, problems, unclosed }
}

/**
 * The tree of a text that was changed in one place. Only the items at the top that the change touches are read again, with one on either
 * side to see that they end where they did; the others are the same nodes as before, whose offsets are moved: the tree of `before` is
 * given up. Where the change may mean something further away (a brace or a text without its end), the whole text is read. In any
 * case the tree is the one that `parseWhole` gives. The idea is that of T. Wagner, "Practical Algorithms for Incremental Software
 * Development Environments", 1998, with one level only.
 */
export function reparse(before: Parsed, source: Source): Parsed {
  return reparseSome(before, source) ?? parseWhole(source)
}

function reparseSome(before: Parsed, source: Source): Parsed | null {
  if (before.unclosed !== 0 || before.file.items.length < fewest_items) return null
  const { items, source: old } = before.file
  const change = changeBetween(old.text, source.text)
  const region = regionOf(items, change, old.text.length)
  if (region === null) return null
  const { start, end, lead, trail } = region
  const isOutside = (span: Span) => (lead !== null && span.end <= start) || (trail !== null && span.start >= end)
  if (before.problems.some((problem) => !spansOf(problem).every(isOutside))) return null
  const part = parseWhole({ path: source.path, text: source.text.slice(start, end + change.delta) })
  if (part.unclosed !== 0 || part.problems.length > 0) return null
  const read = [...part.file.items]
  if (lead !== null && !isAsBefore(read.shift(), lead, start)) return null
  const last = trail === null ? undefined : read.pop()
  if (trail !== null && !isAsBefore(last, trail, start - change.delta)) return null
  // What was typed may be the doc comment of the item below it.
  const isTold = last === undefined || docOf(last) === docOf(trail!)
  if (!isTold) read.push(last)
  for (const item of read) shift(item, start)
  const kept = items.slice(isTold ? region.first : region.first + 1)
  for (const item of kept) shift(item, change.delta)
  return {
    file: {
      ...before.file,
      source,
      end: source.text.length,
      items: [...items.slice(0, region.last), ...read, ...kept],
      comments: commentsOf(before.file, part.file, region, change),
    },
    problems: before.problems.map((problem) =>
      moveDiagnostic(problem, (span) => moved(span, old, source, region, change)),
    ),
    unclosed: 0,
  }
}

/** Below this, reading the whole costs no more. */
const fewest_items = 4

/** What is read again, in offsets of the old text. */
type Region = {
  readonly start: number
  readonly end: number
  /** The items before `last` stay, and those from `first` on. */
  readonly last: number
  readonly first: number
  /** The item that the region begins with, and the one that it ends with: they must come out as they are. */
  readonly lead: Item | null
  readonly trail: Item | null
}

function regionOf(items: readonly Item[], change: Change, length: number): Region | null {
  let last = firstIndex(items, (item) => item.end >= change.start)
  const first = firstIndex(items, (item) => item.start > change.end)
  // The item before one that is typed at its very start may be what goes on there.
  if (last > first) last = first
  const lead = items[last - 1] ?? null
  const trail = items[first] ?? null
  if (lead === null && trail === null) return null
  return { start: lead?.start ?? 0, end: trail?.end ?? length, last, first, lead, trail }
}

function firstIndex(items: readonly Item[], holds: (item: Item) => boolean): number {
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(items[middle]!)) high = middle
    else low = middle + 1
  }
  return low
}

function docOf(item: Item): string | undefined {
  return "doc" in item ? item.doc : undefined
}

function isAsBefore(read: Item | undefined, before: Item, moved: number): boolean {
  return (
    read !== undefined &&
    read.kind === before.kind &&
    read.start + moved === before.start &&
    read.end + moved === before.end
  )
}

function commentsOf(before: File, part: File, { start, end }: Region, { delta }: Change): readonly Comment[] {
  const above = before.comments.filter((comment) => comment.end <= start)
  const below = before.comments.filter((comment) => comment.start >= end)
  for (const comment of part.comments) shift(comment, start)
  for (const comment of below) shift(comment, delta)
  return [...above, ...part.comments, ...below]
}

function spansOf({ span, related, fix }: Diagnostic): readonly Span[] {
  return [span, ...related.map((one) => one.span), ...(fix?.edits ?? []).map((one) => one.span)]
}

function moved(span: Span, old: Source, source: Source, { end }: Region, { delta }: Change): Span {
  if (span.source !== old) return span
  const by = span.start >= end ? delta : 0
  return { source, start: span.start + by, end: span.end + by }
}

const nodes_below = new WeakMap<Spanned, readonly Mutable[]>()

type Mutable = { start: number; end: number }

/** Moves a node and all below it. Which these are is remembered, as an item is moved with each letter that is typed above it. */
function shift(node: Spanned, by: number): void {
  if (by === 0) return
  let below = nodes_below.get(node)
  if (below === undefined) {
    const found = new Set<Mutable>()
    collect(node, found)
    below = [...found]
    nodes_below.set(node, below)
  }
  for (const one of below) {
    one.start += by
    one.end += by
  }
}

/** All nodes, each once: the value of a short field is its name again. */
function collect(value: object, found: Set<Mutable>): void {
  if (Array.isArray(value)) {
    for (const element of value) if (typeof element === "object" && element !== null) collect(element, found)
    return
  }
  if ("start" in value && "end" in value) {
    if (found.has(value as Mutable)) return
    found.add(value as Mutable)
  }
  for (const child of Object.values(value)) if (typeof child === "object" && child !== null) collect(child, found)
}
