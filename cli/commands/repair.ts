import { isEmpty, makeRepair } from "../../runtime/index.ts"
import { carryOut, type Order, planned, printPlan, work } from "../carry-out.ts"
import { type CompileOptions, load } from "../compile.ts"
import { fail } from "../problem.ts"
import { storeDoor } from "../secrets/door.ts"
import { storePath } from "../secrets/store.ts"
import type { Terminal } from "../terminal.ts"

type RepairOptions = CompileOptions & { readonly yes?: boolean; readonly dryRun?: boolean; readonly setAside?: boolean }

/** `appl repair`: writes records again that hosts have lost, from what is there. Exit codes as for apply. */
export async function repair(file: string, options: RepairOptions, terminal: Terminal): Promise<number> {
  const loaded = load(file, options, terminal)
  if (loaded === null) return 1
  if (options.dryRun !== true && options.yes !== true && !terminal.asks) return fail(terminal, options, nobody)
  const order: Order = {
    hosts: loaded.desired.hosts,
    again: true,
    plan: (world) => makeRepair(world, loaded.desired, { set_aside: options.setAside === true }),
  }
  const task: Parameters<typeof work>[2] = async (working) => {
    if (options.dryRun !== true) return (await carryOut(order, options, working))?.code ?? 1
    const made = await planned(order, options, working)
    if (!made.ok) return fail(terminal, options, made.failure)
    printPlan(made.value, options, terminal)
    return isEmpty(made.value) ? 0 : 2
  }
  const sources = { path: storePath(file, options.secrets), key: options.key, given: loaded.secrets }
  return work(terminal, options, task, storeDoor(sources))
}

const nobody = {
  message: "repair asks before it writes records, and there is no terminal to ask",
  remedy: "add --yes, or --dry-run to only see what would be written",
}
