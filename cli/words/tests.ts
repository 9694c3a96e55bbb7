import type { Command } from "commander"
import type { Terminal } from "../terminal.ts"
import { compiling, examples, wholeNumber } from "./options.ts"

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
  program
    .command("repl [file]")
    .description("work expressions out as they are typed, with the names of a file; `:help` there says more")
    .option("--limit <count>", "how many things, elements and entries evaluation may make", wholeNumber)
    .addHelpText("after", examples("appl repl office.appl", "echo '64MiB * 3' | appl repl"))
    .action(async (file, options) =>
      done(await (await import("../commands/repl.ts")).repl(file ?? null, options, terminal)),
    )
  compiling(program.command("why <address> <file>"))
    .description("say why a value of a cluster is what it is, back to the lines that say so")
    .addHelpText(
      "after",
      examples(
        "appl why 'web[1].address' office.appl",
        "appl why 'web[1].files[\"/srv/www/index.html\"]' office.appl",
        "appl why url office.appl",
        "appl why 'web[1] -> names' office.appl",
      ),
    )
    .action(async (address, file, options) =>
      done((await import("../commands/why.ts")).why(address, file, options, terminal)),
    )
}
