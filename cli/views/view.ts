import type { Event } from "../../runtime/index.ts"
import type { Format } from "../problem.ts"
import type { Terminal } from "../terminal.ts"

/** Shows events while a command works. */
export type View = {
  show(event: Event): void
  /** The steps under way now, in words. */
  running(): readonly string[]
  /** Puts the terminal back as it was; nothing is shown after. */
  close(): void
}

/** The view that fits: JSON lines when asked for, one live line on a terminal, plain lines elsewhere. */
export async function openView(terminal: Terminal, format: Format, step_count: number): Promise<View> {
  if (format.json === true) return (await import("./json.ts")).jsonView(terminal)
  if (terminal.live) return (await import("./live.ts")).liveView(terminal, step_count)
  return (await import("./plain.ts")).plainView(terminal)
}
