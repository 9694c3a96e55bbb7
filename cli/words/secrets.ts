import type { Command } from "commander"
import type { Terminal } from "../terminal.ts"
import { examples, wholeNumber } from "./options.ts"

/** What looks after the store of secrets. */
export function addSecretCommands(program: Command, terminal: Terminal, done: (code: number) => void): void {
  const code = () => import("../commands/secret.ts")
  const secret = program
    .command("secret")
    .description("keep passwords and keys in an encrypted file beside the source")
    .addHelpText(
      "after",
      examples("appl secret init", "appl secret set db/password", "appl secret share age1… --name alice"),
    )
  const add = (words: string, description: string) =>
    secret
      .command(words)
      .description(description)
      .option("--secrets <path>", "the store", "secrets.age")
      .option(
        "--key <path>",
        "the key to it: a file, or ssh-agent; else $APPL_SECRET_KEY, else key.txt of your settings",
      )
      .option("--json", "print JSON")
  add("init", "make a key for yourself and an empty store").action(async (options) =>
    done(await (await code()).initSecrets(options, terminal)),
  )
  add("set <name>", "keep a value: asked for without showing it, or taken from standard input").action(
    async (name, options) => done(await (await code()).setSecret(name, options, terminal)),
  )
  add("ls", "list the names, and when each was changed").action(async (options) =>
    done(await (await code()).listSecrets(options, terminal)),
  )
  add("get <name>", "show a value on the terminal")
    .option("--show", "print it, whatever reads it")
    .action(async (name, options) => done(await (await code()).getSecret(name, options, terminal)))
  add("rotate <name>", "give a secret a new random value; the next apply brings it where it is used")
    .option("--length <count>", "how many letters and digits; else as many as before", wholeNumber)
    .action(async (name, options) => done(await (await code()).rotateSecret(name, options, terminal)))
  add("rm <name>", "take a secret out of the store").action(async (name, options) =>
    done(await (await code()).removeSecret(name, options, terminal)),
  )
  add("recipients", "list who can open the store")
    .option("--own", "print who you are, for others to share with")
    .action(async (options) => done(await (await code()).listRecipients(options, terminal)))
  add("share <recipient>", "let somebody else open the store")
    .option("--name <name>", "what to call them")
    .action(async (recipient, options) => done(await (await code()).shareSecrets(recipient, options, terminal)))
  add("unshare <name>", "keep somebody from what is written from now on").action(async (name, options) =>
    done(await (await code()).unshareSecrets(name, options, terminal)),
  )
}
