import { createHash } from "node:crypto"
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs"
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

/** Writes a file so that a crash leaves the old or the new one, never half: a temporary file, fsync, rename. */
export function writeSafely(path: string, text: string): Result<null> {
  const temporary = `${path}.${process.pid}.tmp`
  try {
    mkdirSync(dirname(path), { recursive: true })
    const file = openSync(temporary, "w", 0o644)
    try {
      writeSync(file, text)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(temporary, path)
    return { ok: true, value: null }
  } catch (error) {
    return refuse(`${path} cannot be written: ${reasonOf(error)}`, "make its folder writable, or name another path")
  }
}

/** What the operating system said, without the call that said it. */
function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/^[A-Z]+: /, "").replace(/, \w+ '.*$/, "") : String(error)
}
