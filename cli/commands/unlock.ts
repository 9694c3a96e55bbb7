import type { Driver, Lease } from "../../runtime/index.ts"
import { ask } from "../ask.ts"
import { work } from "../carry-out.ts"
import { type CompileOptions, load } from "../compile.ts"
import { observing } from "../observe.ts"
import { fail } from "../problem.ts"
import { table } from "../table.ts"
import type { Terminal } from "../terminal.ts"

type UnlockOptions = CompileOptions & { readonly yes?: boolean; readonly host?: readonly string[] }
type Held = { readonly host: string; readonly driver: Driver; readonly lease: Lease }

/**
 * `appl unlock`: shows who holds the lease of each host, and takes all of them away when that is confirmed. 0 when none is left, 1 when one is, or
 * a host is silent. `--json` prints `{ "cluster", "leases": […], "taken_away", "silent": […] }`.
 */
export async function unlock(file: string, options: UnlockOptions, terminal: Terminal): Promise<number> {
  const loaded = load(file, options, terminal)
  if (loaded === null) return 1
  const { desired } = loaded
  const { cluster } = desired
  const stranger = options.host?.find((name) => desired.hosts.every((host) => host.name !== name))
  if (stranger !== undefined) {
    const remedy = `its hosts are ${desired.hosts.map(({ name }) => name).join(", ")}`
    return fail(terminal, options, { message: `${cluster} has no host ${stranger}`, remedy })
  }
  const chosen = desired.hosts.filter(({ name }) => options.host === undefined || options.host.includes(name))
  return work(terminal, options, ({ world, interrupt }) =>
    observing(world, { ...desired, hosts: chosen }, async (seen) => {
      const held: Held[] = []
      const silent: { readonly host: string; readonly why: string }[] = []
      for (const [host, { driver, observed }] of seen) {
        if (driver === null || observed.kind === "unreachable")
          silent.push({ host, why: observed.kind === "unreachable" ? observed.why : "it cannot be opened" })
        else if (observed.lease !== null) held.push({ host, driver, lease: observed.lease })
      }
      if (options.json !== true) {
        terminal.err(held.length === 0 ? `Nobody is changing ${cluster}.\n` : showHeld(held))
        for (const { host, why } of silent)
          fail(terminal, options, { message: `host ${host} does not answer: ${why}`, remedy: null })
      }
      const agreed = held.length > 0 && (await mayTake(options, terminal, interrupt.signal))
      if (agreed === null) return fail(terminal, options, nobody)
      if (agreed) await Promise.all(held.map(({ driver, lease }) => driver.release(cluster, lease)))
      if (options.json === true) {
        const leases = held.map(({ host, lease }) => ({ host, ...lease }))
        terminal.out(`${JSON.stringify({ cluster, leases, taken_away: agreed, silent })}\n`)
      } else if (agreed) terminal.err(`Taken away on ${held.map(({ host }) => host).join(", ")}.\n`)
      return silent.length === 0 && (held.length === 0 || agreed) ? 0 : 1
    }),
  )
}

/** Null: there is nobody who could be asked. */
async function mayTake(options: UnlockOptions, terminal: Terminal, stop: AbortSignal): Promise<boolean | null> {
  if (options.yes === true) return true
  return terminal.asks ? ask("Take it away?", stop) : null
}

function showHeld(held: readonly Held[]): string {
  const time = (at_ms: number) => new Date(at_ms).toISOString().slice(0, 19).replace("T", " ")
  return table([
    ["host", "held by", "does", "since", "until"],
    ...held.map(({ host, lease: { holder, operation, since_ms, until_ms } }) => [
      host,
      `${holder.user}@${holder.machine} (process ${holder.process_id})`,
      operation,
      time(since_ms),
      time(until_ms),
    ]),
  ])
}

const nobody = { message: "unlock asks first, and there is no terminal to ask", remedy: "add --yes" }
