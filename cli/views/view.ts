import type { Event, Plan } from "../../runtime/index.ts"
import type { Format } from "../problem.ts"
import type { Terminal } from "../terminal.ts"
import { namesIn } from "./words.ts"

/** Shows events while a command works. */
export type View = {
  show(event: Event): void
  /** The steps under way now, in words. */
  running(): readonly string[]
  /** Puts the terminal back as it was; nothing is shown after. */
  close(): void
}

/** The view that fits the terminal for carrying out a plan, or for making one (null): JSON lines when asked for, one live line on a terminal, plain lines elsewhere. */
export async function openView(terminal: Terminal, format: Format, plan: Plan | null): Promise<View> {
  const names = namesIn(plan)
  if (format.json === true) return (await import("./json.ts")).jsonView(terminal, names)
  if (terminal.live) return (await import("./live.ts")).liveView(terminal, names, plan?.steps.length ?? 0)
  return (await import("./plain.ts")).plainView(terminal, names)
}
