import type { Terminal } from "./terminal.ts"

/** How Ctrl-C reaches what is running. */
export type Interrupt = {
  /** Aborted by the first signal: what runs finishes, nothing new begins. */
  readonly signal: AbortSignal
  /** Says which steps are under way, for the message of the second signal. */
  watch(running: () => readonly string[]): void
  /** Gives the signals back to the process. */
  close(): void
}

/**
 * The first SIGINT, SIGTERM or SIGHUP stops softly; the second ends the process at once with exit code 130 and says what is
 * then unknown: the next apply finds out by looking at the hosts.
 */
export function catchInterrupts(terminal: Terminal): Interrupt {
  const controller = new AbortController()
  let running: () => readonly string[] = () => []
  const handle = () => {
    if (controller.signal.aborted) {
      terminal.err(`\nStopped at once.${unknown(running())}\n`)
      process.exit(130)
    }
    const finishing = running()
    const what = finishing.length === 0 ? "" : `: ${finishing.join(", ")}`
    terminal.err(`\nStopping after what is running${what}. Press Ctrl-C again to stop at once.\n`)
    controller.abort()
  }
  for (const name of signals) process.on(name, handle)
  return {
    signal: controller.signal,
    watch: (list) => {
      running = list
    },
    close: () => {
      for (const name of signals) process.off(name, handle)
    },
  }
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const

function unknown(running: readonly string[]): string {
  if (running.length === 0) return " Nothing was under way."
  return ` Unknown: ${running.join(", ")}. The next apply looks at the hosts and goes on from what is there.`
}
