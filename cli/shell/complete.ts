import type { Argument, Command, Option } from "commander"
import { choicesOf } from "../words/options.ts"

/** One word that could stand at the cursor, with what a shell may show beside it. */
export type Word = { readonly value: string; readonly says: string }

/** What could stand at the cursor: words, files with one of some endings (any when there is none), or folders. */
export type Completed = {
  readonly words: readonly Word[]
  readonly files: readonly string[] | null
  /** The word at the cursor is not finished with a candidate: a value follows, as after `--set name=`. */
  readonly open: boolean
}

/** What only files and tables know; each is asked when it is needed. */
export type Known = {
  clusters(file: string): readonly Word[]
  /** The params of the clusters of a file. */
  params(file: string): readonly Word[]
  /** The appliances of the cluster in a file, instances each. */
  appliances(file: string): readonly Word[]
  codes(): readonly Word[]
}

/**
 * What could stand in the place of the last of `words`, which are the words of a command line behind the program's name. Read from the
 * same definitions as the help, so that nothing is said twice.
 */
export function completeWords(program: Command, words: readonly string[], known: Known): Completed {
  const current = words.at(-1) ?? ""
  const line = readLine(program, words.slice(0, -1))
  const { command, pending } = line
  const file = line.given.find((word) => word.endsWith(".appl")) ?? null
  if (pending !== null) return valuesOf(pending, file, known, current)
  if (!line.ended && current.startsWith("-")) {
    const equals = current.indexOf("=")
    const option = equals === -1 ? null : optionNamed(command, current.slice(0, equals))
    if (option !== null)
      return prefixed(valuesOf(option, file, known, current.slice(equals + 1)), current.slice(0, equals + 1))
    return offered(optionsOf(command, line.options), current)
  }
  const below = line.given.length === 0 ? subcommands(command) : []
  if (below.length > 0) return offered(below, current)
  const argument = argumentAt(command, line.given.length)
  return argument === null ? nothing : argumentValues(command, argument, program, file, known, current)
}

type Line = {
  readonly command: Command
  /** The words that are neither options nor their values. */
  readonly given: readonly string[]
  readonly options: ReadonlySet<Option>
  /** An option whose value comes next. */
  readonly pending: Option | null
  /** After `--` there are no options. */
  readonly ended: boolean
}

const nothing: Completed = { words: [], files: null, open: false }

function readLine(program: Command, words: readonly string[]): Line {
  let command = program
  let given: string[] = []
  let pending: Option | null = null
  let ended = false
  const options = new Set<Option>()
  for (const word of words) {
    if (pending !== null) {
      pending = null
      continue
    }
    if (!ended && word === "--") ended = true
    else if (!ended && word.startsWith("-")) {
      const option = optionNamed(command, word.split("=", 1)[0]!)
      if (option !== null) options.add(option)
      if (option?.required && !word.includes("=")) pending = option
    } else {
      const next: Command | undefined =
        given.length > 0 ? undefined : command.commands.find((one) => one.name() === word)
      if (next === undefined) given = [...given, word]
      else command = next
    }
  }
  return { command, given, options, pending, ended }
}

function optionNamed(command: Command, word: string): Option | null {
  return command.options.find((option) => option.long === word || option.short === word) ?? null
}

function optionsOf(command: Command, given: ReadonlySet<Option>): readonly Word[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .filter((option) => !given.has(option) || Array.isArray(option.defaultValue))
    .map((option) => ({ value: option.long ?? option.short!, says: option.description }))
}

/** The commands below one, without those that are for programs. */
export function subcommands(command: Command): readonly Word[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((one) => ({ value: one.name(), says: one.description() }))
}

function valuesOf(option: Option, file: string | null, known: Known, current: string): Completed {
  const choices = choicesOf(option.parseArg).map((value) => ({ value, says: "" }))
  if (choices.length > 0) return offered(choices, current)
  switch (option.long) {
    case "--cluster":
      return offered(file === null ? [] : known.clusters(file), current)
    case "--set":
      return { ...offered(file === null ? [] : known.params(file), current), open: true }
    case "--params":
      return { ...nothing, files: [".json"] }
    default:
      return option.flags.includes("<path>") ? { ...nothing, files: [] } : nothing
  }
}

function argumentAt(command: Command, index: number): Argument | null {
  const { registeredArguments } = command
  const found = registeredArguments[index] ?? registeredArguments.at(-1)
  return found === undefined || (index >= registeredArguments.length && !found.variadic) ? null : found
}

function argumentValues(
  command: Command,
  argument: Argument,
  program: Command,
  file: string | null,
  known: Known,
  current: string,
): Completed {
  const choices = choicesOf(argument.parseArg).map((value) => ({ value, says: "" }))
  if (choices.length > 0) return offered(choices, current)
  switch (argument.name()) {
    case "file":
      // A saved plan can be applied, too.
      return { ...nothing, files: command.name() === "apply" ? [".appl", ".json"] : [".appl"] }
    case "appliance":
      return offered(file === null ? [] : known.appliances(file), current)
    case "source":
    case "destination": {
      const inside =
        file === null ? [] : known.appliances(file).map(({ value, says }) => ({ value: `${value}:`, says }))
      return { ...offered(inside, current), files: [], open: true }
    }
    case "paths":
      return { ...nothing, files: [".appl"] }
    case "code":
      return offered(known.codes(), current)
    case "command":
      return offered(subcommands(program), current)
    case "requests":
      return { ...nothing, files: [] }
    default:
      return nothing
  }
}

function offered(words: readonly Word[], current: string): Completed {
  return { ...nothing, words: words.filter(({ value }) => value.startsWith(current)) }
}

function prefixed(completed: Completed, prefix: string): Completed {
  return { ...completed, words: completed.words.map(({ value, says }) => ({ value: prefix + value, says })) }
}
