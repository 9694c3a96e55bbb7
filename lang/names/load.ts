import type { Description } from "../modules/description.ts"
import { findProject } from "../modules/project.ts"
import { splitModuleName } from "../modules/specs.ts"
import type { Report } from "../report/diagnostic.ts"
import { parse } from "../syntax/parse.ts"
import type * as tree from "../syntax/tree.ts"
import type { Files } from "../text/files.ts"
import { folderOf, isInside, joinPath } from "../text/paths.ts"
import type { Source, Span } from "../text/source.ts"
import { declaredNames } from "./declared-names.ts"
import { fetchedModules } from "./fetched.ts"
import {
  type Finder,
  moduleName,
  reportMissingExport,
  reportMissingFile,
  reportUnknownExport,
  reportUnknownModule,
  reportUnknownPart,
} from "./not-found.ts"
import { modulesWith, standardModules } from "./standard.ts"
import type { Module, Program, Unit } from "./symbol.ts"

type Loader = Finder & {
  readonly parse: (source: Source, path: string) => tree.File
  /** By path with all links resolved. A file is entered before its imports are read, so that files may use each other. */
  readonly units: Map<string, Unit>
}

/** A project whose files are read as they are asked for. */
export type Loading = {
  /** All units that were read so far. */
  units(): Iterable<Unit>
  /** The unit of a file of the project, and all that it uses; null when there is no such file. */
  open(path: string): Unit | null
  /** Finds again what a unit uses, after its tree was changed or the names of what it uses. */
  relink(unit: Unit): void
  /** What stands for the entry of a project without sources. */
  nothing(): Unit
  programOf(entries: readonly [Unit, ...Unit[]]): Program
}

/** As `loadAll`, file by file; `parse` gives the trees. */
export function startLoading(input: LoadInput, parse: Loader["parse"], report: Report): Loading {
  const { loader, project } = makeLoader({ ...input, root: joinPath(input.root, ".") }, parse, report)
  return {
    units: () => loader.units.values(),
    open: (path) => loadUnit(joinPath(".", path), path, project, loader, path),
    relink(unit) {
      loader.fetched.retry()
      link(unit, loader)
    },
    nothing: () => emptyUnit("", project),
    programOf: (entries) => programOf(entries, loader),
  }
}

/** Where a project is, and what is around it. */
export type LoadInput = {
  readonly root: string
  readonly files: Files
  /** The folder of the standard modules. */
  readonly standard: string
  /** The folder of all fetched modules; null when there is none. */
  readonly cache: string | null
}

/**
 * Parses the entry and all that it uses. `standard` is the folder of the standard modules, `cache` that of all fetched ones. A module
 * reads only its own folder and the modules that it names. Files that use each other are fine. Reports A0205 to A0208 and A0230 to
 * A0242; what was not found is left out.
 */
export function load(
  entry: string,
  files: Files,
  standard: string,
  report: Report,
  cache: string | null = null,
): Program {
  return loadAll([entry], folderOf(joinPath(".", entry)), files, standard, report, cache)
}

/**
 * As `load`, for several files of the project that the folder `root` belongs to, each with all that it uses; the first is the entry.
 */
export function loadAll(
  entries: readonly [string, ...string[]],
  root: string,
  files: Files,
  standard: string,
  report: Report,
  cache: string | null = null,
): Program {
  const { loader, project } = makeLoader(
    { root: joinPath(root, "."), files, standard, cache },
    (source) => parse(source, report),
    report,
  )
  const [unit, ...others] = entries.map(
    (entry) => loadUnit(joinPath(".", entry), entry, project, loader, entry) ?? missingEntry(entry, project, report),
  )
  return programOf([unit!, ...others], loader)
}

/**
 * Parses everything that the module in a folder exports, as a program whose entry is the first of its files. Reports what `load` does,
 * and A0237 for an export that is not there. Null when the folder has no `module.json` that can be read, which is reported.
 */
export function loadModule(
  root: string,
  files: Files,
  standard: string,
  report: Report,
  cache: string | null = null,
): { readonly program: Program; readonly description: Description } | null {
  const folder = joinPath(root, ".")
  const { loader, project, description } = makeLoader(
    { root: folder, files, standard, cache },
    (source) => parse(source, report),
    report,
  )
  if (description === null || project.root !== folder || description.name === "") {
    if (!report.failed) {
      const source: Source = { path: joinPath(folder, "module.json"), text: "" }
      report.add("A0234", { source, start: 0, end: 0 }, `${folder} is no module: it has no module.json`, {
        hint: "`appl module new NAME` makes a module",
      })
    }
    return null
  }
  const units: Unit[] = []
  for (const { path, name, file } of exportsOf(description)) {
    const target = joinPath(folder, file)
    const unit = leavesModule(target, project, files) ? null : loadUnit(target, target, project, loader)
    if (unit === null) report.add("A0237", description.spanOf("exports", ...path), `there is no file ${file}`)
    else {
      units.push(unit)
      if (!declaredNames(unit.tree).has(name))
        reportMissingExport(name, file, unit, description.spanOf("exports", ...path), report)
    }
  }
  return {
    program: programOf(units.length > 0 ? units : [emptyUnit(joinPath(folder, "module.json"), project)], loader),
    description,
  }
}

