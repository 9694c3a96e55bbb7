import type { Command } from "commander"
import type { Terminal } from "../terminal.ts"
import { choosing, compiling, examples } from "./options.ts"

/** What looks at hosts or changes them. */
export function addRuntimeCommands(program: Command, terminal: Terminal, done: (code: number) => void): void {
  choosing(compiling(program.command("apply <file>")))
    .description("make it so: plan, ask, apply; or apply a plan that --out saved")
    .option("--dry-run", "only say what would be done; exit with 2 when there is something to do")
    .option("-y, --yes", "do not ask")
    .option("--replace <address...>", "make these anew although nothing changed")
    .option("--without <host...>", "leave these hosts alone: what may be there is not started elsewhere")
    .option("--lose-volumes", "let appliances of a fenced host begin with empty volumes")
    .option("--out <path>", "save the plan (with --dry-run), to apply it later")
    .addHelpText(
      "after",
      examples(
        "appl apply office.appl --dry-run",
        "appl apply office.appl --yes --set web-servers=3",
        "appl apply office.appl --target web --exclude 'web[3]'",
        "appl apply office.appl --replace 'web[1]'",
        "appl apply office.appl --dry-run --out plan.json && appl apply plan.json",
      ),
    )
    .action(async (file, options) => done(await (await import("../commands/apply.ts")).apply(file, options, terminal)))
  choosing(compiling(program.command("destroy <file>")))
    .description("remove the cluster from its hosts; volumes and images stay")
    .option("-y, --yes", "do not ask")
    .option("--dry-run", "only say what would be removed; exit with 2 when there is something to remove")
    .option("--delete-volumes", "remove volumes too, with what is on them")
    .action(async (file, options) =>
      done(await (await import("../commands/destroy.ts")).destroy(file, options, terminal)),
    )
  compiling(program.command("status <file>"))
    .description("say how each appliance is; exit with 2 when one is not as it should be")
    .action(async (file, options) =>
      done(await (await import("../commands/status.ts")).status(file, options, terminal)),
    )
  compiling(program.command("unlock <file>"))
    .description("show who is changing the cluster, and take the right to do so away")
    .option("--host <name...>", "only on these hosts")
    .option("-y, --yes", "do not ask")
    .action(async (file, options) =>
      done(await (await import("../commands/unlock.ts")).unlock(file, options, terminal)),
    )
}
