import type { Files } from "../text/files.ts"
import { joinPath } from "../text/paths.ts"
import type { Module } from "./symbol.ts"

/** The modules that ship with the program: `std/nginx` is the folder `<root>/nginx`. Each is read at most once. */
export type Standard = {
  /** A module by its name without `std/`; null when there is none, or its `module.json` is no such description. */
  module(name: string): Module | null
  /** All names without `std/`, sorted. */
  names(): readonly string[]
}

/** The standard modules below the folder `root`. */
export function standardModules(root: string, files: Files): Standard {
  const modules = new Map<string, Module | null>()
  let names: readonly string[] | null = null
  return {
    module(name) {
      let found = modules.get(name)
      if (found === undefined) {
        found = readModule(name, joinPath(root, name), files)
        modules.set(name, found)
      }
      return found
    },
    names() {
      names ??= (files.list(root) ?? [])
        .filter((file) => file.path.endsWith("/module.json") && file.path.split("/").length === 2)
        .map((file) => file.path.split("/")[0]!)
      return names
    },
  }
}

/** The standard modules that export `name`, as they are written in a `use`. */
export function modulesWith(standard: Standard, name: string): readonly string[] {
  return standard
    .names()
    .filter((module) => standard.module(module)?.exports?.has(name))
    .map((module) => `std/${module}`)
}

function readModule(name: string, root: string, files: Files): Module | null {
  const bytes = files.read(joinPath(root, "module.json"))
  if (bytes === null) return null
  const exports = exportsOf(parseJson(new TextDecoder().decode(bytes)))
  return exports === null ? null : { name: `std/${name}`, root, exports }
}

function exportsOf(description: unknown): ReadonlyMap<string, string> | null {
  if (!isObject(description) || !isObject(description.exports)) return null
  const exports = Object.entries(description.exports)
  if (!exports.every((entry): entry is [string, string] => typeof entry[1] === "string")) return null
  return new Map(exports)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
