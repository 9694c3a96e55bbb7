import type { Started } from "../../hosts/host.ts"
import type { Call } from "../../hosts/shell.ts"
import type { Outcome } from "../../model/failure.ts"
import type { Address } from "../../model/object.ts"
import type { Entering } from "../driver.ts"
import { fileName } from "./names.ts"
import { ask, printScript, type Session } from "./session.ts"

/**
 * Enters an appliance: one question whether it is there and runs, which also brings the host's program, and then the streams.
 * The words of a command go from one argument vector to the next; only `printCalls` makes them text in between.
 */
export async function enter(
  session: Session,
  cluster: string,
  address: Address,
  entering: Entering,
): Promise<Outcome<Started>> {
  const zero = entering.kind === "command" && entering.words.some((word) => word.includes("\0"))
  if (zero) return failed("a word of a command cannot hold a zero character", null)
  const name = fileName(address.slice(address.indexOf("/") + 1))
  const terminal = entering.kind === "command" ? entering.terminal : undefined
  const begin: readonly Call[] = [["appl_cluster", cluster]]
  const found = await ask(session, {
    calls: [...begin, ["appl_enterable", name, entering.kind, terminal === undefined ? "plain" : "terminal"]],
    timeout_ms: quick_ms,
  })
  if (!found.ok) return found
  const { generation } = found.value as { readonly generation: string }
  const script = printScript(session, { calls: [...begin, callOf(generation, entering)] })
  return session.host.start({ script, ...(terminal === undefined ? {} : { terminal }) })
}

/** The call of the host's program that becomes what is entered. */
function callOf(name: string, entering: Entering): Call {
  if (entering.kind === "log") return ["appl_enter_log", name, `${entering.lines}`, entering.follow ? "follow" : "once"]
  return ["appl_enter_command", name, entering.terminal?.name ?? "", ...entering.words]
}

function failed(message: string, remedy: string | null): Outcome<never> {
  return { ok: false, failure: { kind: "operation-failed", message, remedy, output: [] } }
}

const quick_ms = 30_000
