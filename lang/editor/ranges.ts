import type * as tree from "../syntax/tree.ts"
import { eachChild } from "../syntax/walk.ts"
import { positionAt } from "../text/source.ts"
import { nodesAt } from "./nodes.ts"
import type { Snapshot } from "./snapshot.ts"

/** Lines that can be folded away, both included, from 1; the first stays. */
export type Fold = { readonly first: number; readonly last: number; readonly kind: "comment" | "imports" | "region" }

/** Bodies, lists, records, texts, calls and matches of several lines; comments that follow each other; the `use` lines at the top. */
export function foldingRanges(snapshot: Snapshot, path: string): readonly Fold[] {
  const unit = snapshot.units.get(path)
  if (unit === undefined) return []
  const lineOf = (offset: number) => positionAt(unit.source, offset).line
  const folds = new Map<number, Fold>()
  const add = (start: number, end: number, kind: Fold["kind"]) => {
    const first = lineOf(start)
    // The line of a closing brace stays, so that one sees where it ends.
    const last = kind === "region" ? lineOf(end) - 1 : lineOf(end)
    if (last > first && !folds.has(first)) folds.set(first, { first, last, kind })
  }
  const visit = (node: tree.Node) => {
    if (folding.has(node.kind)) add(node.start, node.end, "region")
    if (node.kind !== "comment") eachChild(node, visit)
  }
  for (const item of unit.tree.items) visit(item)
  for (const run of runs(unit.tree.comments, (one, next) => lineOf(next.start) === lineOf(one.end) + 1)) {
    add(run[0]!.start, run.at(-1)!.end, "comment")
  }
  const uses = unit.tree.items.filter((item) => item.kind === "use")
  for (const run of runs(uses, (one, next) => lineOf(next.start) <= lineOf(one.end) + 1)) {
    add(run[0]!.start, run.at(-1)!.end, "imports")
  }
  return [...folds.values()].sort((left, right) => left.first - right.first)
}

/** The stretches around an offset that one would select one after the other, the smallest first, each larger than the one before. */
export function selectionRanges(snapshot: Snapshot, path: string, offset: number): readonly tree.Spanned[] {
  const unit = snapshot.units.get(path)
  if (unit === undefined) return []
  const { text } = unit.source
  const ranges: tree.Spanned[] = []
  for (const node of nodesAt(unit.tree, offset).toReversed()) {
    const span = node.kind === "file" ? { start: 0, end: text.length } : node
    if (/^["[{]/.test(text.slice(span.start, span.start + 1)) && span.end - span.start > 2) {
      ranges.push(trimmed(text, span.start + 1, span.end - 1))
    }
    ranges.push({ start: span.start, end: span.end })
  }
  return ranges.filter((range, index) => {
    const before = ranges[index - 1]
    if (range.start > offset || range.end < offset || range.end === range.start) return false
    return before === undefined || range.start < before.start || range.end > before.end
  })
}

const folding: ReadonlySet<tree.Node["kind"]> = new Set([
  "body",
  "record",
  "record-type",
  "list",
  "text",
  "call",
  "match-value",
  "match",
  "union-type",
])

function trimmed(text: string, start: number, end: number): tree.Spanned {
  const inside = text.slice(start, end)
  const lead = inside.length - inside.trimStart().length
  return lead === inside.length ? { start, end } : { start: start + lead, end: start + inside.trimEnd().length }
}

/** Things that follow each other, in runs of those that belong together. */
function runs<Thing>(things: readonly Thing[], together: (one: Thing, next: Thing) => boolean): readonly Thing[][] {
  const found: Thing[][] = []
  for (const thing of things) {
    const last = found.at(-1)
    if (last !== undefined && together(last.at(-1)!, thing)) last.push(thing)
    else found.push([thing])
  }
  return found
}
