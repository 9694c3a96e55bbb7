import type { Finding } from "../../runtime/index.ts"
import { work } from "../carry-out.ts"
import { type HostOptions, hostsOf } from "../hosts.ts"
import { fail } from "../problem.ts"
import type { Terminal } from "../terminal.ts"

/**
 * `appl doctor`: what the hosts of a file, or this machine, have and lack. 0 when nothing is lacking, 1 when something is, or a host does not
 * let us look. `--json` prints `{ "findings" }` for this machine, `{ "hosts": { NAME: { "findings" } or { "error" } } }` for a file.
 */
export async function doctor(file: string | undefined, options: HostOptions, terminal: Terminal): Promise<number> {
  const hosts = hostsOf(file, options, terminal)
  if (hosts === null) return 1
  return work(terminal, options, async ({ world }) => {
    const answers = await Promise.all(
      hosts.map(async (host) => {
        const machine = await world.machine(host)
        return { host: host.name, examined: machine.ok ? await machine.value.doctor() : machine }
      }),
    )
    const well = answers.every(({ examined }) => examined.ok && examined.value.every(({ ok }) => ok))
    if (options.json === true && file !== undefined) {
      const told = answers.map(
        ({ host, examined }) =>
          [host, examined.ok ? { findings: examined.value } : { error: examined.failure }] as const,
      )
      terminal.out(`${JSON.stringify({ hosts: Object.fromEntries(told) })}\n`)
      return well ? 0 : 1
    }
    for (const { host, examined } of answers) {
      if (file !== undefined && options.json !== true) terminal.out(`host ${host}:\n`)
      if (!examined.ok) fail(terminal, options, examined.failure)
      else if (options.json === true) terminal.out(`${JSON.stringify({ findings: examined.value })}\n`)
      else show(examined.value, terminal)
    }
    return well ? 0 : 1
  })
}

/** A line for each finding, and its remedy below it when it is not well. */
export function show(findings: readonly Finding[], terminal: Terminal): void {
  for (const { what, ok, remedy } of findings) {
    terminal.out(`${ok ? "ok     " : "lacking"}  ${what}\n`)
    if (!ok && remedy !== null) terminal.out(`         = hint: ${remedy}\n`)
  }
}
