import { reasonOf } from "./files.ts"
import { readVersion } from "./installation.ts"
import { fail } from "./problem.ts"
import type { Terminal } from "./terminal.ts"

/** What the machine may refuse at any moment, by the name that the operating system gives it: no bug, and there is something to be done. */
const refusals: Readonly<Record<string, string>> = {
  ENOSPC: "make room on the disk, and run the command again",
  EDQUOT: "make room on the disk, and run the command again",
  EROFS: "make the place writable, or set XDG_STATE_HOME and APPL_CACHE to folders that are",
  EACCES: "make the place readable and writable, or set XDG_STATE_HOME and APPL_CACHE to folders that are",
  ENOTDIR: "set XDG_STATE_HOME and APPL_CACHE to folders that can be made",
}

/**
 * What happens with an exception that nobody caught: that is a bug, so it says so, with what a report needs. A reader that closed
 * the pipe early, as `head` does, is no bug and ends the process in silence; a full disk below the output is said.
 */
export function lastResort(terminal: Terminal): void {
  const handle = (reason: unknown) => {
    const error = reason instanceof Error ? reason : new Error(String(reason))
    const { code, path } = error as NodeJS.ErrnoException
    if (code !== undefined && Object.hasOwn(refusals, code)) {
      const where = path === undefined ? "what it has to write" : path
      fail(terminal, {}, { message: `${where}: ${reasonOf(error)}`, remedy: refusals[code]! })
      process.exit(1)
    }
    terminal.err(`this is a bug in appl: ${error.message}\n`)
    terminal.err(`  = hint: report it with the command that you ran, your .appl file, and these lines:\n`)
    terminal.err(`appl ${readVersion()}, Node ${process.versions.node}, ${process.platform} ${process.arch}\n`)
    terminal.err(`${error.stack ?? error.message}\n`)
    process.exit(1)
  }
  process.on("uncaughtException", handle)
  process.on("unhandledRejection", handle)
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0)
    terminal.err(`error: the standard output cannot be written: ${reasonOf(error)}\n`)
    process.exit(1)
  })
}
