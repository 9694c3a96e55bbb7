import { work } from "../carry-out.ts"
import { load } from "../compile.ts"
import { type HostOptions, hostsOf, showConnection } from "../hosts.ts"
import { observing } from "../observe.ts"
import { fail } from "../problem.ts"
import { table } from "../table.ts"
import type { Terminal } from "../terminal.ts"

/**
 * `appl host prepare`: installs what the hosts of a file, or this machine, lack to be hosts, all at once. 0 when nothing is lacking in the
 * end. `--json` prints `{ "hosts": { NAME: { "installed" } or { "error" } } }`.
 */
export async function prepareHosts(
  file: string | undefined,
  options: HostOptions,
  terminal: Terminal,
): Promise<number> {
  const hosts = hostsOf(file, options, terminal)
  if (hosts === null) return 1
  return work(terminal, options, async ({ world }) => {
    const answers = await Promise.all(
      hosts.map(async (host) => {
        const machine = await world.machine(host)
        const prefix = file === undefined ? "" : `${host.name}: `
        const told = (line: string) => terminal.err(`${prefix}${line}\n`)
        return { host: host.name, prefix, prepared: machine.ok ? await machine.value.prepare(told) : machine }
      }),
    )
    if (options.json === true) {
      const told = answers.map(
        ({ host, prepared }) =>
          [host, prepared.ok ? { installed: prepared.value } : { error: prepared.failure }] as const,
      )
      terminal.out(`${JSON.stringify({ hosts: Object.fromEntries(told) })}\n`)
    }
    for (const { prefix, prepared } of options.json === true ? [] : answers) {
      if (!prepared.ok) fail(terminal, options, prepared.failure)
      else if (prepared.value.length === 0) terminal.out(`${prefix}Nothing to install.\n`)
      else terminal.out(`${prefix}Installed ${prepared.value.join(" ")}.\n`)
    }
    return answers.every(({ prepared }) => prepared.ok) ? 0 : 1
  })
}

/** One host of a file, as it is now; what only a host that answers can say is null otherwise. */
type HostRow = {
  readonly host: string
  readonly connection: string
  /** Null when it answers; else why not, and what mends it. */
  readonly problem: { readonly message: string; readonly remedy: string | null } | null
  readonly forms: readonly string[] | null
  readonly cpus: number | null
  readonly memory_free_bytes: number | null
  readonly disk_free_bytes: number | null
  readonly missing: readonly string[] | null
  /** Of this cluster. */
  readonly appliances: readonly string[] | null
  /** Who is changing the cluster there. */
  readonly lease: string | null
}

/** `appl host ls`: the hosts of a file, asked all at once. 0 when all answer, 2 when one does not. `--json` prints `{ "hosts": […] }`. */
export async function listHosts(file: string, options: HostOptions, terminal: Terminal): Promise<number> {
  const loaded = load(file, options, terminal)
  if (loaded === null) return 1
  const task: Parameters<typeof work>[2] = ({ world }) =>
    observing(world, loaded.desired, async (seen) => {
      const rows = loaded.desired.hosts.map(({ name, connection }) =>
        rowOf(name, showConnection(connection), seen.get(name)),
      )
      const traffic = world.traffic()
      if (options.json === true) terminal.out(`${JSON.stringify({ hosts: rows, traffic })}\n`)
      else terminal.out(show(rows))
      for (const { problem } of options.json === true ? [] : rows) if (problem !== null) fail(terminal, {}, problem)
      return rows.every(({ problem }) => problem === null) ? 0 : 2
    })
  return work(terminal, options, task)
}

type Looked =
  Parameters<Parameters<typeof observing<number>>[2]>[0] extends ReadonlyMap<string, infer One> ? One : never

function rowOf(host: string, connection: string, looked: Looked | undefined): HostRow {
  const observed = looked?.observed
  if (observed?.kind !== "reachable") {
    const why = observed?.failure ?? {
      message: `host ${host} does not answer: ${observed?.why ?? "nobody asked"}`,
      remedy: null,
    }
    const unknown = { forms: null, cpus: null, memory_free_bytes: null, disk_free_bytes: null, missing: null }
    return { host, connection, problem: why, ...unknown, appliances: null, lease: null }
  }
  const { facts, objects, lease } = observed
  const appliances = objects.filter(({ address, record }) => record !== null && address.startsWith("appliance/"))
  return {
    host,
    connection,
    problem: null,
    forms: facts.forms,
    cpus: facts.cpus,
    memory_free_bytes: facts.memory_free_bytes,
    disk_free_bytes: facts.disk_free_bytes,
    missing: facts.missing,
    appliances: appliances.map(({ address }) => address.slice("appliance/".length)),
    lease: lease === null ? null : `${lease.holder.user}@${lease.holder.machine}: ${lease.operation}`,
  }
}

function show(rows: readonly HostRow[]): string {
  return table([
    ["host", "connection", "state", "forms", "cpus", "memory free", "disk free", "appliances", "changed by"],
    ...rows.map((row) => [
      row.host,
      row.connection,
      row.problem !== null ? "does not answer" : row.missing?.length ? `lacks ${row.missing.join(", ")}` : "ready",
      row.forms?.join(", ") ?? "",
      `${row.cpus ?? ""}`,
      gibibytes(row.memory_free_bytes),
      gibibytes(row.disk_free_bytes),
      row.appliances?.join(", ") ?? "",
      row.lease ?? "",
    ]),
  ])
}

function gibibytes(bytes: number | null): string {
  return bytes === null ? "" : `${(bytes / 2 ** 30).toFixed(1)} GiB`
}
