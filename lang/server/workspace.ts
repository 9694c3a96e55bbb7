import { type Analysis, makeAnalysis } from "../editor/analysis.ts"
import type { Snapshot } from "../editor/snapshot.ts"
import type { Files } from "../text/files.ts"
import { folderOf, isInside, joinPath } from "../text/paths.ts"

/** The folders that are open in the editor, with an analysis for each project in them. Paths are absolute. */
export type Workspace = {
  addFolder(path: string): void
  removeFolder(path: string): void
  /** The text of an open document. */
  change(path: string, text: string): void
  close(path: string): void
  /** A file on the disk was written or made by somebody else. */
  written(path: string): void
  removed(path: string): void
  /** The analysis that a file belongs to; null for one that no project has. */
  analysisOf(path: string): Analysis | null
  snapshotOf(path: string): Snapshot | null
  readonly analyses: Iterable<Analysis>
  readonly open: ReadonlySet<string>
}

/** What the server is started with. */
export type Surroundings = {
  readonly files: Files
  /** The sources below a folder, as far as they are worth reading before anybody asks for them. */
  readonly sourcesBelow: (folder: string) => readonly string[]
  /** The folder of the standard modules. */
  readonly standard: string
  /** The folder of all fetched modules; null when there is none. */
  readonly modules: string | null
}

/** A workspace without folders. */
export function makeWorkspace({ files, sourcesBelow, standard, modules }: Surroundings): Workspace {
  const folders = new Set<string>()
  const projects = new Map<string, Analysis>()
  const open = new Set<string>()
  const rootOf = (path: string) => projectOf(path, folders, files)
  const project = (root: string): Analysis => {
    let analysis = projects.get(root)
    if (analysis === undefined) {
      analysis = makeAnalysis({ files, standard, root, cache: modules })
      projects.set(root, analysis)
    }
    return analysis
  }
  /** Sources of the standard modules are read by the projects that use them, and never edited. */
  const owner = (path: string): Analysis | null => {
    if (!isInside(standard, path)) return project(rootOf(path))
    return [...projects.values()].find((one) => one.snapshot().units.has(path)) ?? null
  }
  return {
    addFolder(path) {
      const folder = joinPath("/", path)
      if (folders.has(folder)) return
      folders.add(folder)
      for (const source of sourcesBelow(folder)) if (!isInside(standard, source)) project(rootOf(source)).read(source)
    },
    removeFolder(path) {
      const folder = joinPath("/", path)
      folders.delete(folder)
      for (const root of [...projects.keys()]) if (isInside(folder, root)) projects.delete(root)
    },
    change(path, text) {
      open.add(path)
      if (!isInside(standard, path)) project(rootOf(path)).change(path, text)
    },
    close(path) {
      open.delete(path)
      if (!isInside(standard, path)) project(rootOf(path)).close(path)
    },
    written(path) {
      if (!open.has(path) && !isHidden(path)) project(rootOf(path)).read(path)
    },
    removed(path) {
      if (!open.has(path)) project(rootOf(path)).remove(path)
    },
    analysisOf: owner,
    snapshotOf: (path) => owner(path)?.snapshot() ?? null,
    get analyses() {
      return projects.values()
    },
    open,
  }
}

/** What tools put away, and nobody edits. */
function isHidden(path: string): boolean {
  return /\/(?:node_modules|\.[^/]+)\//.test(path)
}

/** The nearest folder above with an `appl.json`, not above the workspace folder; without one that folder, or else the file's own. */
function projectOf(path: string, folders: ReadonlySet<string>, files: Files): string {
  const around = [...folders]
    .filter((folder) => isInside(folder, path))
    .sort((left, right) => right.length - left.length)
  const limit = around[0] ?? null
  for (let folder = folderOf(path); ; folder = folderOf(folder)) {
    if (files.read(joinPath(folder, "appl.json")) !== null) return folder
    if (folder === limit || folder === "/" || folder === folderOf(folder)) break
  }
  return limit ?? folderOf(path)
}
