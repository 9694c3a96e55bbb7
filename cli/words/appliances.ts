import { type Command, InvalidArgumentError } from "commander"
import type { Terminal } from "../terminal.ts"
import { compiling, examples } from "./options.ts"

/** What people do in appliances that run. */
export function addApplianceCommands(program: Command, terminal: Terminal, done: (code: number) => void): void {
  compiling(program.command("exec <file> <appliance> <words...>"))
    .description("run a command in an appliance; the exit code is its own, 125 when it could not be run")
    .option("--tty", "give it a terminal; by itself when input and output are one")
    .option("--no-tty", "give it none")
    .addHelpText(
      "after",
      examples("appl exec office.appl web[1] -- ls -l /srv", "appl exec office.appl db -- cat < dump"),
    )
    .action(async (file, appliance, words, options) =>
      done(await (await import("../commands/exec.ts")).exec(file, appliance, words, options, terminal)),
    )
  compiling(program.command("shell <file> <appliance>"))
    .description("open a login shell in an appliance")
    .addHelpText("after", examples("appl shell office.appl web[1]"))
    .action(async (file, appliance, options) =>
      done(await (await import("../commands/exec.ts")).shell(file, appliance, options, terminal)),
    )
  compiling(program.command("logs <file> [appliance...]"))
    .description("print what appliances wrote to their consoles; all of them when none is named")
    .option("-f, --follow", "go on with what they write from now on, until Ctrl-C")
    .option("-n, --lines <count>", "how many lines of each to begin with (100)", count)
    .option("--raw", "leave characters in that steer a terminal")
    .addHelpText("after", examples("appl logs office.appl web --follow", "appl logs office.appl --lines 10"))
    .action(async (file, appliances, options) =>
      done(await (await import("../commands/logs.ts")).logs(file, appliances, options, terminal)),
    )
  compiling(program.command("cp <file> <source> <destination>"))
    .description("copy a file or folder into an appliance or out of it")
    .addHelpText("after", examples("appl cp office.appl site web[1]:/srv", "appl cp office.appl db:/etc/hosts ."))
    .action(async (file, source, destination, options) =>
      done(await (await import("../commands/cp.ts")).cp(file, source, destination, options, terminal)),
    )
}

function count(text: string): number {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number >= 0) return number
  throw new InvalidArgumentError("It is a whole number, or 0.")
}
