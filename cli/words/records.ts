import type { Command } from "commander"
import type { Terminal } from "../terminal.ts"
import { compiling, examples, wholeNumber } from "./options.ts"

/** What looks at and mends what hosts remember of a cluster. */
export function addRecordCommands(program: Command, terminal: Terminal, done: (code: number) => void): void {
  compiling(program.command("history <file> [run]"))
    .description("say who changed the cluster and when, or what one run did")
    .option("-n, --number <count>", "how many runs, the latest first (20)", wholeNumber)
    .addHelpText("after", examples("appl history office.appl", "appl history office.appl 3f9a1c02"))
    .action(async (file, run, options) =>
      done(await (await import("../commands/history.ts")).history(file, run, options, terminal)),
    )
  compiling(program.command("repair <file>"))
    .description("write records again that hosts have lost, from what is there")
    .option("--set-aside", "forget the lost records of appliances, so that the next apply makes them anew")
    .option("-y, --yes", "do not ask")
    .option("--dry-run", "only say what would be written; exit with 2 when there is something to write")
    .addHelpText("after", examples("appl repair office.appl --dry-run"))
    .action(async (file, options) =>
      done(await (await import("../commands/repair.ts")).repair(file, options, terminal)),
    )
}
