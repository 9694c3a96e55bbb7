import type { Unit } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import type { Span } from "../text/source.ts"
import type { Snapshot } from "./snapshot.ts"

/** A stretch of a file: its path as `Files` knows it, and offsets in UTF-16 units, `end` exclusive. */
export type Place = { readonly path: string; readonly start: number; readonly end: number }

/** A change of the text at a place. */
export type TextEdit = Place & { readonly text: string }

/** Where a node stands. */
export function placeOf(unit: Unit, node: tree.Spanned): Place {
  return { path: unit.path, start: node.start, end: node.end }
}

/** Where a span lies, which knows only how its source is named to people. */
export function placeOfSpan(snapshot: Snapshot, span: Span): Place {
  const path = snapshot.pathOf(span.source)
  // A template of a standard module that only an answer of the editor has read is known by how it is named to people.
  const isShown = path.startsWith("std/") && !snapshot.units.has(path)
  return {
    path: isShown ? `${snapshot.standard}/${path.slice("std/".length)}` : path,
    start: span.start,
    end: span.end,
  }
}

/** The unit that a span lies in; null for a template. */
export function unitOf(snapshot: Snapshot, span: Span): Unit | null {
  const direct = snapshot.units.get(span.source.path)
  if (direct?.source === span.source) return direct
  for (const unit of snapshot.units.values()) if (unit.source === span.source) return unit
  return null
}

/** The text of a file as the editor sees it; null when there is none. */
export function textOf(snapshot: Snapshot, path: string): string | null {
  const unit = snapshot.units.get(path)
  if (unit !== undefined) return unit.source.text
  const bytes = snapshot.files.read(path)
  return bytes === null ? null : new TextDecoder().decode(bytes)
}
