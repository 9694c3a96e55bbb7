import type { Machine, Outcome } from "../../runtime/index.ts"
import { work } from "../carry-out.ts"
import { type HostOptions, hostsOf } from "../hosts.ts"
import { fail } from "../problem.ts"
import { table } from "../table.ts"
import type { Terminal } from "../terminal.ts"

/**
 * `appl image ls`: what the hosts of a file, or this machine, have built. `--json` prints `{ "images": […] }` for each host; with a file, each
 * says its `host`.
 */
export function listImages(file: string | undefined, options: HostOptions, terminal: Terminal): Promise<number> {
  return onEach(
    file,
    options,
    terminal,
    (machine) => machine.images(),
    (images, prefix) => {
      if (images.length === 0) return `${prefix}There are no images yet.\n`
      const rows = images.map(({ key, size_bytes, used_ms, users, packages }) => [
        key.slice(0, 12),
        megabytes(size_bytes),
        new Date(used_ms).toISOString().slice(0, 16).replace("T", " "),
        users.join(", ") || "nobody",
        `${packages.length}`,
      ])
      return `${prefix === "" ? "" : `${prefix}\n`}${table([["image", "size", "last used", "used by", "packages"], ...rows])}`
    },
    (images) => ({ images }),
  )
}

/** `appl image gc`: removes what no cluster uses. `--json` prints `{ "removed": […], "freed_bytes" }` for each host. */
export function collectImages(file: string | undefined, options: HostOptions, terminal: Terminal): Promise<number> {
  return onEach(
    file,
    options,
    terminal,
    (machine) => machine.collectImages(),
    ({ removed, freed_bytes }, prefix) =>
      `${prefix}Removed ${removed.length} ${removed.length === 1 ? "thing" : "things"}, ${megabytes(freed_bytes)}.\n`,
    (collected) => collected,
  )
}

/** Asks all hosts at once, and shows their answers in order. 0 when all gave one. */
async function onEach<T>(
  file: string | undefined,
  options: HostOptions,
  terminal: Terminal,
  question: (machine: Machine) => Promise<Outcome<T>>,
  show: (answer: T, prefix: string) => string,
  json: (answer: T) => object,
): Promise<number> {
  const hosts = hostsOf(file, options, terminal)
  if (hosts === null) return 1
  return work(terminal, options, async ({ world }) => {
    const answers = await Promise.all(
      hosts.map(async (host) => {
        const machine = await world.machine(host)
        return { host: host.name, answer: machine.ok ? await question(machine.value) : machine }
      }),
    )
    for (const { host, answer } of answers) {
      if (!answer.ok) fail(terminal, options, answer.failure)
      else if (options.json === true) {
        terminal.out(`${JSON.stringify({ ...(file === undefined ? {} : { host }), ...json(answer.value) })}\n`)
      } else terminal.out(show(answer.value, file === undefined ? "" : `${host}: `))
    }
    return answers.every(({ answer }) => answer.ok) ? 0 : 1
  })
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`
}
