import { existsSync, readFileSync } from "node:fs"
import type { DesiredHost } from "../lang/index.ts"
import {
  type Applied,
  applyPlan,
  type Failure,
  isEmpty,
  memorySecrets,
  type Outcome,
  type Plan,
  type Secrets,
  showPlan,
  type World,
} from "../runtime/index.ts"
import { ask, askFor } from "./ask.ts"
import { catchInterrupts, type Interrupt } from "./interrupt.ts"
import { writeSafely } from "./lock-file.ts"
import { type Format, fail } from "./problem.ts"
import { openRunLog } from "./run-log.ts"
import type { Terminal } from "./terminal.ts"
import { openView, type View } from "./views/view.ts"
import { makeWorld, type OpenWorld } from "./world.ts"

/** What a command that works on hosts holds while it works. */
export type Working = {
  readonly world: OpenWorld
  readonly terminal: Terminal
  readonly interrupt: Interrupt
  /** Shows events in a view for this plan from now on; the one before is closed. */
  readonly view: (plan: Plan | null) => Promise<View>
}

/** Gives `task` the real world with a view of its events and with Ctrl-C, and cleans up after it. */
export async function work(
  terminal: Terminal,
  format: Format,
  task: (working: Working) => Promise<number>,
  secrets: Secrets = memorySecrets(),
): Promise<number> {
  const interrupt = catchInterrupts(terminal)
  let view: View | null = null as View | null
  const world = makeWorld(interrupt.signal, (event) => view?.show(event), secrets)
  const open = async (plan: Plan | null) => {
    view?.close()
    view = await openView(terminal, format, plan)
    interrupt.watch(view.running)
    return view
  }
  try {
    return await task({ world, terminal, interrupt, view: open })
  } finally {
    view?.close()
    if (process.env.APPL_DEBUG === "hosts") showTraffic(world, terminal)
    await world.close()
    interrupt.close()
  }
}

/** What hosts over SSH were asked for, for those who measure. */
function showTraffic(world: OpenWorld, terminal: Terminal): void {
  for (const [host, { connections, round_trips }] of Object.entries(world.traffic())) {
    terminal.err(`${host}: ${connections} connections, ${round_trips} round trips\n`)
  }
}

/** Prints a plan: for people on the standard output, or as one line of JSON. */
export function printPlan(plan: Plan, format: Format, terminal: Terminal): void {
  if (format.json === true) terminal.out(`${JSON.stringify({ plan })}\n`)
  else terminal.out(showPlan(plan, { color: terminal.colors.out }))
}

/** Asks whether to go on, unless `--yes` was given. */
export async function confirm(plan: Plan, options: { readonly yes?: boolean }, working: Working): Promise<boolean> {
  if (options.yes === true) return true
  if (plan.steps.some(({ operations }) => operations.some(({ details }) => details.delete_volumes === true)))
    return confirmed(
      await askFor(plan.cluster, "Volumes are deleted with what is on them.", working.interrupt.signal),
      working,
    )
  const steps = `${plan.steps.length} ${plan.steps.length === 1 ? "step" : "steps"}`
  const agreed = await ask(
    `${plan.operation === "apply" ? "Apply" : "Destroy"} ${plan.cluster} in ${steps}?`,
    working.interrupt.signal,
  )
  return confirmed(agreed, working)
}

function confirmed(agreed: boolean, { terminal }: Working): boolean {
  if (!agreed) terminal.err("Nothing was changed.\n")
  return agreed
}

/** What a command asks hosts for: a cluster as it shall be, or a plan that was saved. */
export type Order = {
  readonly hosts: readonly DesiredHost[]
  /** Makes the plan, or gives the saved one. */
  readonly plan: (world: World) => Promise<Outcome<Plan>>
  /** True when a plan whose world has changed meanwhile may be made again; a saved plan is refused then. */
  readonly again: boolean
  /** Whether it may be carried out; what forbids it was said. */
  readonly mayBe: (plan: Plan, world: World) => boolean
  /** What is written down before the first step; false, after saying why, when it cannot be: then nothing is done. */
  readonly begin?: (plan: Plan) => boolean
}

/** What was agreed on and done; null when it was not agreed on, or when there was no plan (both were said). */
export type Carried = { readonly plan: Plan; readonly code: number }

/**
 * Plans, shows the plan, asks, and carries it out. When the hosts changed between the plan and the lease, plans again, `tries_left`
 * times: what changes all the time, such as an appliance that comes and goes, would keep it planning for ever. The exit code is 0 when
 * all was done, 1 when something failed, 130 when it was interrupted.
 */
