import type { Command } from "commander"
import type { Terminal } from "../terminal.ts"
import { examples } from "./options.ts"

/** What fetches, looks after and publishes modules. These are the only words that fetch anything from elsewhere. */
export function addModuleCommands(program: Command, terminal: Terminal, done: (code: number) => void): void {
  const module = program.command("module").description("use the modules of others, and make your own")
  const load = () => import("../commands/module.ts")
  module
    .command("add <requests...>")
    .description("take modules into the project: from the registry, a repository, a tarball or a folder")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      examples(
        "appl module add web-kit",
        "appl module add web-kit@^1.2.0",
        "appl module add git+https://git.test/web-kit.git#v1.2.0",
        "appl module add ./web-kit-1.2.0.tgz ../other-kit",
      ),
    )
    .action(async (requests, options) => done(await (await load()).add(requests, options, terminal)))
  module
    .command("remove <names...>")
    .description("take modules out of the project")
    .option("--json", "print JSON")
    .action(async (names, options) => done(await (await load()).remove(names, options, terminal)))
  module
    .command("install")
    .description("fetch what appl.lock holds and is not here yet; moves nothing")
    .option("--locked", "change nothing in appl.lock; exit with 1 when it does not fit")
    .option("--json", "print JSON")
    .action(async (options) => done(await (await load()).install(options, terminal)))
  module
    .command("update [names...]")
    .description("move modules to the newest version that is asked for, and show what moves")
    .option("--dry-run", "only say what would move")
    .option("--json", "print JSON")
    .action(async (names, options) => done(await (await load()).update(names, options, terminal)))
  module
    .command("ls")
    .description("list the modules of the project")
    .option("--json", "print JSON")
    .action(async (options) => done((await load()).list(options, terminal)))
}
