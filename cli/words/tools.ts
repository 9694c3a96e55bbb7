import type { Command } from "commander"
import type { Terminal } from "../terminal.ts"
import { examples } from "./options.ts"

/** What looks for more than mistakes. */
export function addToolCommands(program: Command, terminal: Terminal, done: (code: number) => void): void {
  program
    .command("lint [paths...]")
    .description("say what could be better in files, and those below folders; all of this folder without a path")
    .option("--strict", "exit with 1 for a warning too, not only for an error")
    .option("--fix", "mend what a machine can mend")
    .option("--rules", "list the rules and how strict each is here")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
A rule is made stricter or silenced in appl.json, { "lint": { "no-logs": "off" } }, and where it does not fit by a comment:
  # lint: allow hard-coded-address because the resolver is given by law
${examples("appl lint", "appl lint --fix office.appl", "appl explain A1004")}`,
    )
    .action(async (paths, options) => done(await (await import("../commands/lint.ts")).lint(paths, options, terminal)))
}
