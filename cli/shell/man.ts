import type { Command } from "commander"
import { choicesOf } from "../words/options.ts"

/** A page of the manual for the program and one for each of its commands, by file name: `appl-apply.1`. In the language of man(7). */
export function manualPages(program: Command, version: string): ReadonlyMap<string, string> {
  const pages = new Map<string, string>()
  const visit = (command: Command, path: readonly string[]) => {
    pages.set(`${path.join("-")}.1`, pageOf(command, path, version))
    for (const one of visible(command)) visit(one, [...path, one.name()])
  }
  visit(program, [program.name()])
  return pages
}

function pageOf(command: Command, path: readonly string[], version: string): string {
  const name = path.join("-")
  const help = command.createHelp()
  const commands = visible(command)
  const options = help.visibleOptions(command)
  const usage = `\\fB${escaped(path.join(" "))}\\fR ${escaped(command.usage().replace("[options]", "").trim())}`.trim()
  const lines = [
    `.TH ${name.toUpperCase()} 1 "" "appl ${version}" "appl"`,
    ".SH NAME",
    `${escaped(name)} \\- ${escaped(command.description())}`,
    ".SH SYNOPSIS",
    `${usage}${options.length > 0 ? " [\\fIoptions\\fR]" : ""}`,
    ...(commands.length > 0 ? [".SH COMMANDS"] : []),
    ...commands.flatMap((one) => [".TP", `\\fB${escaped(one.name())}\\fR`, escaped(one.description())]),
    ".SH OPTIONS",
    ...options.flatMap((option) => {
      const choices = choicesOf(option.parseArg)
      const among = choices.length === 0 ? "" : `; one of ${choices.join(", ")}`
      return [".TP", `\\fB${escaped(option.flags)}\\fR`, escaped(`${option.description}${among}`)]
    }),
    ...examplesOf(command),
    ".SH EXIT STATUS",
    "0 when it was done, 1 when there was something wrong with it; 2 where the description says so.",
    ...seeAlso(command, path),
  ]
  return `${lines.join("\n")}\n`
}

/** The lines below `Examples:` in the help of a command. */
function examplesOf(command: Command): readonly string[] {
  let text = ""
  const writing = command.configureOutput()
  const before = { writeOut: writing.writeOut, writeErr: writing.writeErr }
  const writeOut = (part: string) => {
    text += part
  }
  command.configureOutput({ writeOut })
  command.outputHelp()
  command.configureOutput(before)
  const examples = [...text.matchAll(/^ {2}\$ (.*)$/gm)].map((match) => match[1]!)
  if (examples.length === 0) return []
  return [".SH EXAMPLES", ".nf", ...examples.map((line) => `\\fB${escaped(line)}\\fR`), ".fi"]
}

function seeAlso(command: Command, path: readonly string[]): readonly string[] {
  const around = path.length > 1 ? [path.slice(0, -1).join("-")] : []
  const below = visible(command).map((one) => `${path.join("-")}-${one.name()}`)
  const pages = [...around, ...below].map((name) => `.BR ${escaped(name)} (1)`)
  if (pages.length === 0) return []
  return [".SH SEE ALSO", ...pages.map((page, index) => (index < pages.length - 1 ? `${page},` : page))]
}

/** Without `help`, which says the same as these pages. */
function visible(command: Command): readonly Command[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .filter((one) => one.name() !== "help")
}

/** A text in which nothing is a request: no line begins with `.` or `'`, and each backslash and hyphen is meant. */
function escaped(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replace(/[^\n -~]/gu, (letter) => `\\[u${letter.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}]`)
    .replace(/^([.'])/gm, "\\&$1")
}
