import { type Flow, showOrigin } from "../../lang/index.ts"
import { showEnd, showPorts } from "../../runtime/index.ts"
import { type CompileOptions, load } from "../compile.ts"
import { table } from "../table.ts"
import type { Terminal } from "../terminal.ts"

/** `appl flows`: every open flow with its cause; all else is dropped. `--json` prints `{ "flows": […] }` as in DesiredState. */
export function flows(file: string, options: CompileOptions, terminal: Terminal): number {
  const loaded = load(file, options, terminal)
  if (loaded === null) return 1
  const open = loaded.desired.flows
  if (options.json === true) {
    terminal.out(`${JSON.stringify({ flows: open })}\n`)
    return 0
  }
  if (open.length === 0) {
    terminal.out("Nothing may pass.\n")
    return 0
  }
  terminal.out(table([["from", "to", "ports", "because", "at"], ...open.map(row)]))
  return 0
}

function row(flow: Flow): string[] {
  return [
    showEnd(flow.from),
    showEnd(flow.to),
    flow.ports.map(showPorts).join(" "),
    flow.cause,
    showOrigin(flow.origin),
  ]
}
