import { createHash, randomUUID } from "node:crypto"
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs"
import { basename, dirname, join, resolve } from "node:path"
import { reasonOf } from "./files.ts"
import { type Result, refuse } from "./problem.ts"
import { simulatedFolder } from "./state.ts"

type LockOptions = { readonly lock?: string; readonly simulated?: boolean }

/**
 * The path of the lock: `--lock`, else `appl.lock` beside the file. What a simulated host resolves is made up and must not reach the
 * lock of the real one, so `--simulated` keeps its own beside the state of that host.
 */
export function lockPath(file: string, options: LockOptions): string {
  if (options.lock !== undefined) return options.lock
  if (options.simulated !== true) return join(dirname(file), "appl.lock")
  const digest = createHash("sha256").update(resolve(file)).digest("hex").slice(0, 16)
  return join(simulatedFolder(), "locks", `${basename(file, ".appl")}-${digest}.lock`)
}

/** The text of the lock, or null when there is none yet. */
export function readLockFile(path: string): Result<string | null> {
  try {
    return { ok: true, value: readFileSync(path, "utf8") }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { ok: true, value: null }
    return refuse(`the lock file ${path} cannot be read: ${reasonOf(error)}`, "name another one with --lock")
  }
}

/**
 * Writes a file so that a crash or a full disk leaves the old or the new one, never half: a temporary file, fsync, rename. The temporary
 * file is made anew under a name that nobody knows before, so that no link of somebody else's in a shared folder is followed.
 */
export function writeSafely(path: string, content: string | Uint8Array, mode = 0o644): Result<null> {
  const temporary = `${path}.${randomUUID()}.tmp`
  try {
    makeFolder(dirname(path))
    const file = openSync(temporary, "wx", mode)
    try {
      writeFileSync(file, content)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(temporary, path)
    return { ok: true, value: null }
  } catch (error) {
    if (existsSync(temporary)) rmSync(temporary)
    return refuse(`${path} cannot be written: ${reasonOf(error)}`, writeRemedy(error))
  }
}

/**
 * Makes a folder and those around it; throws what the operating system says. Node's own `recursive` tries for ever where the system denies
 * that there is what is there, as in /proc.
 */
function makeFolder(path: string): void {
  try {
    mkdirSync(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === "EEXIST" && statSync(path).isDirectory()) return
    if (code !== "ENOENT" || dirname(path) === path || existsSync(dirname(path))) throw error
    makeFolder(dirname(path))
    mkdirSync(path)
  }
}

function writeRemedy(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  return code === "ENOSPC" || code === "EDQUOT"
    ? "make room on its disk, or name another path"
    : "make its folder writable, or name another path"
}
