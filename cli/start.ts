import { lastResort } from "./last-resort.ts"
import { run } from "./program.ts"
import { processTerminal } from "./terminal.ts"

/** Runs the command line of this process, and sets its exit code. */
export async function start(): Promise<void> {
  const terminal = processTerminal()
  lastResort(terminal)
  process.exitCode = await run(process.argv.slice(2), terminal)
}
