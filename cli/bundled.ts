import { startupSnapshot } from "node:v8"
import { run } from "./program.ts"
import { start } from "./start.ts"
import type { Terminal } from "./terminal.ts"

const silent: Terminal = {
  out: () => {},
  err: (text) => void process.stderr.write(text),
  asks: false,
  live: false,
  colors: { out: "never", err: "never" },
  width: 120,
}

/**
 * Where the bundle of scripts/build.ts starts. Run as it is, it is the command. While a V8 start-up snapshot is built from it, it does
 * what most commands begin with, so that the snapshot has the grammar analysed and these functions compiled; a process that is started
 * from the snapshot goes on from there with its own command line, environment and terminal.
 */
if (startupSnapshot.isBuildingSnapshot()) {
  startupSnapshot.setDeserializeMainFunction(() => void start())
  void warmUp(process.argv.slice(2))
} else {
  void start()
}

/** Checks each of `files`; what is wrong with one is printed and ends the build. */
async function warmUp(files: readonly string[]): Promise<void> {
  for (const file of files) if ((await run(["check", file], silent)) !== 0) process.exit(1)
}
