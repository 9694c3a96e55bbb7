import { type Action, type Address, type Event, nameOf, type Plan, signs, titleOf } from "../../runtime/index.ts"

/** How the object of a step is called, by the id of the step: by its title in the plan, and its host where there are several. */
export type Names = ReadonlyMap<string, string>

/** The names of all steps of a plan. */
export function namesIn(plan: Plan | null): Names {
  const steps = plan?.steps ?? []
  const several = new Set(steps.map((step) => step.host)).size > 1
  return new Map(steps.map((step) => [step.id, several ? `${titleOf(step)} on ${step.host}` : titleOf(step)]))
}

/** A step under way: `create web[1]`. */
function stepOf(event: Event & { kind: "step-started" }, names: Names): string {
  return `${event.action} ${called(event, names)}`
}

/** The line of a finished step: `+ web[1] created in 1.2 s`. */
function finishedLine(event: Event & { kind: "step-finished" }, names: Names): string {
  return `${signs[event.action]} ${called(event, names)} ${past[event.action]} in ${seconds(event.took_ms)}`
}

/** The lines of an event that is worth one by itself; none for what only a live line shows. */
export function lines(event: Event, names: Names): string[] {
  switch (event.kind) {
    case "waiting":
      return [`Waiting for ${event.host}: ${event.message}`]
    case "step-finished":
      return [finishedLine(event, names)]
    case "step-failed":
      return [
        `✗ ${called(event, names)} failed: ${event.failure.message}`,
        ...event.failure.output.map((line) => `   │ ${line}`),
        ...(event.failure.remedy === null ? [] : [`   = hint: ${event.failure.remedy}`]),
      ]
    case "step-blocked":
      return [`· ${called(event, names)} not begun: it comes after ${event.by}`]
    case "step-turned-back":
      return event.problem === null
        ? [`↶ ${called(event, names)} turned back in ${seconds(event.took_ms)}: ${event.by} failed`]
        : [`✗ ${called(event, names)} could not be turned back: ${event.problem.message}`]
    case "step-quiet":
      return [`  ${called(event, names)}: still at it, nothing heard for ${seconds(event.quiet_ms)}`]
    default:
      return []
  }
}

/** `340 ms`, `1.2 s`, `2 min 5 s`. */
export function seconds(duration_ms: number): string {
  if (duration_ms < 1_000) return `${Math.round(duration_ms)} ms`
  if (duration_ms < 60_000) return `${(duration_ms / 1_000).toFixed(1)} s`
  return `${Math.floor(duration_ms / 60_000)} min ${Math.round((duration_ms % 60_000) / 1_000)} s`
}

/** Keeps count of what is running from the events. */
export function tally(names: Names): {
  note(event: Event): void
  running(): readonly string[]
  finished(): number
  latest(): string
} {
  const running = new Map<string, string>()
  let finished = 0
  let latest = ""
  return {
    note: (event) => {
      if (event.kind === "phase") latest = phases[event.phase]
      if (event.kind === "step-started") running.set(event.step, stepOf(event, names))
      if (event.kind === "step-progress") latest = `${called(event, names)}: ${event.message}`
      if (event.kind === "step-finished" || event.kind === "step-failed") {
        running.delete(event.step)
        latest = ""
        finished += 1
      }
    },
    running: () => [...running.values()],
    finished: () => finished,
    latest: () => latest,
  }
}

function called({ step, address }: { readonly step: string; readonly address: Address }, names: Names): string {
  return names.get(step) ?? nameOf(address)
}

const past: Readonly<Record<Action, string>> = {
  keep: "kept",
  update: "updated",
  reload: "reloaded",
  restart: "restarted",
  create: "created",
  replace: "replaced",
  move: "moved",
  delete: "deleted",
}

const phases = {
  observe: "looking at the hosts",
  resolve: "resolving packages",
  plan: "planning",
  apply: "applying",
  verify: "looking again",
} as const