export async function carryOut(
  order: Order,
  options: Format & { readonly yes?: boolean },
  working: Working,
  tries_left = 3,
): Promise<Carried | null> {
  const { world, terminal } = working
  const made = await planned(order, options, working)
  if (!made.ok) return refused(made.failure, options, terminal)
  const plan = made.value
  printPlan(plan, options, terminal)
  if (!order.mayBe(plan, world)) return null
  const idle = isEmpty(plan) && plan.operation === "apply"
  if (idle) return { plan, code: 0 }
  if (!isEmpty(plan) && !(await confirm(plan, options, working))) return null

  if (order.begin?.(plan) === false) return null
  const shown = await working.view(plan)
  const { applied, log } = await logged(plan, order, working)
  shown.close()
  const stale = applied.refusal?.kind === "plan-stale" && order.again
  if (stale && tries_left > 0 && !working.interrupt.signal.aborted) {
    const what = [applied.refusal.message, ...applied.refusal.output].join("\n  ")
    terminal.err(`${what}\nPlanning again.\n`)
    return carryOut(order, options, working, tries_left - 1)
  }
  const code = report(applied, plan, options, terminal)
  if (code !== 0 && options.json !== true && !isEmpty(plan)) terminal.err(`What happened is in ${log}\n`)
  return { plan, code }
}

/** Applies a plan, and leaves a log of that. */
async function logged(
  plan: Plan,
  { hosts }: Order,
  { world, terminal }: Working,
): Promise<{ readonly applied: Applied; readonly log: string }> {
  const run_id = world.newRunId()
  const log = openRunLog(plan, run_id, world.clock.now(), (message) => terminal.err(`warning: ${message}\n`))
  const noting: World = {
    ...world,
    newRunId: () => run_id,
    emit: (event) => {
      log.event(event)
      world.emit(event)
    },
  }
  try {
    const applied = await applyPlan(noting, plan, hosts)
    const { state, refusal, results, warnings } = applied
    const steps = results.map(({ step, ...result }) => ({ step: step.id, ...result }))
    log.result({ state, refusal, warnings, steps })
    return { applied, log: log.path }
  } finally {
    log.close()
  }
}

/** Makes the plan, with a view of what is looked at: machine output has nothing of that, it begins with the plan. */
export async function planned(order: Order, format: Format, { world, view }: Working): Promise<Outcome<Plan>> {
  const shown = format.json === true ? null : await view(null)
  const made = await order.plan(world)
  shown?.close()
  return made
}

/** Writes the lock, unless the file holds the same. Gives false, after saying why, when it cannot be written. */
export function writeLock(path: string, text: string, format: Format, terminal: Terminal): boolean {
  if (existsSync(path) && readFileSync(path, "utf8") === text) return true
  const written = writeSafely(path, text)
  return written.ok || fail(terminal, format, written.problem) === 0
}

function refused(failure: Failure, format: Format, terminal: Terminal): null {
  fail(terminal, format, failure)
  return null
}

/** Says what came of a plan, and gives its exit code. */
function report(applied: Applied, plan: Plan, format: Format, terminal: Terminal): number {
  const code = { done: 0, failed: 1, interrupted: 130 }[applied.state]
  const count = (state: string) => applied.results.filter((result) => result.state === state).length
  const [done, failed, blocked, left] = [count("done"), count("failed"), count("blocked"), count("left")]
  const turned_back = count("turned-back")
  if (format.json === true) {
    const { refusal, warnings } = applied
    terminal.out(
      `${JSON.stringify({ result: { done, failed, blocked, left, turned_back, refusal, warnings, exit: code } })}\n`,
    )
    return code
  }
  for (const warning of applied.warnings) terminal.err(`warning: ${warning}\n`)
  if (applied.refusal !== null) return fail(terminal, format, applied.refusal) && code
  if (plan.steps.length > 0) {
    const rest = [
      counted(failed, "failed"),
      counted(turned_back, "turned back"),
      counted(blocked, "not begun because of that"),
      counted(left, "left"),
    ]
    terminal.err(`${[`${done} done`, ...rest.filter((part) => part !== null)].join(", ")}.\n`)
  }
  if (code !== 0)
    terminal.err(`${plan.operation === "apply" ? "Apply" : "Destroy"} again to go on from what is there.\n`)
  return code
}

function counted(number: number, what: string): string | null {
  return number === 0 ? null : `${number} ${what}`
}
