import ora from "ora"
import { harmless, type Terminal } from "../terminal.ts"
import type { View } from "./view.ts"
import { lines, type Names, tally } from "./words.ts"

/** One live line that sums up what is running, and a line above it per finished step. */
export function liveView(terminal: Terminal, names: Names, step_count: number): View {
  const count = tally(names)
  const spinner = ora({ stream: process.stderr, discardStdin: false, text: "" }).start()
  return {
    show: (event) => {
      count.note(event)
      const finished = lines(event, names)
      if (finished.length > 0) {
        spinner.clear()
        for (const line of finished) terminal.err(`${line}\n`)
      }
      // The spinner writes by itself, and hosts have a part in what it says.
      spinner.text = cut(harmless(summary()).replaceAll("\n", " "), terminal.width - 4)
    },
    running: count.running,
    close: () => void spinner.stop(),
  }

  function summary(): string {
    const running = count.running()
    const progress = step_count === 0 ? "" : `${count.finished()} of ${step_count} · `
    const what = running.length > 3 ? `${running.length} steps, such as ${running[0]}` : running.join(", ")
    return [`${progress}${what}`, count.latest()].filter((part) => part !== "").join(" · ")
  }
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`
}
