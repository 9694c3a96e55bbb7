import { isEmpty, makePlan } from "../../runtime/index.ts"
import { carryOut, type Order, planned, printPlan, work } from "../carry-out.ts"
import { type Choice, selectionOf } from "../choice.ts"
import { type CompileOptions, load } from "../compile.ts"
import { obeysPolicies, policyFiles } from "../policy/policy.ts"
import { fail } from "../problem.ts"
import type { Terminal } from "../terminal.ts"

type DestroyOptions = CompileOptions & {
  readonly yes?: boolean
  readonly dryRun?: boolean
  readonly deleteVolumes?: true
} & Choice

/** `appl destroy`: exit codes as for apply. The lock stays, so that a later apply gives the same addresses. */
export async function destroy(file: string, options: DestroyOptions, terminal: Terminal): Promise<number> {
  const loaded = load(file, options, terminal)
  if (loaded === null) return 1
  if (options.dryRun !== true && options.yes !== true && !terminal.asks) return fail(terminal, options, nobody)
  const policies = policyFiles(file, options.policy)
  if (!policies.ok) return fail(terminal, options, policies.problem)
  const order: Order = {
    mayBe: (plan, world) => obeysPolicies(plan, policies.value, world.clock.now(), options, terminal),
    hosts: [...loaded.desired.hosts, ...(loaded.desired.former ?? [])],
    again: true,
    plan: async (world) => {
      const made = await makePlan(world, loaded.desired, {
        operation: "destroy",
        delete_volumes: options.deleteVolumes,
        selection: selectionOf(options),
      })
      return made.ok ? { ok: true, value: made.value.plan } : made
    },
  }
  return work(terminal, options, async (working) => {
    if (options.dryRun !== true) return (await carryOut(order, options, working))?.code ?? 1
    const made = await planned(order, options, working)
    if (!made.ok) return fail(terminal, options, made.failure)
    printPlan(made.value, options, terminal)
    if (!order.mayBe(made.value, working.world)) return 1
    return isEmpty(made.value) ? 0 : 2
  })
}

const nobody = {
  message: "destroy asks before it removes anything, and there is no terminal to ask",
  remedy: "add --yes, or --dry-run to only see what would be removed",
}
