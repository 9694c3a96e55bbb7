import { isEmpty, planDestroy } from "../../runtime/index.ts"
import { carryOut, confirm, printPlan, work } from "../carry-out.ts"
import { type CompileOptions, load } from "../compile.ts"
import { fail } from "../problem.ts"
import type { Terminal } from "../terminal.ts"

type DestroyOptions = CompileOptions & {
  readonly yes?: boolean
  readonly dryRun?: boolean
  readonly deleteVolumes?: boolean
}

/** `appl destroy`: exit codes as for apply. The lock stays, so that a later apply gives the same addresses. */
export async function destroy(file: string, options: DestroyOptions, terminal: Terminal): Promise<number> {
  const loaded = load(file, options, terminal)
  if (loaded === null) return 1
  if (options.dryRun !== true && options.yes !== true && !terminal.asks) return fail(terminal, options, nobody)
  return work(terminal, options, async (working) => {
    const made = await planDestroy(working.world, loaded.desired, { delete_volumes: options.deleteVolumes === true })
    if (!made.ok) return fail(terminal, options, made.failure)
    const { plan } = made.value
    printPlan(plan, options, terminal)
    if (options.dryRun === true) return isEmpty(plan) ? 0 : 2
    if (!isEmpty(plan) && !(await confirm(plan, options, working))) return 1
    return carryOut(plan, loaded.desired.hosts, null, options, working)
  })
}

const nobody = {
  message: "destroy asks before it removes anything, and there is no terminal to ask",
  remedy: "add --yes, or --dry-run to only see what would be removed",
}
