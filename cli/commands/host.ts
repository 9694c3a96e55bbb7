import { thisMachine } from "../../runtime/index.ts"
import { fail } from "../problem.ts"
import type { Terminal } from "../terminal.ts"

/** `appl host prepare`: installs what this machine lacks to be a host. 0 when nothing is lacking in the end. */
export async function prepareHost(terminal: Terminal): Promise<number> {
  const prepared = await thisMachine.prepare((line) => terminal.err(`${line}\n`))
  if (!prepared.ok) return fail(terminal, {}, prepared.failure)
  const packages = prepared.value
  terminal.out(packages.length === 0 ? "Nothing to install.\n" : `Installed ${packages.join(" ")}.\n`)
  return 0
}
