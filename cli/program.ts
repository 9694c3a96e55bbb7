import { Command, CommanderError } from "commander"
import { readVersion } from "./installation.ts"
import { fail } from "./problem.ts"
import type { Terminal } from "./terminal.ts"
import { addApplianceCommands } from "./words/appliances.ts"
import { addEditorCommands } from "./words/editor.ts"
import { addHostCommands } from "./words/hosts.ts"
import { addLanguageCommands } from "./words/language.ts"
import { addModuleCommands } from "./words/modules.ts"
import { type AddWords, examples } from "./words/options.ts"
import { addRecordCommands } from "./words/records.ts"
import { addRuntimeCommands } from "./words/runtime.ts"
import { addSecretCommands } from "./words/secrets.ts"
import { addShellCommands } from "./words/shell.ts"
import { addTestCommands } from "./words/tests.ts"
import { addToolCommands } from "./words/tools.ts"
import { addVolumeCommands } from "./words/volumes.ts"

/** A file of words per subject, in the order of the help. */
const subjects: readonly AddWords[] = [
  addLanguageCommands,
  addTestCommands,
  addToolCommands,
  addEditorCommands,
  addModuleCommands,
  addRuntimeCommands,
  addApplianceCommands,
  addRecordCommands,
  addSecretCommands,
  addVolumeCommands,
  addHostCommands,
  addShellCommands,
]

/** Runs the command line `words` (without the program's name) and gives the exit code. */
export async function run(words: readonly string[], terminal: Terminal): Promise<number> {
  let code = 0
  const done = (value: number) => {
    code = value
  }
  const program = makeProgram(terminal, done)
  try {
    await program.parseAsync([...words], { from: "user" })
    return code
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return error.exitCode === 0 ? 0 : 1
  }
}

/** The words of the command with what each does; `done` is told the exit code. Runs nothing. */
export function makeProgram(terminal: Terminal, done: (code: number) => void): Command {
  const program = new Command("appl")
    .description("Appliance clusters as code: says what a cluster of appliances is, and makes it so.")
    .version(readVersion(), "--version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .exitOverride()
    .configureOutput({
      writeOut: terminal.out,
      writeErr: terminal.err,
      outputError: (text) => void fail(terminal, {}, problemOf(text)),
    })
    .addHelpText("after", examples("appl check office.appl", "appl apply office.appl --dry-run", "appl explain A0412"))
  for (const add of subjects) add(program, terminal, done)
  return program
}

/** Commander's message as one problem: the sentence, and as remedy what was probably meant or where the help is. */
function problemOf(text: string): { message: string; remedy: string } {
  const [sentence = text, ...rest] = text
    .trim()
    .replace(/^error: /, "")
    .split("\n")
  const meant = /Did you mean (.*)\?/.exec(rest.join(" "))?.[1]
  return {
    message: sentence,
    remedy: meant === undefined ? "appl --help lists all commands and options" : `did you mean ${meant}?`,
  }
}
