import { thisMachine } from "../../runtime/index.ts"
import { type Format, fail } from "../problem.ts"
import type { Terminal } from "../terminal.ts"

/** `appl doctor`: what this machine has and lacks to be a host. 0 when nothing is lacking, 1 when something is. */
export async function doctor(options: Format, terminal: Terminal): Promise<number> {
  const examined = await thisMachine.doctor()
  if (!examined.ok) return fail(terminal, options, examined.failure)
  const findings = examined.value
  if (options.json === true) terminal.out(`${JSON.stringify({ findings })}\n`)
  else {
    for (const { what, ok, remedy } of findings) {
      terminal.out(`${ok ? "ok     " : "lacking"}  ${what}\n`)
      if (!ok && remedy !== null) terminal.out(`         = hint: ${remedy}\n`)
    }
  }
  return findings.every((finding) => finding.ok) ? 0 : 1
}
