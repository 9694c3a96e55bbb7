import { splitModuleName } from "../modules/specs.ts"
import type { Report } from "../report/diagnostic.ts"
import { nearest } from "../report/nearest.ts"
import type * as tree from "../syntax/tree.ts"
import type { Files } from "../text/files.ts"
import { folderOf } from "../text/paths.ts"
import type { Span } from "../text/source.ts"
import { declaredNames } from "./declared-names.ts"
import type { Fetched } from "./fetched.ts"
import { modulesWith, type Standard } from "./standard.ts"
import type { Module, Unit } from "./symbol.ts"

/** Where files and modules are looked for, and who is told what was not found. */
export type Finder = {
  readonly files: Files
  readonly standard: Standard
  readonly fetched: Fetched
  readonly report: Report
}

export function reportMissingExport(name: string, file: string, unit: Unit, span: Span, report: Report): void {
  const meant = nearest(name, declaredNames(unit.tree).keys())
  report.add("A0237", span, `${file} declares no ${name}`, {
    hint: meant === null ? undefined : `did you mean ${meant}?`,
  })
}

export function moduleName(module: Module): string {
  return module.name === "" ? "this project" : module.name
}

export function reportUnknownPart(
  from: string,
  module: Module,
  part: string | null,
  span: Span,
  unit: Unit,
  finder: Finder,
): void {
  const parts = [...(module.parts?.keys() ?? [])]
  if (part === null || parts.length === 0) {
    reportUnknownModule(from, span, unit, finder)
    return
  }
  const whole = from.slice(0, -part.length - 1)
  const meant = nearest(part, parts)
  finder.report.add("A0206", span, `${whole} has no part ${part}`, {
    hint: meant === null ? `it has ${parts.join(", ")}` : `did you mean ${whole}/${meant}?`,
    fix: meant === null ? undefined : replaceText(span, `${whole}/${meant}`),
  })
}

export function reportUnknownModule(from: string, span: Span, unit: Unit, finder: Finder): void {
  const declared = finder.fetched.names(unit.module).filter((name) => !name.startsWith("std/"))
  const names = [...finder.standard.names().map((name) => `std/${name}`), ...declared]
  const bare = names.find((name) => name === `std/${from}`)
  const meant = bare ?? nearest(from, names)
  const looksLikeFile = from.endsWith(".appl")
  const named = splitModuleName(from)
  const isOwn = unit.module.name === ""
  const canBeAdded = named !== null && !named.name.startsWith("std/")
  const remedy = !isOwn
    ? `the module.json of ${unit.module.name} does not name it`
    : canBeAdded
      ? `\`appl module add ${named.name}\` adds it to this project`
      : `there are ${names.join(", ")}`
  finder.report.add("A0206", span, `there is no module ${from}`, {
    hint: looksLikeFile
      ? `a file of this project is written "./${from}"`
      : meant !== null
        ? `did you mean ${meant}?`
        : remedy,
    fix: looksLikeFile ? replaceText(span, `./${from}`) : meant !== null ? replaceText(span, meant) : undefined,
  })
}

export function reportMissingFile(from: string, path: string, span: Span, finder: Finder): void {
  const folder = folderOf(path)
  const beside = (finder.files.list(folder) ?? [])
    .map((file) => file.path)
    .filter((file) => file.endsWith(".appl") && !file.includes("/"))
  const name = path.slice(path.lastIndexOf("/") + 1)
  const meant = beside.includes(`${name}.appl`) ? `${name}.appl` : nearest(name, beside)
  const corrected = meant === null ? null : `${from.slice(0, from.lastIndexOf("/") + 1)}${meant}`
  finder.report.add("A0205", span, `there is no file ${path}`, {
    hint: corrected === null ? undefined : `did you mean "${corrected}"?`,
    fix: corrected === null ? undefined : replaceText(span, corrected),
  })
}

export function reportUnknownExport(
  name: tree.Name,
  unit: Unit,
  from: string,
  candidates: readonly string[],
  target: Unit | null,
  finder: Finder,
): void {
  if (name.text === "") return
  const meant = nearest(name.text, candidates)
  const span: Span = { source: unit.source, start: name.start, end: name.end }
  const declared = meant !== null && target !== null ? declaredNames(target.tree).get(meant) : undefined
  const others = modulesWith(finder.standard, name.text).filter((module) => module !== from)
  finder.report.add("A0207", span, `${from} has no ${name.text}`, {
    related:
      declared && target
        ? [{ message: "this is near", span: { source: target.source, start: declared.start, end: declared.end } }]
        : [],
    hint:
      meant !== null
        ? `did you mean ${meant}?`
        : others.length > 0
          ? `${others.join(" and ")} has it`
          : candidates.length > 0
            ? `it has ${candidates.join(", ")}`
            : undefined,
    fix: meant === null ? undefined : { title: `change to ${meant}`, edits: [{ span, text: meant }] },
  })
}

function replaceText(span: Span, text: string) {
  return { title: `change to "${text}"`, edits: [{ span, text: `"${text}"` }] }
}
