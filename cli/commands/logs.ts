import { createInterface } from "node:readline"
import type { DesiredAppliance } from "../../lang/index.ts"
import { secretHider } from "../../runtime/index.ts"
import { findAppliances, unableTo, type Visit, visit } from "../appliances/enter.ts"
import type { CompileOptions } from "../compile.ts"
import { harmless, type Terminal } from "../terminal.ts"

type LogsOptions = CompileOptions & { readonly follow?: boolean; readonly lines?: number; readonly raw?: boolean }

/**
 * `appl logs`: the consoles of appliances, each line with the name of its appliance when there are several. Secrets of the cluster are hidden.
 * 0, or 1 when one could not be read; 130 after Ctrl-C. `--json` prints a line `{ "appliance", "text" }` for each.
 */
export function logs(
  file: string,
  names: readonly string[],
  options: LogsOptions,
  terminal: Terminal,
): Promise<number> {
  return visit(file, options, terminal, 1, async (at) => {
    const found = findAppliances(at.loaded, names)
    if (!found.ok) return unableTo(terminal, options, found.problem, 1)
    const hide = await secretHider(at.world, at.loaded.desired)
    if (!hide.ok) return unableTo(terminal, options, hide.failure, 1)
    const width = Math.max(0, ...found.value.map(({ id }) => id.length))
    const print = (appliance: string, line: string) => {
      const text = hide.value(line)
      const prefix = found.value.length === 1 ? "" : `${appliance.padEnd(width)} │ `
      if (options.json === true) terminal.out(`${JSON.stringify({ appliance, text })}\n`)
      else if (options.raw === true) process.stdout.write(`${prefix}${text}\n`)
      else terminal.out(`${prefix}${plain(text)}\n`)
    }
    if (options.follow === true)
      return worst(await Promise.all(found.value.map((one) => read(at, one, options, terminal, print))))
    // One after the other, so that what belongs together stays together.
    const codes: number[] = []
    for (const one of found.value) codes.push(at.stop.aborted ? 0 : await read(at, one, options, terminal, print))
    return worst(codes)
  })
}

async function read(
  { enter, stop }: Visit,
  appliance: DesiredAppliance,
  options: LogsOptions,
  terminal: Terminal,
  print: (appliance: string, line: string) => void,
): Promise<number> {
  const entered = await enter(appliance, { kind: "log", lines: options.lines ?? 100, follow: options.follow === true })
  if (!entered.ok) return unableTo(terminal, options, entered.failure, 1)
  const { stdin, stdout, stderr, ended } = entered.value
  stderr.resume()
  if (options.follow !== true) stdin.end()
  const gone = () => entered.value.kill()
  process.stdout.once("error", gone)
  for await (const line of createInterface({ input: stdout, crlfDelay: Number.POSITIVE_INFINITY }))
    print(appliance.id, line)
  process.stdout.off("error", gone)
  const { code, why } = await ended
  if (code === 0 || stop.aborted) return 0
  const reason =
    code === null ? `the connection was lost${why === undefined ? "" : `: ${why}`}` : "its log cannot be read"
  return unableTo(terminal, options, { message: `${appliance.id}: ${reason}`, remedy: null }, 1)
}

/** A line of a console without its carriage returns at the end and what steers a terminal. */
function plain(line: string): string {
  return harmless(line.replace(/\r+$/, ""))
}

function worst(codes: readonly number[]): number {
  return Math.max(0, ...codes)
}
