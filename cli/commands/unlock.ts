import { ask } from "../ask.ts"
import { work } from "../carry-out.ts"
import { type CompileOptions, load } from "../compile.ts"
import { observing } from "../observe.ts"
import { fail } from "../problem.ts"
import type { Terminal } from "../terminal.ts"

type UnlockOptions = CompileOptions & { readonly yes?: boolean }

/** `appl unlock`: shows who holds the lease of each host, and takes it away when that is confirmed. 0 when none is left. */
export async function unlock(file: string, options: UnlockOptions, terminal: Terminal): Promise<number> {
  const loaded = load(file, options, terminal)
  if (loaded === null) return 1
  const { cluster } = loaded.desired
  return work(terminal, options, ({ world, interrupt }) =>
    observing(world, loaded.desired, async (seen) => {
      for (const [host, { driver, observed }] of seen) {
        if (driver === null || observed.kind === "unreachable") {
          const why = observed.kind === "unreachable" ? observed.why : "it cannot be opened"
          return fail(terminal, options, { message: `host ${host} does not answer: ${why}`, remedy: null })
        }
        if (observed.lease === null) {
          terminal.err(`Nobody is changing ${cluster} on ${host}.\n`)
          continue
        }
        const { holder, operation, since_ms } = observed.lease
        const since = new Date(since_ms).toISOString()
        terminal.err(
          `${holder.user} on ${holder.machine} (process ${holder.process_id}): ${operation} on ${host} since ${since}\n`,
        )
        if (options.yes !== true && !terminal.asks) return fail(terminal, options, nobody)
        if (options.yes !== true && !(await ask("Take it away?", interrupt.signal))) return 1
        await driver.release(cluster, observed.lease)
        terminal.err(`Taken away on ${host}.\n`)
      }
      return 0
    }),
  )
}

const nobody = { message: "unlock asks first, and there is no terminal to ask", remedy: "add --yes" }