/** Every export of a module: where it stands in `module.json`, its name and its file. */
function exportsOf(description: Description): { path: readonly string[]; name: string; file: string }[] {
  const own = [...description.exports].map(([name, file]) => ({ path: [name], name, file }))
  const parts = [...description.parts].flatMap(([part, names]) =>
    [...names].map(([name, file]) => ({ path: [part, name], name, file })),
  )
  return [...own, ...parts]
}

function makeLoader({ root, files, standard, cache }: LoadInput, parse: Loader["parse"], report: Report) {
  const found = findProject(root, files, report)
  const project: Module = { name: "", root: found.root, exports: null }
  const loader: Loader = {
    files,
    standard: standardModules(standard, files),
    fetched: fetchedModules(found, project, cache, files, report),
    report,
    parse,
    units: new Map(),
  }
  return { loader, project, description: found.description }
}

function programOf(entries: readonly Unit[], loader: Loader): Program {
  return {
    entry: entries[0]!,
    units: [...new Set([...entries, ...loader.units.values()])],
    modulesWith: (name) => modulesWith(loader.standard, name),
  }
}

/** `named` is the path as it was given, where that is not `path` itself. */
function loadUnit(path: string, shown: string, module: Module, loader: Loader, named = path): Unit | null {
  const key = loader.files.resolve(named) ?? path
  const known = loader.units.get(key)
  if (known !== undefined) return known
  const bytes = loader.files.read(named)
  if (bytes === null) return null
  const source: Source = { path: shown, text: new TextDecoder().decode(bytes) }
  const imports = new Map<tree.Use, ReadonlyMap<string, Unit> | null>()
  const unit: Unit = { source, path, tree: loader.parse(source, path), module, imports, uses: new Set() }
  loader.units.set(key, unit)
  link(unit, loader)
  return unit
}

function link(unit: Unit, loader: Loader): void {
  const imports = unit.imports as Map<tree.Use, ReadonlyMap<string, Unit> | null>
  imports.clear()
  usesOf(unit).clear()
  for (const item of unit.tree.items) if (item.kind === "use") imports.set(item, importsOf(item, unit, loader))
}

function usesOf(unit: Unit): Set<Unit> {
  return unit.uses as Set<Unit>
}

function missingEntry(entry: string, module: Module, report: Report): Unit {
  const unit = emptyUnit(entry, module)
  report.add("A0205", { source: unit.source, start: 0, end: 0 }, `there is no file ${entry}`)
  return unit
}

function emptyUnit(path: string, module: Module): Unit {
  const source: Source = { path, text: "" }
  const file: tree.File = { kind: "file", start: 0, end: 0, source, items: [], comments: [] }
  return { source, path, tree: file, module, imports: new Map(), uses: new Set() }
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
  if (from.startsWith("./") || from.startsWith("../")) return fromFile(from, use, span, unit, loader)
  const named = splitModuleName(from)
  const module =
    named === null
      ? "undeclared"
      : named.name.startsWith("std/")
        ? (loader.standard.module(named.name.slice("std/".length)) ?? "undeclared")
        : loader.fetched.find(named.name, unit.module, span)
  if (module === null) return null
  if (named === null || module === "undeclared") {
    reportUnknownModule(from, span, unit, loader)
    return null
  }
  return fromModule(from, module, named.part, use, span, unit, loader)
}

/** Loads only the files of a module whose names are taken: all of them for a namespace. */
function fromModule(
  from: string,
  module: Module,
  part: string | null,
  use: tree.Use,
  span: Span,
  unit: Unit,
  loader: Loader,
): ReadonlyMap<string, Unit> | null {
  const exports = part === null ? module.exports : module.parts?.get(part)
  if (exports === null || exports === undefined) {
    reportUnknownPart(from, module, part, span, unit, loader)
    return null
  }
  const taken = new Map<string, Unit>()
  const wanted = use.namespace ? [...exports.keys()] : use.names.map((used) => used.name.text)
  for (const name of wanted) {
    const file = exports.get(name)
    if (file === undefined) continue
    const path = joinPath(module.root, file)
    const shown = module.name === "" ? path : joinPath(module.name, file)
    // A module under development is the project itself, whose files are one whichever way they are used.
    const owner = module.root === unit.module.root ? unit.module : module
    const found = leavesModule(path, module, loader.files) ? null : loadUnit(path, shown, owner, loader)
    if (found === null) loader.report.add("A0205", span, `${from} says that ${name} is in ${file}, which is not there`)
    else {
      usesOf(unit).add(found)
      taken.set(name, found)
    }
  }
  for (const used of use.names) {
    if (!exports.has(used.name.text)) reportUnknownExport(used.name, unit, from, [...exports.keys()], null, loader)
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
      hint: "a module reads its own folder and the modules that it names",
    })
    return null
  }
  const target = loadUnit(path, joinPath(folderOf(unit.source.path), from), unit.module, loader)
  if (target === null) {
    reportMissingFile(from, path, span, loader)
    return null
  }
  usesOf(unit).add(target)
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
