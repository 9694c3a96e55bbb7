import type { DesiredHost, DesiredState, Lock } from "../../lang/index.ts"
import { isEmpty, makePlan, type Plan } from "../../runtime/index.ts"
import { carryOut, confirm, printPlan, type Working, work } from "../carry-out.ts"
import { type CompileOptions, load } from "../compile.ts"
import { fail } from "../problem.ts"
import { lockText, readSavedPlan, savePlan } from "../saved-plan.ts"
import type { Terminal } from "../terminal.ts"
import { showValue } from "./output.ts"

export type ApplyOptions = CompileOptions & {
  readonly dryRun?: boolean
  readonly yes?: boolean
  readonly out?: string
}

/** A plan that apply carries out, from a source or from a saved plan. */
type Prepared = {
  readonly plan: Plan
  readonly hosts: readonly DesiredHost[]
  readonly lock: { readonly path: string; readonly content: Lock }
}

/**
 * `appl apply`: 0 when done or nothing was to do, 1 when something failed or was refused, 130 when interrupted. With `--dry-run` 0
 * when there is nothing to do, 2 when there is.
 */
export async function apply(file: string, options: ApplyOptions, terminal: Terminal): Promise<number> {
  if (options.out !== undefined && options.dryRun !== true) {
    return fail(terminal, options, { message: "--out saves a plan instead of applying it", remedy: "add --dry-run" })
  }
  const source = file.endsWith(".json") ? readSavedPlan(file) : load(file, options, terminal)
  if (source === null) return 1
  if ("ok" in source && !source.ok) return fail(terminal, options, source.problem)
  const unattended = options.dryRun === true || options.yes === true
  if (!unattended && !terminal.asks) return fail(terminal, options, nobody)
  return work(terminal, options, async (working) => {
    const prepared = "ok" in source ? source.value : await prepare(source, options, working)
    if (prepared === null) return 1
    if (options.dryRun === true) return dryRun(prepared, options, terminal)
    return applyPrepared(prepared, options, working)
  })
}

const nobody = {
  message: "apply asks before it changes anything, and there is no terminal to ask",
  remedy: "add --yes, or --dry-run to only see the plan",
}

type Source = { readonly desired: DesiredState; readonly lock: Lock; readonly lockPath: string }

async function prepare(source: Source, options: ApplyOptions, { world, terminal }: Working): Promise<Prepared | null> {
  const made = await makePlan(world, source.desired)
  if (!made.ok) {
    fail(terminal, options, made.failure)
    return null
  }
  return {
    plan: made.value.plan,
    hosts: source.desired.hosts,
    lock: { path: source.lockPath, content: source.lock },
  }
}

function dryRun(prepared: Prepared, options: ApplyOptions, terminal: Terminal): number {
  printPlan(prepared.plan, options, terminal)
  if (options.out !== undefined) {
    const content = JSON.parse(lockText(prepared.lock.content, prepared.plan)) as Lock
    const saved = savePlan(options.out, { version: 1, ...prepared, lock: { path: prepared.lock.path, content } })
    if (!saved.ok) return fail(terminal, options, saved.problem)
  }
  return isEmpty(prepared.plan) ? 0 : 2
}

async function applyPrepared(prepared: Prepared, options: ApplyOptions, working: Working): Promise<number> {
  const { plan, hosts, lock } = prepared
  printPlan(plan, options, working.terminal)
  if (!isEmpty(plan) && !(await confirm(plan, options, working))) return 1
  const code = await carryOut(plan, hosts, { path: lock.path, text: lockText(lock.content, plan) }, options, working)
  if (code === 0 && options.json !== true) {
    for (const { name, value } of plan.outputs) working.terminal.out(`${name} = ${showValue(value)}\n`)
  }
  return code
}
