import { type Command, InvalidArgumentError, Option } from "commander"
import type { Terminal } from "../terminal.ts"

/** Adds words to the program. What a command gives is its exit code. */
export type AddWords = (program: Command, terminal: Terminal, done: (code: number) => void) => void

/** The options of every command that compiles a file. */
export function compiling(command: Command): Command {
  return command
    .addOption(repeatable("--set <name=value>", "give a value to a param (repeatable)"))
    .option("--params <name or path>", "a set of params in the source, or a JSON file with values")
    .option("--cluster <name>", "which cluster of the file")
    .option("--as <name>", "the deployed name, so that copies live side by side")
    .option("--lock <path>", "the lock file, instead of appl.lock beside the file")
    .option("--simulated", "replace this machine by a simulated host that only remembers")
    .option("--limit <count>", "how many things, elements and entries evaluation may make", wholeNumber)
    .option("--secrets <path>", "the store of secrets, instead of secrets.age beside the file")
    .option("--key <path>", "the key to it: a file, or ssh-agent; else $APPL_SECRET_KEY, else key.txt of your settings")
    .option("--json", "print JSON")
}

/** The options of every command that may do a part of what there is to do. */
export function choosing(command: Command): Command {
  return command
    .option("--target <address...>", "only these and what they need: web, web[1], network/dmz, host:h2")
    .option("--exclude <address...>", "all but these and what depends on them")
}

/** An option that may be given several times; none by default. */
export function repeatable(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text, all: string[]) => [...all, text]).default([], "none")
}

/** A choice of one of some words. */
export function oneOf(words: readonly string[]): (text: string) => string {
  const parse = (text: string) => {
    if (words.includes(text)) return text
    throw new InvalidArgumentError(`It is one of ${words.join(", ")}.`)
  }
  choices.set(parse, words)
  return parse
}

/** The words that an option or argument may be, when `oneOf` reads it; for completion and manual pages. */
export function choicesOf(parse: unknown): readonly string[] {
  return (typeof parse === "function" && choices.get(parse)) || []
}

const choices = new WeakMap<object, readonly string[]>()

/** A count, as an option has it. */
export function wholeNumber(text: string): number {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new InvalidArgumentError("It is a whole number above 0.")
}

/** The examples at the end of a help. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}\n`).join("")}`
}
