import type { Command } from "commander"
import { readVersion } from "../installation.ts"
import { fail } from "../problem.ts"
import { manualPages } from "../shell/man.ts"
import type { Terminal } from "../terminal.ts"

/** `appl man image ls`: a page of the manual, for `man -l -`. */
export function man(program: Command, command: readonly string[], terminal: Terminal): number {
  const name = [program.name(), ...command].join("-")
  const page = manualPages(program, readVersion()).get(`${name}.1`)
  if (page === undefined) {
    const remedy = "appl --help lists all commands"
    return fail(terminal, {}, { message: `there is no command ${command.join(" ")}`, remedy })
  }
  terminal.out(page)
  return 0
}
