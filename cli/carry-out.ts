import { readFileSync } from "node:fs"
import type { DesiredHost } from "../lang/index.ts"
import { applyPlan, isEmpty, type Plan, showPlan, type World } from "../runtime/index.ts"
import { ask } from "./ask.ts"
import { catchInterrupts, type Interrupt } from "./interrupt.ts"
import { writeSafely } from "./lock-file.ts"
import { type Format, fail } from "./problem.ts"
import type { Terminal } from "./terminal.ts"
import { openView, type View } from "./views/view.ts"
import { makeWorld } from "./world.ts"

/** What a command that works on hosts holds while it works. */
export type Working = {
  readonly world: World
  readonly terminal: Terminal
  readonly interrupt: Interrupt
  /** Shows events in a view for this many steps from now on; the one before is closed. */
  readonly view: (step_count: number) => Promise<View>
}

/** Gives `task` the real world with a view of its events and with Ctrl-C, and cleans up after it. */
export async function work(
  terminal: Terminal,
  format: Format,
  task: (working: Working) => Promise<number>,
): Promise<number> {
  const interrupt = catchInterrupts(terminal)
  let view: View | null = null
  const world = makeWorld(interrupt.signal, (event) => view?.show(event))
  const open = async (step_count: number) => {
    view?.close()
    view = await openView(terminal, format, step_count)
    interrupt.watch(view.running)
    return view
  }
  try {
    return await task({ world, terminal, interrupt, view: open })
  } finally {
    view = closed(view)
    interrupt.close()
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
  const steps = `${plan.steps.length} ${plan.steps.length === 1 ? "step" : "steps"}`
  const agreed = await ask(`${plan.operation === "apply" ? "Apply" : "Destroy"} ${plan.cluster} in ${steps}?`, working.interrupt.signal)
  if (!agreed) working.terminal.err("Nothing was changed.\n")
  return agreed
}

/** Applies a plan and writes the lock, also after a failure: what was made has the addresses and packages that stand in it. */
export async function carryOut(
  plan: Plan,
  hosts: readonly DesiredHost[],
  lock: { readonly path: string; readonly text: string } | null,
  format: Format,
  { world, terminal, interrupt, view }: Working,
): Promise<number> {
  let code = 0
  if (!isEmpty(plan)) {
    const shown = await view(plan.steps.length)
    const applied = await applyPlan(world, plan, hosts)
    shown.close()
    code = report(applied, format, terminal, interrupt)
  }
  if (lock !== null && !isWritten(lock)) {
    const written = writeSafely(lock.path, lock.text)
    if (!written.ok) return fail(terminal, format, written.problem)
  }
  return code
}

/** What came of a plan: its exit code, after saying what is left to do. */
function report(applied: Applied, format: Format, terminal: Terminal, interrupt: Interrupt): number {
  const { done, failed, blocked, left } = applied
  const code = interrupt.signal.aborted ? 130 : applied.failure !== null || failed + blocked + left > 0 ? 1 : 0
  if (format.json === true) {
    terminal.out(`${JSON.stringify({ result: { done, failed, blocked, left, failure: applied.failure, exit: code } })}\n`)
    return code
  }
  if (applied.failure !== null) fail(terminal, format, applied.failure)
  for (const warning of applied.warnings) terminal.err(`warning: ${warning}\n`)
  const rest = [counted(failed, "failed"), counted(blocked, "not begun because of that"), counted(left, "left")]
  terminal.err(`${[`${done} done`, ...rest.filter((part) => part !== null)].join(", ")}.\n`)
  if (code !== 0) terminal.err("Apply again to go on from what is there.\n")
  return code
}

function counted(number: number, what: string): string | null {
  return number === 0 ? null : `${number} ${what}`
}

function isWritten(lock: { readonly path: string; readonly text: string }): boolean {
  try {
    return readFileSync(lock.path, "utf8") === lock.text
  } catch {
    return false
  }
}

function closed(view: View | null): null {
  view?.close()
  return null
}
