import { contentFolder, contentHash, moduleFiles } from "../modules/content.ts"
import { type Description, readModuleDescription } from "../modules/description.ts"
import type { LockedModule, LockedModules } from "../modules/lock.ts"
import type { Project } from "../modules/project.ts"
import { folderOfSpec, satisfies } from "../modules/specs.ts"
import type { Report } from "../report/diagnostic.ts"
import type { Files } from "../text/files.ts"
import { joinPath } from "../text/paths.ts"
import type { Span } from "../text/source.ts"
import type { Module } from "./symbol.ts"

/** The modules of a project that are no standard ones: they are found through its lock, in the cache, and never fetched. */
export type Fetched = {
  /**
   * The module that `user` means by `name`. Null when there is none: `undeclared` means that the user does not name it, and nothing was
   * reported; for all else the reason is reported, once for each module.
   */
  find(name: string, user: Module, span: Span): Module | "undeclared" | null
  /** Forgets which modules were not found, so that the reason is reported again. */
  retry(): void
  /** The names that a module may use, beside those of the standard modules. */
  names(user: Module): readonly string[]
}

/** `cache` is the folder of all fetched modules; null: there is none, so that no module is here. */
export function fetchedModules(
  project: Project,
  itself: Module,
  cache: string | null,
  files: Files,
  report: Report,
): Fetched {
  const modules = new Map<string, Module | null>()
  const described = new Map<Module, Description>()
  if (project.description !== null) described.set(itself, project.description)
  reportChangedFolders(project, files, report)
  return {
    retry() {
      for (const [name, module] of modules) if (module === null) modules.delete(name)
    },
    find(name, user, span) {
      const description = described.get(user)
      if (description === undefined) return "undeclared"
      if (description.name === name) return user === itself ? ownExports(itself, description) : user
      const asked = description.dependencies.get(name)
      if (asked === undefined) return "undeclared"
      const known = modules.get(name)
      if (known !== undefined) return known
      modules.set(name, null)
      if (project.locked === null) return null
      const locked = lockedModule(project.locked, name)
      const related = [
        { message: `${user.name === "" ? "it is" : `${user.name} has it`} asked for here`, span: asked.span },
      ]
      if (locked === null) {
        report.add("A0233", span, `${name} was not fetched yet`, { related, hint: "run `appl module install`" })
        return null
      }
      if (!satisfies(locked.version, asked.spec)) {
        report.add("A0235", asked.span, `${name} is locked at ${locked.version}, which is not ${asked.spec}`, {
          hint: "run `appl module install`",
        })
        return null
      }
      const root = cache === null ? null : contentFolder(cache, locked.sha256)
      const found = root === null ? null : readFetched(name, root, locked.sha256, span, files, report)
      if (found === "absent" || root === null) {
        report.add("A0233", span, `${name} ${locked.version} is not in the cache of this machine`, {
          related,
          hint: "run `appl module install`",
        })
        return null
      }
      if (found === null) return null
      const module: Module = { name, root, exports: found.exports, parts: found.parts }
      described.set(module, found)
      modules.set(name, module)
      return module
    },
    names: (user) => [...(described.get(user)?.dependencies.keys() ?? [])],
  }
}

/** A module under development, as its own tests and documents use it by its name. */
function ownExports(itself: Module, description: Description): Module {
  return { name: itself.name, root: itself.root, exports: description.exports, parts: description.parts }
}

/** What was fetched never changes in its folder, so its hash is computed once for as long as the files are the same object. */
const known_hashes = new WeakMap<Files, Map<string, string>>()

function readFetched(
  name: string,
  root: string,
  hash: string,
  span: Span,
  files: Files,
  report: Report,
): Description | "absent" | null {
  const bytes = files.read(joinPath(root, "module.json"))
  if (bytes === null) return "absent"
  const hashes = known_hashes.get(files) ?? new Map<string, string>()
  known_hashes.set(files, hashes)
  const actual = hashes.get(root) ?? contentHash(moduleFiles(root, files) ?? [])
  if (actual !== hash) {
    report.add("A0236", span, `the copy of ${name} in the cache is not what was locked`, {
      hint: "run `appl module install`, which fetches it again",
    })
    return null
  }
  hashes.set(root, actual)
  const source = { path: `${name}/module.json`, text: new TextDecoder().decode(bytes) }
  const description = readModuleDescription(source, report)
  if (description === null || description.name === name) return description
  report.add("A0242", description.spanOf("name"), `what is locked as ${name} says that it is ${description.name}`)
  return null
}

/** A module may be named like what every object has, such as `constructor`. */
function lockedModule(locked: LockedModules, name: string): LockedModule | null {
  return Object.hasOwn(locked, name) ? locked[name]! : null
}

/** A folder that a project names is looked at where it is, since whoever works on it would wonder why nothing changes. */
function reportChangedFolders(project: Project, files: Files, report: Report): void {
  for (const [name, asked] of project.description?.dependencies ?? []) {
    const folder = folderOfSpec(asked.spec)
    const locked = lockedModule(project.locked ?? {}, name)
    if (folder === null || locked === null || locked.spec !== asked.spec) continue
    const now = moduleFiles(joinPath(project.root, folder), files)
    if (now === null || contentHash(now) === locked.sha256) continue
    report.add("A0239", asked.span, `${folder} is no longer what was locked as ${name}`, {
      hint: `\`appl module update ${name}\` takes it as it is now`,
    })
  }
}
