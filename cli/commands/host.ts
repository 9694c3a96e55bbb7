import { prepareLocal } from "../../runtime/index.ts"
import { ask } from "../ask.ts"
import { catchInterrupts } from "../interrupt.ts"
import { fail } from "../problem.ts"
import type { Terminal } from "../terminal.ts"

/** `appl host prepare`: installs what a host needs and lacks. 0 when nothing is lacking in the end. */
export async function prepareHost(options: { readonly yes?: boolean }, terminal: Terminal): Promise<number> {
  const interrupt = catchInterrupts(terminal)
  try {
    const prepared = await prepareLocal({
      agree: async (packages) => {
        terminal.err(`To install: ${packages.join(" ")}\n`)
        if (options.yes === true || !terminal.asks) return true
        return ask("Install them?", interrupt.signal)
      },
      progress: (line) => terminal.err(`${line}\n`),
    })
    if (!prepared.ok) return fail(terminal, {}, prepared.failure)
    terminal.out(prepared.value.length === 0 ? "Nothing to install.\n" : `Installed ${prepared.value.join(" ")}.\n`)
    return 0
  } finally {
    interrupt.close()
  }
}
