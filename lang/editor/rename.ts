import { bind } from "../names/bind.ts"
import { loadAll } from "../names/load.ts"
import type { AnySymbol, Unit } from "../names/symbol.ts"
import { makeReport } from "../report/report.ts"
import { isKebab, isPascal, reservedWords } from "../syntax/words.ts"
import type { Files } from "../text/files.ts"
import { check } from "../types/check.ts"
import { applianceSchema } from "../types/schema.ts"
import { makeLibrary } from "../values/content.ts"
import { templateName } from "../values/templates/scope.ts"
import { templateChecker } from "../values/templates.ts"
import { nodesAt, wordAt } from "./nodes.ts"
import { type Place, type TextEdit, textOf, unitOf } from "./places.ts"
import { type Reference, referencesTo, type Subject, subjectsAt } from "./references.ts"
import { visibleAt } from "./scope.ts"
import type { Snapshot } from "./snapshot.ts"
import { viewOf } from "./view.ts"
import { wordOf } from "./words.ts"

/** Why something cannot be renamed, in a sentence for the reader. */
export type Refused = { readonly refused: string }
export type Prepared = { readonly place: Place; readonly name: string }
export type Renamed = { readonly edits: readonly TextEdit[] }

/** The word that would be renamed at an offset, or why none can be. */
export function prepareRename(snapshot: Snapshot, path: string, offset: number): Prepared | Refused {
  const text = textOf(snapshot, path)
  const [subject] = subjectsAt(snapshot, path, offset)
  if (text === null || subject === undefined) return { refused: "there is nothing here that has a name of yours" }
  const foreign = foreignTo(snapshot, subject)
  if (foreign !== null) return { refused: foreign }
  const { start, end } = path.endsWith(".appl") ? nameAt(snapshot, path, offset) : wordAt(text, offset)
  return { place: { path, start, end }, name: text.slice(start, end) }
}

/** The edits that give what stands at an offset another name, in all files and templates; or why that cannot be done. */
export function rename(snapshot: Snapshot, path: string, offset: number, wanted: string): Renamed | Refused {
  const prepared = prepareRename(snapshot, path, offset)
  if ("refused" in prepared) return prepared
  const subject = subjectsAt(snapshot, path, offset)[0]!
  const inTemplate = !path.endsWith(".appl")
  const name = inTemplate ? wanted.replaceAll("_", "-") : wanted
  const before = inTemplate ? subject.name : prepared.name
  if (name === before) return { edits: [] }
  const wrong = wrongName(name, before)
  if (wrong !== null) return { refused: wrong }
  // An alias of a `use` is a name of its file only.
  const isAlias = subject.symbol !== null && before !== subject.symbol.name
  const all = referencesTo(snapshot, subject).filter(
    (reference) => textAt(snapshot, reference) === (reference.inTemplate ? templateName(before) : before),
  )
  const places = isAlias ? all.filter((reference) => reference.path === path) : all
  const conflict = conflictOf(snapshot, subject, places, name)
  if (conflict !== null) return { refused: conflict }
  const edits = places.map((reference) => editOf(reference, before, name))
  const broken = newProblem(snapshot, edits)
  return broken === null ? { edits } : { refused: `with that name ${broken}` }
}

function nameAt(snapshot: Snapshot, path: string, offset: number): { start: number; end: number } {
  const node = nodesAt(snapshot.units.get(path)!.tree, offset).at(-1)!
  return { start: node.start, end: node.end }
}

function foreignTo(snapshot: Snapshot, subject: Subject): string | null {
  for (const span of subject.declared) {
    const unit = unitOf(snapshot, span)
    if (unit !== null && unit.module.name !== "")
      return `${subject.name} is declared in ${unit.module.name}, which is not part of this project`
  }
  return null
}

/** A new name has the form of the old one: what a type is called is told from what a value is called by it. */
function wrongName(name: string, before: string): string | null {
  if (isPascal(before)) return isPascal(name) ? null : `${name} is no name of a type: those are written like WebServer`
  if (!isKebab(name)) return `${name} is no name: those are written like web-front`
  return reservedWords.has(name) ? `${name} is a word of the language` : null
}

function conflictOf(snapshot: Snapshot, subject: Subject, places: readonly Reference[], name: string): string | null {
  const { symbol } = subject
  if (symbol !== null && "owner" in symbol && symbol.owner?.kind === "class" && applianceSchema.has(name)) {
    return `${name} is a built-in field of every appliance`
  }
  for (const place of places) {
    const unit = snapshot.units.get(place.path)
    if (unit === undefined || (symbol === null && place.short === null)) continue
    const other = symbol === null ? undefined : visible(snapshot, unit, place.start).get(name)
    if (other !== undefined) return `${name} is ${articleOf(other)} that can be seen here already`
  }
  return null
}

function visible(snapshot: Snapshot, unit: Unit, offset: number): ReadonlyMap<string, AnySymbol> {
  return visibleAt(viewOf(snapshot, unit), nodesAt(unit.tree, offset))
}

function articleOf(symbol: AnySymbol): string {
  const word = wordOf(symbol)
  return `${/^[aeiou]/.test(word) ? "an" : "a"} ${word}`
}

function editOf(reference: Reference, before: string, name: string): TextEdit {
  const { path, start, end, short, inTemplate } = reference
  const text = inTemplate
    ? templateName(name)
    : short === "value"
      ? `${before} = ${name}`
      : short === "field"
        ? `${name} = ${before}`
        : name
  return { path, start, end, text }
}

/** The first error that the edits would bring; null when there is none. */
function newProblem(snapshot: Snapshot, edits: readonly TextEdit[]): string | null {
  const texts = new Map<string, string>()
  for (const path of new Set(edits.map((edit) => edit.path)))
    texts.set(
      path,
      applyEdits(
        textOf(snapshot, path) ?? "",
        edits.filter((edit) => edit.path === path),
      ),
    )
  const files: Files = {
    ...snapshot.files,
    read: (path) => {
      const text = texts.get(path)
      return text === undefined ? snapshot.files.read(path) : new TextEncoder().encode(text)
    },
    resolve: (path) => (texts.has(path) ? path : snapshot.files.resolve(path)),
  }
  const before = new Set<string>()
  for (const path of snapshot.units.keys())
    for (const { code, severity } of snapshot.diagnostics(path)) if (severity === "error") before.add(code)
  const own = [...snapshot.units.values()].filter((unit) => unit.module.name === "")
  const [first, ...others] = own.map((unit) => unit.path)
  if (first === undefined) return null
  const report = makeReport()
  const program = loadAll([first, ...others], own[0]!.module.root, files, snapshot.standard, report)
  const bindings = bind(program, report)
  check(program, bindings, report, templateChecker(makeLibrary(files, report), report))
  const broken = report.diagnostics.find(({ code, severity }) => severity === "error" && !before.has(code))
  return broken?.message ?? null
}

/** A text with edits of it made. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const ordered = [...edits].sort((left, right) => left.start - right.start)
  let changed = ""
  let from = 0
  for (const edit of ordered) {
    changed += text.slice(from, edit.start) + edit.text
    from = edit.end
  }
  return changed + text.slice(from)
}

function textAt(snapshot: Snapshot, place: Place): string {
  return (textOf(snapshot, place.path) ?? "").slice(place.start, place.end)
}
