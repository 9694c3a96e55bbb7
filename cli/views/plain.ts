import type { Terminal } from "../terminal.ts"
import type { View } from "./view.ts"
import { lines, type Names, tally } from "./words.ts"

/** A line per event that matters, on the error output: for logs and pipes. */
export function plainView(terminal: Terminal, names: Names): View {
  const count = tally(names)
  return {
    show: (event) => {
      count.note(event)
      for (const line of lines(event, names)) terminal.err(`${line}\n`)
    },
    running: count.running,
    close: () => {},
  }
}
