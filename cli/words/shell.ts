import type { Command } from "commander"
import { type Shell, shells } from "../shell/scripts.ts"
import type { Terminal } from "../terminal.ts"
import { examples, oneOf } from "./options.ts"

/** What makes a shell know the words of `appl`. Must be added last, since it tells of all others. */
export function addShellCommands(program: Command, terminal: Terminal, done: (code: number) => void): void {
  program
    .command("completion")
    .description("print a script that completes the words of appl in a shell")
    .argument("<shell>", "bash, zsh or fish", oneOf(shells))
    .addHelpText(
      "after",
      examples(
        'eval "$(appl completion bash)"',
        "source <(appl completion zsh)",
        "appl completion fish > ~/.config/fish/completions/appl.fish",
      ),
    )
    .action(async (shell: Shell) => {
      terminal.out((await import("../shell/scripts.ts")).scriptFor(shell))
      done(0)
    })
  program
    .command("man [command...]")
    .description("print a page of the manual")
    .addHelpText("after", examples("appl man apply | man -l -"))
    .action(async (command) => done((await import("../commands/man.ts")).man(program, command, terminal)))
  program
    .command("complete [words...]", { hidden: true })
    .description("print what could be the last of some words: the scripts of shells ask this")
    .action(async (words) => done((await import("../commands/complete.ts")).complete(program, words, terminal)))
}
