import { existsSync, readFileSync } from "node:fs"
import { basename, join } from "node:path"
import { applyEdits, modify } from "jsonc-parser"
import {
  type Description,
  emptyLock,
  type Lock,
  type LockedModules,
  projectFolder,
  type Report,
  readLock,
  readModuleDescription,
  readProjectDescription,
  type Source,
  showLock,
} from "../../lang/index.ts"
import { diskFiles } from "../files.ts"
import { readLockFile, writeSafely } from "../lock-file.ts"
import { type Result, refuse } from "../problem.ts"

/** The files of a project that say which modules it uses, as texts that are written together when all went well. */
export type ProjectFiles = {
  readonly root: string
  /** `appl.json`, or `module.json` of a module under development. */
  readonly path: string
  readonly text: string
  readonly lock: Lock
}

/** The project around `folder`; null when there is none. */
export function readProject(folder: string): Result<ProjectFiles | null> {
  const root = projectFolder(folder, diskFiles)
  if (root === null) return { ok: true, value: null }
  const path = existsSync(join(root, "module.json")) ? join(root, "module.json") : join(root, "appl.json")
  return withLock(root, path, readFileSync(path, "utf8"))
}

/** A project that is about to be made in `folder`. */
export function newProject(folder: string): Result<ProjectFiles> {
  return withLock(folder, join(folder, "appl.json"), '{\n  "dependencies": {}\n}\n')
}

/** What a project says, checked: null when it is broken, which is reported. */
export function describeProject(project: ProjectFiles, report: Report): Description | null {
  const source: Source = { path: project.path, text: project.text }
  return basename(project.path) === "module.json"
    ? readModuleDescription(source, report)
    : readProjectDescription(source, report)
}

/** The project with a dependency on `spec`, or with none on it (`spec` is null); its file keeps the way in which it is written. */
export function withDependency(project: ProjectFiles, name: string, spec: string | null): ProjectFiles {
  const edits = modify(project.text, ["dependencies", name], spec ?? undefined, {
    formattingOptions: { insertSpaces: true, tabSize: 2, eol: "\n" },
  })
  return { ...project, text: applyEdits(project.text, edits) }
}

/** Writes what changed: first the lock, so that a project never asks for what was not resolved. */
export function writeProject(before: ProjectFiles, after: ProjectFiles, modules: LockedModules): Result<null> {
  const lock: Lock = { ...after.lock, modules }
  const path = join(after.root, "appl.lock")
  if (showLock(lock) !== showLock(before.lock) || !existsSync(path)) {
    const written = writeSafely(path, showLock(lock))
    if (!written.ok) return written
  }
  return after.text === before.text && existsSync(after.path)
    ? { ok: true, value: null }
    : writeSafely(after.path, after.text)
}

function withLock(root: string, path: string, text: string): Result<ProjectFiles> {
  const lock_path = join(root, "appl.lock")
  const read = readLockFile(lock_path)
  if (!read.ok) return read
  if (read.value === null) return { ok: true, value: { root, path, text, lock: emptyLock } }
  const lock = readLock(read.value)
  if (lock.ok) return { ok: true, value: { root, path, text, lock: lock.value } }
  return refuse(`the lock file ${lock_path} is not one: ${lock.why}`, `take ${lock_path} back from version control`)
}
