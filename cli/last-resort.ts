import { readVersion } from "./installation.ts"
import type { Terminal } from "./terminal.ts"

/**
 * What happens with an exception that nobody caught: that is a bug, so it says so, with what a report needs. A reader that closed
 * the pipe early, as `head` does, is no bug and ends the process in silence.
 */
export function lastResort(terminal: Terminal): void {
  const handle = (reason: unknown) => {
    const error = reason instanceof Error ? reason : new Error(String(reason))
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
    handle(error)
  })
}
