import { type Action, type Address, type Event, signs } from "../../runtime/index.ts"

/** An object as people name it: `web[1]`, `network dmz`, `publish 8080/tcp`, `image 3f2a91c0`. */
export function nameOf(address: Address): string {
  const at = address.indexOf("/")
  const kind = address.slice(0, at)
  const name = address.slice(at + 1)
  if (kind === "appliance") return name
  if (kind === "firewall" || kind === "names") return kind === "names" ? "names file" : kind
  if (kind === "publish") return `publish ${name.replace("-", "/")}`
  return `${kind} ${kind === "image" ? name.slice(0, 12) : name}`
}

/** A step under way: `create web[1]`. */
export function stepOf(action: Action, address: Address): string {
  return `${action} ${nameOf(address)}`
}

/** The line of a finished step: `+ web[1] created in 1.2 s`. */
export function finishedLine(event: Event & { kind: "step-finished" }): string {
  return `${signs[event.action]} ${nameOf(event.address)} ${past[event.action]} in ${seconds(event.took_ms)}`
}

/** The lines of an event that is worth one by itself; none for what only a live line shows. */
export function lines(event: Event): string[] {
  switch (event.kind) {
    case "waiting":
      return [`Waiting for ${event.host}: ${event.message}`]
    case "step-finished":
      return [finishedLine(event)]
    case "step-failed":
      return [
        `✗ ${nameOf(event.address)} failed: ${event.failure.message}`,
        ...event.failure.output.map((line) => `   │ ${line}`),
        ...(event.failure.remedy === null ? [] : [`   = hint: ${event.failure.remedy}`]),
      ]
    case "step-blocked":
      return [`· ${nameOf(event.address)} not begun: it comes after ${event.by}`]
    case "step-quiet":
      return [`  ${nameOf(event.address)}: still at it, nothing heard for ${seconds(event.quiet_ms)}`]
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
export function tally(): {
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
      if (event.kind === "step-started") running.set(event.step, stepOf(event.action, event.address))
      if (event.kind === "step-progress") latest = `${nameOf(event.address)}: ${event.message}`
      if (event.kind === "step-finished" || event.kind === "step-failed") {
        running.delete(event.step)
        finished += 1
      }
    },
    running: () => [...running.values()],
    finished: () => finished,
    latest: () => latest,
  }
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
