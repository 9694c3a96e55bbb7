import { codeActions } from "../../lang/editor/actions.ts"
import { completion } from "../../lang/editor/completion.ts"
import { definition, implementation, typeDefinition } from "../../lang/editor/definition.ts"
import { inlayHints } from "../../lang/editor/hints.ts"
import { hover } from "../../lang/editor/hover.ts"
import { documentSymbols, type OutlineItem, workspaceSymbols } from "../../lang/editor/outline.ts"
import { type Place, type TextEdit, textOf } from "../../lang/editor/places.ts"
import { foldingRanges, selectionRanges } from "../../lang/editor/ranges.ts"
import { highlights, references } from "../../lang/editor/references.ts"
import { applyEdits, prepareRename, rename } from "../../lang/editor/rename.ts"
import { signatureHelp } from "../../lang/editor/signature.ts"
import type { Snapshot } from "../../lang/editor/snapshot.ts"
import { plainText } from "../../lang/editor/snippets.ts"
import { semanticTokens } from "../../lang/editor/tokens.ts"
import { consumersOf, prepareWires, providersOf, type WireStep } from "../../lang/editor/wires.ts"
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
  signature: eachMark(drawSignature),
  actions: drawActions,
  "document-symbols": (snapshot) => eachFile(snapshot, (path) => drawOutline(documentSymbols(snapshot, path), "")),
  "workspace-symbols": eachMark((snapshot, _, query) =>
    workspaceSymbols(snapshot, query)
      .map(
        (one) =>
          `${one.name} (${one.kind})${one.within === null ? "" : ` in ${one.within}`} ${spot(snapshot, one.selection)}`,
      )
      .join("\n"),
  ),
  tokens: (snapshot) => eachFile(snapshot, (path) => drawTokens(snapshot, path)),
  hints: (snapshot) => eachFile(snapshot, (path) => drawHints(snapshot, path)),
  folding: (snapshot) => eachFile(snapshot, (path) => drawFolds(snapshot, path)),
  selection: eachMark((snapshot, { path, offset }) =>
    selectionRanges(snapshot, path, offset)
      .map(({ start, end }) => JSON.stringify(textOf(snapshot, path)!.slice(start, end)))
      .join("\n"),
  ),
  wires: eachMark(drawWires),
}

function eachFile(snapshot: Snapshot, draw: (path: string) => string): string {
  const own = [...snapshot.units.values()].filter((unit) => unit.module.name === "")
  return own.map((unit) => `## ${unit.path}\n${draw(unit.path)}`).join("\n")
}

function drawSignature(snapshot: Snapshot, { path, offset }: Mark): string {
  const found = signatureHelp(snapshot, path, offset)
  if (found === null) return "nothing"
  const active = found.active === null ? undefined : found.parameters[found.active]
  const marks = active === undefined ? "" : `\n${" ".repeat(active.start)}${"▔".repeat(active.end - active.start)}`
  return `${found.label}${marks}${found.doc === null ? "" : `\n${found.doc}`}`
}

/** A mark `<|x>` and one `<|x-end>` select what is between them. */
function drawActions(snapshot: Snapshot, marked: Marked): string {
  const starts = [...marked.marks].filter(([name]) => !name.endsWith("-end"))
  return starts
    .map(([name, { path, offset }]) => {
      const end = marked.marks.get(`${name}-end`)?.offset ?? offset
      const found = codeActions(snapshot, path, offset, end)
      const drawn = found.map(({ title, kind, edits }) => `${kind}: ${title}\n${drawEdits(snapshot, edits)}`)
      return [`<|${name}>`, ...(drawn.length === 0 ? ["nothing"] : drawn)].join("\n")
    })
    .join("\n\n")
}

function drawOutline(items: readonly OutlineItem[], indent: string): string {
  return items
    .map(({ name, kind, detail, children }) => {
      const inner = children.length === 0 ? "" : `\n${drawOutline(children, `${indent}  `)}`
      return `${indent}${name} (${kind})${detail === null ? "" : ` ${detail}`}${inner}`
    })
    .join("\n")
}

/** Each line of the text, and below it what its words are. */
function drawTokens(snapshot: Snapshot, path: string): string {
  const text = textOf(snapshot, path)!
  return semanticTokens(snapshot, path)
    .map(({ start, end, type, modifiers }) => `${text.slice(start, end)}: ${[type, ...modifiers].join(" ")}`)
    .join("\n")
}

/** The text with each hint in it, between ‹ and ›. */
function drawHints(snapshot: Snapshot, path: string): string {
  const hints = inlayHints(snapshot, path).map(({ offset, text }) => ({
    path,
    start: offset,
    end: offset,
    text: `‹${text}›`,
  }))
  return applyEdits(textOf(snapshot, path)!, hints)
}

function drawFolds(snapshot: Snapshot, path: string): string {
  const folds = foldingRanges(snapshot, path)
  const lines = textOf(snapshot, path)!.split("\n")
  return lines
    .map((line, index) => {
      const opened = folds.find(({ first }) => first === index + 1)
      const depth = folds.filter(({ first, last }) => first < index + 1 && index + 1 <= last).length
      return `${"│".repeat(depth)}${opened === undefined ? "" : `┌${opened.kind === "region" ? "" : opened.kind} `}${line}`
    })
    .join("\n")
}

function drawWires(snapshot: Snapshot, { path, offset }: Mark): string {
  const draw = (steps: readonly WireStep[]) =>
    steps.map(({ item, needs }) => `  ${item.name} (${needs.join(", ")}) ${item.detail}`)
  return prepareWires(snapshot, path, offset)
    .flatMap((item) => [
      `${item.name} ${item.detail}`,
      " needs",
      ...draw(providersOf(snapshot, item)),
      " is needed by",
      ...draw(consumersOf(snapshot, item)),
    ])
    .join("\n")
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
  const rest = shown.length > lines.length ? ["… and more"] : []
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
  // Where something stands in a standard module is the module's affair.
  const [, standard] = /^.*\/modules\/(.*)/.exec(place.path) ?? []
  return standard === undefined ? `${place.path}:${line}:${column}` : `std/${standard}`
}
