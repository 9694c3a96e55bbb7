import type { Command } from "commander"
import type { Terminal } from "../terminal.ts"
import { compiling, examples, repeatable } from "./options.ts"

/** What looks after hosts: this machine, and those of a file. */
export function addHostCommands(program: Command, terminal: Terminal, done: (code: number) => void): void {
  const image = program.command("image").description("list and remove the images that hosts have built")
  onHosts(image.command("ls [file]"))
    .description("list the images of this machine, or of the hosts of a file, with size and use")
    .action(async (file, options) =>
      done(await (await import("../commands/image.ts")).listImages(file, options, terminal)),
    )
  onHosts(image.command("gc [file]"))
    .description("remove the images that no cluster uses")
    .action(async (file, options) =>
      done(await (await import("../commands/image.ts")).collectImages(file, options, terminal)),
    )
  const host = program.command("host").description("look after the hosts that appliances run on")
  compiling(host.command("ls <file>"))
    .description("list the hosts of a file, and how they are; exit with 2 when one does not answer")
    .action(async (file, options) =>
      done(await (await import("../commands/host.ts")).listHosts(file, options, terminal)),
    )
  onHosts(host.command("prepare [file]"))
    .description("install the packages that this machine, or the hosts of a file, need; starts nothing")
    .action(async (file, options) =>
      done(await (await import("../commands/host.ts")).prepareHosts(file, options, terminal)),
    )
  host
    .command("add <name> <destination>")
    .description("meet a host over SSH: look at its key, say what it lacks, and print the line that declares it")
    .option("--file <path>", "append that line to this file")
    .option("--fingerprint <SHA256:…>", "the fingerprint of its key, as the host itself says it")
    .option("-y, --yes", "do not ask; needs --fingerprint")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      examples("appl host add rack root@10.0.0.11", "appl host add rack root@10.0.0.11 --file office.appl"),
    )
    .action(async (name, destination, options) =>
      done(await (await import("../commands/host-add.ts")).addHost(name, destination, options, terminal)),
    )
  addAway(host, terminal, done)
  onHosts(program.command("doctor [file]"))
    .description("say what this machine, or the hosts of a file, lack to be hosts, with the command that mends it")
    .action(async (file, options) =>
      done(await (await import("../commands/doctor.ts")).doctor(file, options, terminal)),
    )
}

/** What takes a host out of use, and gives it back. */
function addAway(host: Command, terminal: Terminal, done: (code: number) => void): void {
  const away = () => import("../commands/host-away.ts")
  compiling(host.command("drain <file> <name>"))
    .description("move all that can leave a host to others, and let nothing go there")
    .option("--dry-run", "only say what would be moved; exit with 2 when there is something to move")
    .option("-y, --yes", "do not ask")
    .addHelpText("after", examples("appl host drain office.appl rack", "appl host return office.appl rack"))
    .action(async (file, name, options) => done(await (await away()).drainHost(file, name, options, terminal)))
  compiling(host.command("fence <file> <name>"))
    .description("note that a host is off and stays off, so that what was there may start elsewhere")
    .option("-y, --yes", "do not ask: your word that it is off")
    .action(async (file, name, options) => done(await (await away()).fenceHost(file, name, options, terminal)))
  compiling(host.command("return <file> <name>"))
    .description("let a host be used again that was drained or fenced")
    .action(async (file, name, options) => done(await (await away()).returnHost(file, name, options, terminal)))
}

function onHosts(command: Command): Command {
  return compiling(command).addOption(repeatable("--host <name>", "only this host of the file (repeatable)"))
}
