import { lastResort } from "./last-resort.ts"
import { run } from "./program.ts"
import { processTerminal } from "./terminal.ts"

const terminal = processTerminal()
lastResort(terminal)
process.exitCode = await run(process.argv.slice(2), terminal)
