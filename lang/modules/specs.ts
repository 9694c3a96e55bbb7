import { versions } from "../text/libraries.ts"
import { moduleName } from "./schemas.ts"

/** What `use` takes from, in its parts: `web-kit/tls` is the part `tls` of the module `web-kit`. Null: not the name of a module. */
export function splitModuleName(from: string): { readonly name: string; readonly part: string | null } | null {
  const match = /^((?:std\/|@[^/]+\/)?[^/]+)(?:\/([^/]+))?$/.exec(from)
  if (match === null) return null
  const name = match[1]!
  return isModuleName(name) || name.startsWith("std/") ? { name, part: match[2] ?? null } : null
}

/** Whether a text can be the name of a module that is fetched. */
export function isModuleName(text: string): boolean {
  return new RegExp(moduleName).test(text) && text !== "std" && !text.startsWith("@std/")
}

/** Whether what a dependency asks for is a range of versions (also a single one), and no place to get it from. */
export function isRange(spec: string): boolean {
  return versions().validRange(spec) !== null
}

/** Whether a version is one that a dependency asks for; what names a place takes whatever version is there. */
export function satisfies(version: string, spec: string): boolean {
  return !isRange(spec) || versions().satisfies(version, spec, { includePrerelease: false })
}

/** Whether a spec names a file or folder of this machine, which only a project may do: a module knows nothing of its user's disk. */
export function isLocal(spec: string): boolean {
  return /^(?:file:|link:|\.{0,2}\/|~\/|[A-Za-z]:[\\/])/.test(spec) || spec === "." || spec === ".."
}

/** The folder that a dependency names, relative to the project; null for all else. */
export function folderOfSpec(spec: string): string | null {
  if (!isLocal(spec) || /\.(?:tgz|tar|tar\.gz)$/i.test(spec)) return null
  return spec.replace(/^(?:file|link):(?:\/\/(?=\/))?/, "")
}
