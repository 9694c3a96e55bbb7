import type { Command } from "commander"
import type { Terminal } from "../terminal.ts"
import { compiling, examples, oneOf } from "./options.ts"

/** What looks at source only. */
export function addLanguageCommands(program: Command, terminal: Terminal, done: (code: number) => void): void {
  compiling(program.command("check <file>"))
    .description("say whether a file compiles, and what is wrong with it")
    .option("--fix", "mend what a machine can mend")
    .option("--dry-run", "with --fix: show the changes, and write nothing")
    .action(async (file, options) => done(await (await import("../commands/check.ts")).check(file, options, terminal)))
  compiling(program.command("output <file> [name]"))
    .description("print the outputs of a cluster, or one of them")
    .action(async (file, name, options) =>
      done(await (await import("../commands/output.ts")).output(file, name ?? null, options, terminal)),
    )
  compiling(program.command("flows <file>"))
    .description("print everything that may pass, each with the line that opened it")
    .action(async (file, options) => done(await (await import("../commands/flows.ts")).flows(file, options, terminal)))
  compiling(program.command("graph <file>"))
    .description("print the things of a cluster and what connects them")
    .option("--format <format>", "text, dot or svg", oneOf(["text", "dot", "svg"]), "text")
    .addHelpText("after", examples("appl graph office.appl --format svg > office.svg"))
    .action(async (file, options) => done(await (await import("../commands/graph.ts")).graph(file, options, terminal)))
  program
    .command("fmt <paths...>")
    .description("write files, and those below folders, in the one style")
    .option("--check", "change nothing; exit with 1 when a file is not in the style")
    .action(async (paths, options) => done(await (await import("../commands/fmt.ts")).fmt(paths, options, terminal)))
  program
    .command("explain [code]")
    .description("explain a diagnostic, with a wrong and a right example; without a code, list all")
    .option("--json", "print JSON")
    .action(async (code, options) =>
      done(await (await import("../commands/explain.ts")).explain(code ?? null, options, terminal)),
    )
}
