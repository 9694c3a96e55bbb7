import type { Command } from "commander"
import type { Terminal } from "../terminal.ts"
import { compiling, examples } from "./options.ts"

/** What looks after volumes. */
export function addVolumeCommands(program: Command, terminal: Terminal, done: (code: number) => void): void {
  const code = () => import("../commands/volume.ts")
  const volume = program
    .command("volume")
    .description("list volumes, and delete those that nobody uses any more")
    .addHelpText("after", examples("appl volume ls office.appl", "appl volume delete office.appl web[1]/data"))
  compiling(volume.command("ls <file>"))
    .description("list the volumes of the cluster, with size and use, also those that nobody uses any more")
    .action(async (file, options) => done(await (await code()).listVolumes(file, options, terminal)))
  compiling(volume.command("delete <file> <volume>"))
    .description("delete a volume that nobody uses any more, with what is on it")
    .option("-y, --yes", "do not ask")
    .action(async (file, name, options) => done(await (await code()).deleteVolume(file, name, options, terminal)))
}
