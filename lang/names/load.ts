import type { Report } from "../report/diagnostic.ts"
import { nearest } from "../report/nearest.ts"
import { parse } from "../syntax/parse.ts"
import type * as tree from "../syntax/tree.ts"
import type { Files } from "../text/files.ts"
import { folderOf, isInside, joinPath } from "../text/paths.ts"
import type { Source, Span } from "../text/source.ts"
import { modulesWith, type Standard, standardModules } from "./standard.ts"
import type { Module, Program, Unit } from "./symbol.ts"

type Loader = {
  readonly files: Files
  readonly standard: Standard
  readonly report: Report
  /** By path as `Files` knows it. A file is entered before its imports are read, so that files may use each other. */
  readonly units: Map<string, Unit>
}

/**
 * Parses the entry and all that it uses. `standard` is the folder of the standard modules. A module reads only its own folder and
 * standard modules. Files that use each other are fine. Reports A0205 to A0208; what was not found is left out.
 */
export function load(entry: string, files: Files, standard: string, report: Report): Program {
  return loadAll([entry], folderOf(joinPath(".", entry)), files, standard, report)
}

/** As `load`, for several files of the project in the folder `root`, each with all that it uses; the first is the entry. */
export function loadAll(
  entries: readonly [string, ...string[]],
  root: string,
  files: Files,
  standard: string,
  report: Report,
): Program {
  const loader: Loader = { files, standard: standardModules(standard, files), report, units: new Map() }
  const project: Module = { name: "", root, exports: null }
  const [unit, ...others] = entries.map(
    (entry) => loadUnit(joinPath(".", entry), entry, project, loader, entry) ?? missingEntry(entry, project, report),
  )
  return {
    entry: unit!,
    units: [...new Set([unit!, ...others, ...loader.units.values()])],
    modulesWith: (name) => modulesWith(loader.standard, name),
  }
}

/** The names that a file declares at its top, with the name that declares each. */
export function declaredNames(file: tree.File): ReadonlyMap<string, tree.Name> {
  const names = new Map<string, tree.Name>()
  for (const item of file.items) {
    switch (item.kind) {
      case "let":
      case "function":
      case "type":
      case "service":
      case "appliance-class":
      case "cluster":
      case "host":
      case "network":
      case "params":
        if (item.name.text !== "" && !names.has(item.name.text)) names.set(item.name.text, item.name)
        if (item.kind === "type" && item.type.kind === "union-type") addVariants(item.type, names)
        if (item.kind === "type" && item.type.kind === "variant-type") names.set(item.type.name.text, item.type.name)
    }
  }
  return names
}

function addVariants(union: tree.UnionType, names: Map<string, tree.Name>): void {
  for (const alternative of union.alternatives) {
    if (alternative.kind === "variant-type") names.set(alternative.name.text, alternative.name)
  }
}

/** `named` is the path as it was given, where that is not `path` itself. */
function loadUnit(path: string, shown: string, module: Module, loader: Loader, named = path): Unit | null {
  const known = loader.units.get(path)
  if (known !== undefined) return known
  const bytes = loader.files.read(named)
  if (bytes === null) return null
  const source: Source = { path: shown, text: new TextDecoder().decode(bytes) }
  const imports = new Map<tree.Use, ReadonlyMap<string, Unit> | null>()
  const unit: Unit = { source, path, tree: parse(source, loader.report), module, imports }
  loader.units.set(path, unit)
  for (const item of unit.tree.items) {
    if (item.kind === "use") imports.set(item, importsOf(item, unit, loader))
  }
  return unit
}

function missingEntry(entry: string, module: Module, report: Report): Unit {
  const source: Source = { path: entry, text: "" }
  report.add("A0205", { source, start: 0, end: 0 }, `there is no file ${entry}`)
  const file: tree.File = { kind: "file", start: 0, end: 0, source, items: [], comments: [] }
  return { source, path: entry, tree: file, module, imports: new Map() }
}

function importsOf(use: tree.Use, unit: Unit, loader: Loader): ReadonlyMap<string, Unit> | null {
  const span: Span = { source: unit.source, start: use.from.start, end: use.from.end }
  const [from, ...rest] = use.from.parts
  if (typeof from !== "string" || rest.length > 0) {
    if (use.from.end > use.from.start) {
      loader.report.add("A0206", span, 'what `use` takes from is a plain text, such as "std/nginx" or "./shared.appl"')
    }
    return null
  }
  if (from.startsWith("std/")) return fromStandard(from, use, span, unit, loader)
  if (from.startsWith("./") || from.startsWith("../")) return fromFile(from, use, span, unit, loader)
  reportUnknownModule(from, span, loader)
  return null
}

