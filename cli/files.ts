import { accessSync, constants, readdirSync, readFileSync, realpathSync, statSync } from "node:fs"
import { join, relative, sep } from "node:path"
import { type Result, refuse } from "./problem.ts"

/** The files of the disk, as `lang/` may see them. Structurally lang's `Files`. */
export const diskFiles = { read, list, resolve }

/** What lies at a path that a user named, links followed. Refused: what is neither a file nor a folder, and what may not be read. */
export function lookAt(path: string): Result<"file" | "folder" | "nothing"> {
  try {
    const found = statSync(path, { throwIfNoEntry: false })
    if (found === undefined) return { ok: true, value: "nothing" }
    // A pipe or a device might never end.
    if (!found.isFile() && !found.isDirectory()) return refuse(`${path} is neither a file nor a folder`, null)
    accessSync(path, constants.R_OK)
    return { ok: true, value: found.isFile() ? "file" : "folder" }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === "ENOTDIR") return { ok: true, value: "nothing" }
    if (code === "ELOOP") return refuse(`${path} is a link that leads back to itself`, null)
    return refuse(`${path} cannot be read: ${reasonOf(error)}`, "make it and the folders around it readable")
  }
}

/** True for a plain file, also behind a link: whether a link may be followed is for the reader of the list to decide. */
export function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** What the operating system said, without the call that said it. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/^[A-Z]+: /, "").replace(/, \w+(?: '.*)?$/, "") : String(error)
}

function read(path: string): Uint8Array | null {
  try {
    return statSync(path).isFile() ? readFileSync(path) : null
  } catch {
    return null
  }
}

function list(folder: string): { path: string; executable: boolean }[] | null {
  try {
    if (!statSync(folder).isDirectory()) return null
    return (
      pathsBelow(folder)
        ?.map((path) => ({ path: relative(folder, path).split(sep).join("/"), executable: isExecutable(path) }))
        .sort((left, right) => (left.path < right.path ? -1 : 1)) ?? null
    )
  } catch {
    return null
  }
}

const most_entries = 100_000

/**
 * The plain files below a folder, and the links in it to folders, which are not looked into: one may lead to the root of the disk, and two
 * that lead back make more paths than anybody can walk. Null when there is more than anybody means, as below the root of the disk.
 */
function pathsBelow(folder: string): string[] | null {
  const found: string[] = []
  const folders = [folder]
  let count = 0
  for (let inner = folders.pop(); inner !== undefined; inner = folders.pop()) {
    for (const entry of readdirSync(inner, { withFileTypes: true })) {
      if (++count > most_entries) return null
      const path = join(inner, entry.name)
      if (entry.isDirectory()) folders.push(path)
      else if (isFile(path) || (entry.isSymbolicLink() && isFolder(path))) found.push(path)
    }
  }
  return found
}

function resolve(path: string): string | null {
  try {
    return realpathSync(path)
  } catch {
    return null
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
