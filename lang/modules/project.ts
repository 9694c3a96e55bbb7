import type { Report } from "../report/diagnostic.ts"
import type { Files } from "../text/files.ts"
import { joinPath } from "../text/paths.ts"
import type { Source } from "../text/source.ts"
import { type Description, readModuleDescription, readProjectDescription } from "./description.ts"
import { type LockedModules, readLockedModules } from "./lock.ts"

/** The folder that a file belongs to, as a whole: nothing of it reads outside, and its dependencies stand in one place. */
export type Project = {
  readonly root: string
  /** What its `appl.json` or, when it is a module itself, its `module.json` says; null: there is neither, or it is broken. */
  readonly description: Description | null
  /** Null: its lock cannot be read, which was reported. */
  readonly locked: LockedModules | null
}

/**
 * The project of a folder: the nearest one around it that has an `appl.json` or a `module.json`, else the folder itself. Reports what is
 * wrong with these files and with the modules of its lock: A0230 to A0232, and A0234.
 */
export function findProject(folder: string, files: Files, report: Report): Project {
  const root = projectFolder(folder, files)
  if (root === null) return { root: folder, description: null, locked: {} }
  const project = sourceOf(joinPath(root, "appl.json"), files)
  const module = sourceOf(joinPath(root, "module.json"), files)
  if (project !== null && module !== null) {
    report.add(
      "A0234",
      { source: project, start: 0, end: 0 },
      `${root === "." ? "this folder" : root} has an appl.json and a module.json`,
      {
        hint: "a module names its dependencies in module.json: take appl.json away",
      },
    )
    return { root, description: null, locked: {} }
  }
  const description = module !== null ? readModuleDescription(module, report) : readProjectDescription(project!, report)
  const lock = sourceOf(joinPath(root, "appl.lock"), files)
  const locked = lock === null ? {} : readLockedModules(lock.text)
  if (lock !== null && locked === null) {
    report.add("A0234", { source: lock, start: 0, end: 0 }, `${lock.path} does not say which modules there are`, {
      hint: "take it back from version control, or take its `modules` away and run `appl module install`",
    })
  }
  return { root, description, locked }
}

/** The nearest folder, from `folder` upwards, with an `appl.json` or a `module.json`. */
export function projectFolder(folder: string, files: Files): string | null {
  let before: string | null = null
  for (let at = joinPath(folder, "."); ; at = joinPath(at, "..")) {
    if (files.read(joinPath(at, "appl.json")) !== null || files.read(joinPath(at, "module.json")) !== null) return at
    const real = files.resolve(at)
    // The root of the disk is its own parent.
    if (real === null || real === before) return null
    before = real
  }
}

function sourceOf(path: string, files: Files): Source | null {
  const bytes = files.read(path)
  return bytes === null ? null : { path, text: new TextDecoder().decode(bytes) }
}
