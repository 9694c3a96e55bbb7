import { standardModules } from "../names/standard.ts"
import type { Unit } from "../names/symbol.ts"
import { makeReport } from "../report/report.ts"
import { parse } from "../syntax/parse.ts"
import type * as tree from "../syntax/tree.ts"
import type { Files } from "../text/files.ts"
import { folderOf, joinPath } from "../text/paths.ts"
import type { TextEdit } from "./places.ts"
import type { Snapshot } from "./snapshot.ts"

/** A name that a `use` could take. */
export type Export = {
  readonly name: string
  /** As it is written: `std/nginx`, `./shared.appl`. */
  readonly from: string
  readonly kind: tree.Item["kind"]
  readonly doc: string | null
}

/** The modules that a `use` may name. */
export function moduleNames(snapshot: Snapshot): readonly string[] {
  const standard = standardModules(snapshot.standard, snapshot.files)
  return standard.names().map((name) => `std/${name}`)
}

/** What a module or file gives to a `use` in a unit. */
export function exportsOf(snapshot: Snapshot, unit: Unit, from: string): readonly Export[] {
  if (from.startsWith("std/")) return standardExports(snapshot).filter((one) => one.from === from)
  const target = snapshot.units.get(joinPath(folderOf(unit.path), from))
  return target === undefined ? [] : exportsIn(target.tree, from)
}

/** Every name that is declared in a standard module or in another file of the project. */
export function importable(snapshot: Snapshot, unit: Unit): readonly Export[] {
  const others = [...snapshot.units.values()].filter((other) => other !== unit && other.module === unit.module)
  return [
    ...standardExports(snapshot),
    ...others.flatMap((other) => exportsIn(other.tree, relativePath(folderOf(unit.path), other.path))),
  ]
}

/** The change that takes a name with `use`: joins one from there, else a line of its own below the others. */
export function importEdit(unit: Unit, name: string, from: string): TextEdit {
  const uses = unit.tree.items.filter((item) => item.kind === "use")
  const same = uses.find((use) => use.from.parts[0] === from && use.names.length > 0)
  const at = (offset: number, text: string): TextEdit => ({ path: unit.path, start: offset, end: offset, text })
  if (same !== undefined) return at(same.names.at(-1)!.end, `, ${name}`)
  const line = `use { ${name} } from "${from}"`
  const last = uses.at(-1)
  return last === undefined ? at(0, `${line}\n\n`) : at(last.end, `\n${line}`)
}

/** A path as a file names it that stands in `folder`. */
export function relativePath(folder: string, path: string): string {
  const from = folder === "." ? [] : folder.split("/")
  const to = path.split("/")
  let shared = 0
  while (shared < from.length && from[shared] === to[shared]) shared++
  const up = from.slice(shared).map(() => "..")
  return [...(up.length === 0 ? ["."] : up), ...to.slice(shared)].join("/")
}

/** What ships with the program does not change while it runs. */
const read = new WeakMap<Files, readonly Export[]>()

function standardExports(snapshot: Snapshot): readonly Export[] {
  const known = read.get(snapshot.files)
  if (known !== undefined) return known
  const { files } = snapshot
  const standard = standardModules(snapshot.standard, files)
  const found = standard.names().flatMap((name) => {
    const module = standard.module(name)
    const exported = module?.exports ?? new Map<string, string>()
    return [...new Set(exported.values())].flatMap((file) => {
      const bytes = files.read(joinPath(module!.root, file))
      if (bytes === null) return []
      const parsed = parse({ path: file, text: new TextDecoder().decode(bytes) }, makeReport())
      return exportsIn(parsed, `std/${name}`).filter((one) => exported.get(one.name) === file)
    })
  })
  read.set(files, found)
  return found
}

function exportsIn(file: tree.File, from: string): readonly Export[] {
  return file.items.flatMap((item) => {
    if (item.kind === "use" || !("name" in item) || item.name?.kind !== "name" || item.name.text === "") return []
    return [{ name: item.name.text, from, kind: item.kind, doc: "doc" in item ? (item.doc ?? null) : null }]
  })
}
