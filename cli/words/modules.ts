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
  addAuthorCommands(module, terminal, done)
  for (const docs of [program.command("docs [folder]"), module.command("docs [folder]")]) {
    docs
      .description("make a site of a module's documents, with a search, that needs no server")
      .option("--out <folder>", "where the site goes", "site")
      .option("--all", "all standard modules, instead of one")
      .addHelpText("after", examples("appl docs", "appl docs ../web-kit --out site", "appl docs --all"))
      .action(async (folder, options) =>
        done((await import("../commands/docs.ts")).docs(folder ?? ".", options, terminal)),
      )
  }
}

/** What makes and publishes a module. */
function addAuthorCommands(module: Command, terminal: Terminal, done: (code: number) => void): void {
  const load = () => import("../commands/module-author.ts")
  module
    .command("new <name>")
    .description("make a module that compiles, with a test and a document, in a new folder")
    .action(async (name, options) => done((await load()).makeNew(name, options, terminal)))
  module
    .command("test")
    .description("check what the module exports and the examples of its documents, and run its tests")
    .action(async (options) => done(await (await load()).testModule(options, terminal)))
  module
    .command("diff")
    .description("say what changed for those who use the module, and which version that needs")
    .option("--against <version>", "a version of the registry, a tarball, a folder or a repository; else the newest")
    .option("--json", "print JSON")
    .action(async (options) => done(await (await load()).diff(options, terminal)))
  module
    .command("publish")
    .description("pack the module, once it is sound and its version a large enough step")
    .option("--dry-run", "write nothing")
    .option("--out <path>", "where the tarball goes, instead of NAME-VERSION.tgz")
    .option("--against <version>", "what to compare with, as for diff")
    .option("--first", "there is no earlier version to compare with")
    .action(async (options) => done(await (await load()).publish(options, terminal)))
}
