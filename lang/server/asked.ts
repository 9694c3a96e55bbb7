import type { Position, Range, TextDocumentIdentifier } from "vscode-languageserver/node"
import { type Place, type TextEdit, textOf } from "../editor/places.ts"
import type { Snapshot } from "../editor/snapshot.ts"
import type { Source } from "../text/source.ts"
import { offsetOf, pathOf, rangeOf, uriOf } from "./places.ts"
import type { Served } from "./served.ts"

/** A document that is asked about, as the analysis sees it. */
export type Asked = { readonly snapshot: Snapshot; readonly path: string; readonly source: Source }

/** What is known of a document; null when it is on no disk, or belongs to nothing that is analysed. */
export function askedOf({ workspace }: Served, { uri }: TextDocumentIdentifier): Asked | null {
  const path = pathOf(uri)
  const snapshot = path === null ? null : workspace.snapshotOf(path)
  const source = path === null || snapshot === null ? null : sourceOf(snapshot, path)
  return path === null || snapshot === null || source === null ? null : { snapshot, path, source }
}

/** Answers a request about a position with what `answer` finds at its offset; null when there is no such document. */
export function answerAt<Answer>(
  served: Served,
  { textDocument, position }: { readonly textDocument: TextDocumentIdentifier; readonly position: Position },
  answer: (snapshot: Snapshot, path: string, offset: number) => Answer,
): Answer | null {
  const asked = askedOf(served, textDocument)
  return asked === null ? null : answer(asked.snapshot, asked.path, offsetOf(asked.source, position))
}

/** The range of a place in its file; the file's beginning when the file is gone. */
export function rangeOfPlace(snapshot: Snapshot, { path, start, end }: Place): Range {
  return rangeOf({ source: sourceOf(snapshot, path) ?? { path, text: "" }, start, end })
}

export function locationOf(snapshot: Snapshot, place: Place) {
  return { uri: uriOf(place.path), range: rangeOfPlace(snapshot, place) }
}

/** Edits by document, as the protocol has them. */
export function changesOf(snapshot: Snapshot, edits: readonly TextEdit[]) {
  const changes: Record<string, { range: Range; newText: string }[]> = {}
  for (const edit of edits) {
    const uri = uriOf(edit.path)
    changes[uri] ??= []
    changes[uri].push({ range: rangeOfPlace(snapshot, edit), newText: edit.text })
  }
  return changes
}

/** A file that is no unit has no source of its own: the last one that was made of its text serves again. */
const others = new WeakMap<Snapshot, Map<string, Source>>()

function sourceOf(snapshot: Snapshot, path: string): Source | null {
  const unit = snapshot.units.get(path)
  if (unit !== undefined) return unit.source
  const known = others.get(snapshot)?.get(path)
  if (known !== undefined) return known
  const text = textOf(snapshot, path)
  if (text === null) return null
  const source: Source = { path, text }
  if (!others.has(snapshot)) others.set(snapshot, new Map())
  others.get(snapshot)!.set(path, source)
  return source
}
