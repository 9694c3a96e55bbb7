import { mergeRuns, type Run } from "../../runtime/index.ts"
import { work } from "../carry-out.ts"
import { type CompileOptions, load } from "../compile.ts"
import { openAll } from "../observe.ts"
import { fail } from "../problem.ts"
import { table } from "../table.ts"
import type { Terminal } from "../terminal.ts"
import { seconds } from "../views/words.ts"

type HistoryOptions = CompileOptions & { readonly number?: number }

/**
 * `appl history`: who changed the cluster, the latest run first; with the beginning of a run's name, what it did. 0, or 1 when a host does not
 * answer or there is no such run. `--json` prints `{ "cluster", "runs": […], "silent": […] }`.
 */
export function history(
  file: string,
  run: string | undefined,
  options: HistoryOptions,
  terminal: Terminal,
): Promise<number> | number {
  const loaded = load(file, options, terminal)
  if (loaded === null) return 1
  const { desired } = loaded
  return work(terminal, options, ({ world }) =>
    openAll(world, desired.hosts, async (drivers) => {
      const answers = [...drivers].map(async ([host, opened]) => {
        const kept = opened.ok ? await opened.value.history(desired.cluster) : opened
        return { host, kept }
      })
      const heard = await Promise.all(answers)
      const silent = heard.flatMap(({ host, kept }) => (kept.ok ? [] : [{ host, why: kept.failure.message }]))
      const all = mergeRuns(new Map(heard.flatMap(({ host, kept }) => (kept.ok ? [[host, kept.value] as const] : []))))
      const runs =
        run === undefined ? all.slice(0, options.number ?? usual_number) : all.filter((one) => isNamed(one, run))
      if (run !== undefined && runs.length === 0 && silent.length === 0) return fail(terminal, options, unknown(run))
      if (options.json === true) terminal.out(`${JSON.stringify({ cluster: desired.cluster, runs, silent })}\n`)
      else {
        terminal.out(run === undefined ? showRuns(runs) : runs.map(showRun).join("\n"))
        for (const { host, why } of silent)
          fail(terminal, options, { message: `host ${host} does not answer: ${why}`, remedy: null })
      }
      return silent.length === 0 ? 0 : 1
    }),
  )
}

function isNamed({ run }: Run, beginning: string): boolean {
  return run?.startsWith(beginning) === true
}

function unknown(run: string) {
  return { message: `no run that begins with ${run} is remembered`, remedy: "`appl history FILE` lists those that are" }
}

function showRuns(runs: readonly Run[]): string {
  if (runs.length === 0) return "Nobody has changed it yet.\n"
  const header = ["run", "when", "who", "did", "for", "steps", "result"]
  return table([
    header,
    ...runs.map((run) => [
      (run.run ?? "").slice(0, 8),
      when(run.since_ms),
      `${run.user}@${run.machine}`,
      run.operation,
      run.until_ms === null ? "" : seconds(Math.max(0, run.until_ms - run.since_ms)),
      run.until_ms === null ? "" : `${run.steps.length + run.more}`,
      resultOf(run),
    ]),
  ])
}

/** What one run did, a line for each step that hosts kept. */
function showRun(run: Run): string {
  const who = `${run.user}@${run.machine} (process ${run.process_id})`
  const head = `${run.run}: ${run.operation} by ${who}, ${when(run.since_ms)}, on ${run.hosts.join(", ")}: ${resultOf(run)}\n`
  const steps = run.steps.map(({ action, address, host, state }) => [`  ${state}`, action, address, host])
  const more = run.more === 0 ? "" : `  and ${run.more} more\n`
  return `${head}${steps.length === 0 ? "" : table(steps)}${more}`
}

function resultOf({ state, why, steps }: Run): string {
  const failed = steps.filter((step) => step.state === "failed").map(({ address }) => address)
  if (state === "working") return "works still"
  if (state === "cut-off") return "cut off before its end"
  if (why !== null) return `${state}: ${why}`
  return failed.length === 0 ? state : `${state}: ${failed.slice(0, 3).join(", ")}`
}

function when(time_ms: number): string {
  return new Date(time_ms).toISOString().slice(0, 19).replace("T", " ")
}

const usual_number = 20
