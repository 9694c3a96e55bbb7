import { Command, CommanderError, InvalidArgumentError } from "commander"
import { readVersion } from "./installation.ts"
import { fail } from "./problem.ts"
import type { Terminal } from "./terminal.ts"

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

function makeProgram(terminal: Terminal, done: (code: number) => void): Command {
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
  addLanguageCommands(program, terminal, done)
  addRuntimeCommands(program, terminal, done)
  addHostCommands(program, terminal, done)
  return program
}

/** What looks at source only. */
function addLanguageCommands(program: Command, terminal: Terminal, done: (code: number) => void): void {
  compiling(program.command("check <file>"))
    .description("say whether a file compiles, and what is wrong with it")
    .action(async (file, options) => done(await (await import("./commands/check.ts")).check(file, options, terminal)))
  compiling(program.command("output <file> [name]"))
    .description("print the outputs of a cluster, or one of them")
    .action(async (file, name, options) =>
      done(await (await import("./commands/output.ts")).output(file, name ?? null, options, terminal)),
    )
  compiling(program.command("flows <file>"))
    .description("print everything that may pass, each with the line that opened it")
    .action(async (file, options) => done(await (await import("./commands/flows.ts")).flows(file, options, terminal)))
  compiling(program.command("graph <file>"))
    .description("print the things of a cluster and what connects them")
    .option("--format <format>", "text, dot or svg", oneOf(["text", "dot", "svg"]), "text")
    .addHelpText("after", examples("appl graph office.appl --format svg > office.svg"))
    .action(async (file, options) => done(await (await import("./commands/graph.ts")).graph(file, options, terminal)))
  program
    .command("fmt <paths...>")
    .description("write files, and those below folders, in the one style")
    .option("--check", "change nothing; exit with 1 when a file is not in the style")
    .action(async (paths, options) => done(await (await import("./commands/fmt.ts")).fmt(paths, options, terminal)))
  program
    .command("explain [code]")
    .description("explain a diagnostic, with a wrong and a right example; without a code, list all")
    .action(async (code) => done(await (await import("./commands/explain.ts")).explain(code ?? null, terminal)))
}

/** What looks at hosts or changes them. */
function addRuntimeCommands(program: Command, terminal: Terminal, done: (code: number) => void): void {
  compiling(program.command("apply <file>"))
    .description("make it so: plan, ask, apply; or apply a plan that --out saved")
    .option("--dry-run", "only say what would be done; exit with 2 when there is something to do")
    .option("-y, --yes", "do not ask")
    .option("--out <path>", "save the plan (with --dry-run), to apply it later")
    .addHelpText(
      "after",
      examples(
        "appl apply office.appl --dry-run",
        "appl apply office.appl --yes --set web-servers=3",
        "appl apply office.appl --dry-run --out plan.json && appl apply plan.json",
      ),
    )
    .action(async (file, options) => done(await (await import("./commands/apply.ts")).apply(file, options, terminal)))
  compiling(program.command("destroy <file>"))
    .description("remove the cluster from its hosts; volumes and images stay")
    .option("-y, --yes", "do not ask")
    .option("--dry-run", "only say what would be removed; exit with 2 when there is something to remove")
    .option("--delete-volumes", "remove volumes too, with what is on them")
    .action(async (file, options) =>
      done(await (await import("./commands/destroy.ts")).destroy(file, options, terminal)),
    )
  compiling(program.command("status <file>"))
    .description("say how each appliance is; exit with 2 when one is not as it should be")
    .action(async (file, options) => done(await (await import("./commands/status.ts")).status(file, options, terminal)))
  compiling(program.command("unlock <file>"))
    .description("show who is changing the cluster, and take the right to do so away")
    .option("-y, --yes", "do not ask")
    .action(async (file, options) => done(await (await import("./commands/unlock.ts")).unlock(file, options, terminal)))
}

/** What looks after this machine as a host. */
function addHostCommands(program: Command, terminal: Terminal, done: (code: number) => void): void {
  const image = program.command("image").description("list and remove the images that this machine has built")
  image
    .command("ls")
    .description("list the images, with size and use")
    .option("--json", "print JSON")
    .action(async (options) => done(await (await import("./commands/image.ts")).listImages(options, terminal)))
  image
    .command("gc")
    .description("remove the images that no cluster uses")
    .option("--json", "print JSON")
    .action(async (options) => done(await (await import("./commands/image.ts")).collectImages(options, terminal)))
  const host = program.command("host").description("make this machine fit to be a host")
  host
    .command("prepare")
    .description("install the packages that a host needs; starts nothing")
    .action(async () => done(await (await import("./commands/host.ts")).prepareHost(terminal)))
  program
    .command("doctor")
    .description("say what this machine lacks to be a host, with the command that mends it")
    .option("--json", "print JSON")
    .action(async (options) => done(await (await import("./commands/doctor.ts")).doctor(options, terminal)))
}

/** The options of every command that compiles a file. */
function compiling(command: Command): Command {
  return command
    .option("--set <name=value>", "give a value to a param (repeatable)", (text, all: string[]) => [...all, text], [])
    .option("--params <path>", "a JSON file with values for params")
    .option("--cluster <name>", "which cluster of the file")
    .option("--as <name>", "the deployed name, so that copies live side by side")
    .option("--lock <path>", "the lock file, instead of appl.lock beside the file")
    .option("--simulated", "replace this machine by a simulated host that only remembers")
    .option("--limit <count>", "how many things, elements and entries evaluation may make", wholeNumber)
    .option("--json", "print JSON")
}

function oneOf(choices: readonly string[]): (text: string) => string {
  return (text) => {
    if (choices.includes(text)) return text
    throw new InvalidArgumentError(`It is one of ${choices.join(", ")}.`)
  }
}

function wholeNumber(text: string): number {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new InvalidArgumentError("It is a whole number above 0.")
}

function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}\n`).join("")}`
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
