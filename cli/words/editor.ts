import type { Command } from "commander"
import type { Terminal } from "../terminal.ts"

/** What editors start. */
export function addEditorCommands(program: Command, _terminal: Terminal, done: (code: number) => void): void {
  program
    .command("lsp")
    .description("be a language server, on the standard input and output: editors start this")
    // Clients add it to the command line of every server; there is no other way here.
    .option("--stdio", "speak on the standard input and output, which it does anyway")
    .action(async () => done(await (await import("../commands/lsp.ts")).lsp()))
}
