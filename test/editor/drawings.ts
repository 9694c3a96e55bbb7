import { completion } from "../../lang/editor/completion.ts"
import { definition, implementation, typeDefinition } from "../../lang/editor/definition.ts"
import { hover } from "../../lang/editor/hover.ts"
import { type Place, type TextEdit, textOf } from "../../lang/editor/places.ts"
import { highlights, references } from "../../lang/editor/references.ts"
import { applyEdits, prepareRename, rename } from "../../lang/editor/rename.ts"
import type { Snapshot } from "../../lang/editor/snapshot.ts"
import { plainText } from "../../lang/editor/snippets.ts"
import { lineStarts, positionAt } from "../../lang/text/source.ts"
import type { Mark, Marked } from "./marked.ts"

type Draw = (snapshot: Snapshot, marked: Marked) => string

/** How the answer of each feature is drawn for a person to check. */
export const drawings: Readonly<Record<string, Draw>> = {
  completion: eachMark(drawCompletion),
  definition: eachMark((snapshot, { path, offset }) => drawPlaces(snapshot, definition(snapshot, path, offset))),
  "type-definition": eachMark((snapshot, { path, offset }) =>
    drawPlaces(snapshot, typeDefinition(snapshot, path, offset)),
  ),
  implementation: eachMark((snapshot, { path, offset }) =>
    drawPlaces(snapshot, implementation(snapshot, path, offset)),
  ),
  references: eachMark((snapshot, { path, offset }) =>
    drawPlaces(snapshot, references(snapshot, path, offset), (place) =>
      "declares" in place && place.declares ? "declared" : "",
    ),
  ),
  highlights: eachMark((snapshot, { path, offset }) => drawPlaces(snapshot, highlights(snapshot, path, offset))),
  hover: eachMark(drawHover),
  rename: eachMark(drawRename),
}

/** One answer for each mark, under the name of the mark. */
function eachMark(draw: (snapshot: Snapshot, mark: Mark, name: string) => string): Draw {
  return (snapshot, marked) =>
    [...marked.marks]
      .map(([name, mark]) => `${name === "" ? "" : `<|${name}>\n`}${draw(snapshot, mark, name)}`)
      .join("\n\n")
}

function drawCompletion(snapshot: Snapshot, mark: Mark): string {
  const { start, end, candidates } = completion(snapshot, mark.path, mark.offset)
  const text = textOf(snapshot, mark.path)!
  const typed = text.slice(start, end)
  // As an editor does: what does not begin with what is typed is left out.
  const shown = candidates.filter(({ label }) => label.toLowerCase().startsWith(typed.toLowerCase()))
  const lines = shown.slice(0, 14).map((one) => {
    const written = one.snippet ? plainText([one.text]) : one.text
    const as = written === one.label ? "" : ` ⇒ ${written.replaceAll("\n", "⏎")}`
    const more = one.more.map((edit) => `  + ${JSON.stringify(edit.text)} at ${spot(snapshot, edit)}`).join("")
    return `${one.rank} ${one.label} (${one.kind})${one.detail === null ? "" : ` ${one.detail}`}${as}${more}`
  })
  const rest = shown.length > lines.length ? [`… ${shown.length} in all`] : []
  return [`replaces ${JSON.stringify(typed)} at ${spot(snapshot, { ...mark, start, end })}`, ...lines, ...rest].join(
    "\n",
  )
}

function drawHover(snapshot: Snapshot, mark: Mark): string {
  const found = hover(snapshot, mark.path, mark.offset)
  if (found === null) return `${drawLine(snapshot, { ...mark, start: mark.offset, end: mark.offset })}\nnothing`
  return `${drawLine(snapshot, found.place, mark.offset)}\n${found.markdown}`
}

function drawPlaces(snapshot: Snapshot, places: readonly Place[], note: (place: Place) => string = () => ""): string {
  if (places.length === 0) return "nowhere"
  return places
    .map((place) => `${spot(snapshot, place)} ${note(place)}\n${drawLine(snapshot, place)}`.replace(" \n", "\n"))
    .join("\n")
}

/** The new name is that of the mark: `<|to-this>`. */
function drawRename(snapshot: Snapshot, { path, offset }: Mark, name: string): string {
  const prepared = prepareRename(snapshot, path, offset)
  if ("refused" in prepared) return `refused: ${prepared.refused}`
  const result = rename(snapshot, path, offset, name)
  return `${prepared.name} ⇒ ${name}\n${"refused" in result ? `refused: ${result.refused}` : drawEdits(snapshot, result.edits)}`
}

/** The lines of each file that edits change, as they are afterwards. */
export function drawEdits(snapshot: Snapshot, edits: readonly TextEdit[]): string {
  const paths = [...new Set(edits.map(({ path }) => path))].sort()
  return paths
    .map((path) => {
      const before = textOf(snapshot, path)!.split("\n")
      const after = applyEdits(
        before.join("\n"),
        edits.filter((edit) => edit.path === path),
      ).split("\n")
      const kept = new Set(before)
      return [`## ${path}`, ...after.filter((line) => !kept.has(line))].join("\n")
    })
    .join("\n")
}

/** The line of a place with the place marked: ▔ below it, ↑ at the cursor. */
function drawLine(snapshot: Snapshot, place: Place, cursor: number | null = null): string {
  const text = textOf(snapshot, place.path) ?? ""
  const source = { path: place.path, text }
  const { line, column } = positionAt(source, place.start)
  const start = lineStarts(source)[line - 1]!
  const whole = text.slice(start).split("\n", 1)[0]!
  const length = Math.max(1, Math.min(place.end, start + whole.length) - place.start)
  const marks = [..." ".repeat(column - 1), ..."▔".repeat(length)]
  if (cursor !== null) marks[cursor - start] = "↑"
  return `${whole}\n${Array.from(marks, (mark) => mark ?? " ").join("")}`
}

function spot(snapshot: Snapshot, place: Place): string {
  const { line, column } = positionAt({ path: place.path, text: textOf(snapshot, place.path) ?? "" }, place.start)
  const shown = place.path.replace(/^.*\/modules\//, "std/")
  return `${shown}:${line}:${column}`
}
