import type { Unit } from "../names/symbol.ts"
import { makeReport } from "../report/report.ts"
import type * as tree from "../syntax/tree.ts"
import type { Files } from "../text/files.ts"
import { folderOf, joinPath } from "../text/paths.ts"
import { membersOf as typesOfMembers } from "../types/members.ts"
import type { RecordTypeOf } from "../types/type.ts"
import { makeLibrary } from "../values/content.ts"
import { templateName } from "../values/templates/scope.ts"
import { occurrencesIn, type PassedVariable, type TemplateOccurrence } from "../values/templates/variables.ts"
import { eachNode } from "./nodes.ts"
import { type Place, placeOfSpan } from "./places.ts"
import type { Snapshot } from "./snapshot.ts"
import { bare } from "./types.ts"

/** A `template("…", { … })` in a source. */
export type TemplateUse = {
  readonly unit: Unit
  readonly call: tree.Call
  /** The template's path as `Files` knows it. */
  readonly path: string
  /** The path as the call says it. */
  readonly written: string
  /** What is passed; null when the call passes nothing, or something that is no record. */
  readonly record: RecordTypeOf | null
  /** Where it is passed. */
  readonly passes: tree.Expression | null
}

/** A name in a template, with the declaration of what it stands for. */
export type TemplateName = {
  readonly occurrence: TemplateOccurrence
  readonly place: Place
  readonly use: TemplateUse
}

/** The calls that use the template of a path, directly or by an include. */
export function usesOfTemplate(snapshot: Snapshot, path: string): readonly TemplateUse[] {
  const all = [...snapshot.units.values()].flatMap((unit) => templateUses(snapshot, unit))
  const direct = all.filter((use) => use.path === path)
  return direct.length > 0
    ? direct
    : all.filter((use) => namesOfUse(snapshot, use).some((name) => name.place.path === path))
}

/** The calls of `template` in one file. */
export function templateUses(snapshot: Snapshot, unit: Unit): readonly TemplateUse[] {
  return callsIn(unit.tree).map((call) => {
    const path = call.arguments.find((argument) => argument.name === undefined || argument.name.text === "path")
    const passes = call.arguments.find((argument) => argument !== path)?.value ?? null
    const type = passes === null ? null : bare(snapshot.typeOf(passes))
    const written = path?.value.kind === "text" ? path.value.parts.join("") : ""
    return {
      unit,
      call,
      path: joinPath(folderOf(unit.path), written),
      written,
      record: type?.kind === "record" ? type : null,
      passes,
    }
  })
}

/** Every variable and member in the template of a call and in what it includes; none when it has a mistake. */
export function namesOfUse(
  snapshot: Snapshot,
  use: TemplateUse,
  files: Files = snapshot.files,
): readonly TemplateName[] {
  const library = makeLibrary(files, makeReport())
  const span = { source: use.unit.source, start: use.call.start, end: use.call.end }
  const template = library.template(use.unit, use.written, span)
  if (template === null) return []
  const passed: PassedVariable[] = [...(use.record?.fields ?? [])].map(([name, { type }]) => ({ name, type, span }))
  const occurrences = occurrencesIn(template, passed, (type) => typesOfMembers(snapshot.check, type))
  return occurrences.map((occurrence) => ({ occurrence, place: placeOfSpan(snapshot, occurrence.span), use }))
}

/** The field that a template's variable or member stands for, by the name that the language gives it; null for its own. */
export function fieldName(record: RecordTypeOf | null, name: string): string | null {
  const fields = [...(record?.fields.keys() ?? [])]
  return fields.find((field) => templateName(field) === name) ?? null
}

const calls = new WeakMap<tree.File, readonly tree.Call[]>()

function callsIn(file: tree.File): readonly tree.Call[] {
  let found = calls.get(file)
  if (found === undefined) {
    const list: tree.Call[] = []
    if (file.source.text.includes("template(")) {
      eachNode(file, (node) => {
        if (node.kind === "call" && node.callee.kind === "name" && node.callee.text === "template") list.push(node)
      })
    }
    found = list
    calls.set(file, found)
  }
  return found
}
