import type { Terminal } from "../terminal.ts"
import type { View } from "./view.ts"
import { type Names, tally } from "./words.ts"

/** Every event as one line of JSON on the standard output. */
export function jsonView(terminal: Terminal, names: Names): View {
  const count = tally(names)
  return {
    show: (event) => {
      count.note(event)
      terminal.out(`${JSON.stringify(event)}\n`)
    },
    running: count.running,
    close: () => {},
  }
}