/** Loads only the files of a module whose names are taken: all of them for a namespace. */
function fromStandard(
  from: string,
  use: tree.Use,
  span: Span,
  unit: Unit,
  loader: Loader,
): ReadonlyMap<string, Unit> | null {
  const module = loader.standard.module(from.slice("std/".length))
  if (module === null || module.exports === null) {
    reportUnknownModule(from, span, loader)
    return null
  }
  const taken = new Map<string, Unit>()
  const wanted = use.namespace ? [...module.exports.keys()] : use.names.map((used) => used.name.text)
  for (const name of wanted) {
    const file = module.exports.get(name)
    if (file === undefined) continue
    const found = loadUnit(joinPath(module.root, file), joinPath(from, file), module, loader)
    if (found === null) loader.report.add("A0205", span, `${from} says that ${name} is in ${file}, which is not there`)
    else taken.set(name, found)
  }
  for (const used of use.names) {
    if (!module.exports.has(used.name.text)) {
      reportUnknownExport(used.name, unit, from, [...module.exports.keys()], null, loader)
    }
  }
  return taken
}

function fromFile(
  from: string,
  use: tree.Use,
  span: Span,
  unit: Unit,
  loader: Loader,
): ReadonlyMap<string, Unit> | null {
  const path = joinPath(folderOf(unit.path), from)
  if (leavesModule(path, unit.module, loader.files)) {
    loader.report.add("A0208", span, `${from} is outside the folder of ${moduleName(unit.module)}`, {
      hint: "a module reads its own folder and standard modules only",
    })
    return null
  }
  const target = loadUnit(path, joinPath(folderOf(unit.source.path), from), unit.module, loader)
  if (target === null) {
    reportMissingFile(from, path, span, loader)
    return null
  }
  const declared = declaredNames(target.tree)
  for (const used of use.names) {
    if (used.name.text !== "" && !declared.has(used.name.text)) {
      reportUnknownExport(used.name, unit, from, [...declared.keys()], target, loader)
    }
  }
  return new Map([...declared.keys()].map((name) => [name, target]))
}

/** By the names, and by where links lead to. */
function leavesModule(path: string, module: Module, files: Files): boolean {
  if (!isInside(joinPath(module.root, "."), path)) return true
  const root = files.resolve(module.root)
  const real = files.resolve(path)
  return root !== null && real !== null && !isInside(root, real)
}

function moduleName(module: Module): string {
  return module.name === "" ? "this project" : module.name
}

function reportUnknownModule(from: string, span: Span, loader: Loader): void {
  const names = loader.standard.names().map((name) => `std/${name}`)
  const bare = names.find((name) => name === `std/${from}`)
  const meant = bare ?? nearest(from, names)
  const looksLikeFile = from.endsWith(".appl")
  loader.report.add("A0206", span, `there is no module ${from}`, {
    hint: looksLikeFile
      ? `a file of this project is written "./${from}"`
      : meant !== null
        ? `did you mean ${meant}?`
        : `there are ${names.join(", ")}`,
    fix: looksLikeFile ? replaceText(span, `./${from}`) : meant !== null ? replaceText(span, meant) : undefined,
  })
}

function reportMissingFile(from: string, path: string, span: Span, loader: Loader): void {
  const folder = folderOf(path)
  const beside = (loader.files.list(folder) ?? [])
    .map((file) => file.path)
    .filter((file) => file.endsWith(".appl") && !file.includes("/"))
  const name = path.slice(path.lastIndexOf("/") + 1)
  const meant = beside.includes(`${name}.appl`) ? `${name}.appl` : nearest(name, beside)
  const corrected = meant === null ? null : `${from.slice(0, from.lastIndexOf("/") + 1)}${meant}`
  loader.report.add("A0205", span, `there is no file ${path}`, {
    hint: corrected === null ? undefined : `did you mean "${corrected}"?`,
    fix: corrected === null ? undefined : replaceText(span, corrected),
  })
}

function reportUnknownExport(
  name: tree.Name,
  unit: Unit,
  from: string,
  candidates: readonly string[],
  target: Unit | null,
  loader: Loader,
): void {
  if (name.text === "") return
  const meant = nearest(name.text, candidates)
  const span: Span = { source: unit.source, start: name.start, end: name.end }
  const declared = meant !== null && target !== null ? declaredNames(target.tree).get(meant) : undefined
  const others = modulesWith(loader.standard, name.text).filter((module) => module !== from)
  loader.report.add("A0207", span, `${from} has no ${name.text}`, {
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
