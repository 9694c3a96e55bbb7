import type { Command } from "commander"
import type { Terminal } from "../terminal.ts"
import { examples, wholeNumber } from "./options.ts"

/** What looks into what a cluster becomes: its tests, where its values come from, and values by hand. */
export function addTestCommands(program: Command, terminal: Terminal, done: (code: number) => void): void {
  program
    .command("test [paths...]")
    .description("run the tests of files, and of those below folders; without a path, below this one")
    .option("--filter <text>", "only tests whose name has this text in it")
    .option("--update", "write the golden plans anew, into the folder golden beside each file")
    .option("--junit <path>", "write a report in JUnit's XML too")
    .option("--limit <count>", "how many things, elements and entries each cluster may make", wholeNumber)
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      examples(
        "appl test",
        'appl test office.appl --filter "reachable"',
        "appl test --update",
        "appl test --junit report.xml",
      ),
    )
    .action(async (paths, options) => done(await (await import("../commands/test.ts")).test(paths, options, terminal)))
}
