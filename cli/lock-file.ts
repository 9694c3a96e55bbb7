import { createHash, randomUUID } from "node:crypto"
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { basename, dirname, join, resolve } from "node:path"
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
    mkdirSync(dirname(path), { recursive: true })
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
    rmSync(temporary, { force: true })
    return refuse(`${path} cannot be written: ${reasonOf(error)}`, "make its folder writable, or name another path")
  }
}

/** What the operating system said, without the call that said it. */
function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/^[A-Z]+: /, "").replace(/, \w+ '.*$/, "") : String(error)
}
