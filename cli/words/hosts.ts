import type { Command } from "commander"
import type { Terminal } from "../terminal.ts"

/** What looks after this machine as a host. */
export function addHostCommands(program: Command, terminal: Terminal, done: (code: number) => void): void {
  const image = program.command("image").description("list and remove the images that this machine has built")
  image
    .command("ls")
    .description("list the images, with size and use")
    .option("--json", "print JSON")
    .action(async (options) => done(await (await import("../commands/image.ts")).listImages(options, terminal)))
  image
    .command("gc")
    .description("remove the images that no cluster uses")
    .option("--json", "print JSON")
    .action(async (options) => done(await (await import("../commands/image.ts")).collectImages(options, terminal)))
  const host = program.command("host").description("make this machine fit to be a host")
  host
    .command("prepare")
    .description("install the packages that a host needs; starts nothing")
    .action(async () => done(await (await import("../commands/host.ts")).prepareHost(terminal)))
  program
    .command("doctor")
    .description("say what this machine lacks to be a host, with the command that mends it")
    .option("--json", "print JSON")
    .action(async (options) => done(await (await import("../commands/doctor.ts")).doctor(options, terminal)))
}
