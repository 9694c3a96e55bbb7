import type { DesiredState } from "../../lang/index.ts"
import { discardVolume, showBytes, unusedVolumes } from "../../runtime/index.ts"
import { askFor } from "../ask.ts"
import { work } from "../carry-out.ts"
import { type CompileOptions, load } from "../compile.ts"
import { observing, type Seen } from "../observe.ts"
import { fail } from "../problem.ts"
import { table } from "../table.ts"
import type { Terminal } from "../terminal.ts"

/** A volume as it is on a host: `state` says what is not as it should be, or that nobody uses it. */
type Row = {
  readonly volume: string
  readonly host: string
  readonly size_bytes: number | null
  readonly used_bytes: number
  readonly backup: string | null
  readonly state: "used" | "unused"
}

/** `appl volume ls`: 0, or 1 when a host does not answer. `--json` prints `{ "cluster", "volumes": […] }`. */
export function listVolumes(file: string, options: CompileOptions, terminal: Terminal): Promise<number> | number {
  const loaded = load(file, options, terminal)
  if (loaded === null) return 1
  const { desired } = loaded
  return work(terminal, options, ({ world }) =>
    observing(world, desired, async (seen) => {
      const rows = rowsOf(desired, seen)
      if (options.json === true) terminal.out(`${JSON.stringify({ cluster: desired.cluster, volumes: rows })}\n`)
      else terminal.out(show(rows))
      return silent(seen).reduce((_, { host, why }) => {
        return fail(terminal, options, { message: `host ${host} does not answer: ${why}`, remedy: null })
      }, 0)
    }),
  )
}

/** `appl volume delete`: asks for the volume's name to be typed. 0 when it is gone. */
export async function deleteVolume(
  file: string,
  name: string,
  options: CompileOptions & { readonly yes?: boolean },
  terminal: Terminal,
): Promise<number> {
  const loaded = load(file, options, terminal)
  if (loaded === null) return 1
  const { desired } = loaded
  return work(terminal, options, async ({ world, interrupt }) => {
    const rows = await observing(world, desired, async (seen) => rowsOf(desired, seen))
    const found = rows.find((row) => row.volume === name)
    if (found === undefined) {
      const remedy = "appl volume ls lists those that are there"
      return fail(terminal, options, { message: `there is no volume ${name}`, remedy })
    }
    if (found.state === "used") {
      const remedy = "take it out of the source and apply first; it is kept until it is deleted here"
      return fail(terminal, options, { message: `the volume ${name} is in use`, remedy })
    }
    if (options.yes !== true && !terminal.asks) return fail(terminal, options, nobody)
    const warning = `The volume ${name} on ${found.host} (${showBytes(found.used_bytes)}) is deleted with what is on it.`
    if (options.yes !== true && !(await askFor(name, warning, interrupt.signal))) {
      terminal.err("Nothing was changed.\n")
      return 1
    }
    const slash = name.lastIndexOf("/")
    const volume = { host: found.host, appliance: name.slice(0, slash), name: name.slice(slash + 1) }
    const gone = await discardVolume(world, desired, volume)
    if (!gone.ok) return fail(terminal, options, gone.failure)
    terminal.err(`The volume ${name} on ${found.host} is gone.\n`)
    return 0
  })
}

function rowsOf(desired: DesiredState, seen: ReadonlyMap<string, Seen>): readonly Row[] {
  const hosts = Object.fromEntries([...seen].map(([host, { observed }]) => [host, observed]))
  const unused = new Set(unusedVolumes({ desired, observed: { hosts } }).map(({ volume }) => volume))
  return Object.entries(hosts).flatMap(([host, observed]) =>
    (observed.kind === "reachable" ? observed.volumes : []).map((volume): Row => {
      const declared = desired.appliances.find((one) => one.id === volume.appliance && one.host === host)
      return {
        volume: `${volume.appliance}/${volume.name}`,
        host,
        size_bytes: volume.size_bytes,
        used_bytes: volume.used_bytes,
        backup: declared?.volumes.find(({ name }) => name === volume.name)?.backup ?? null,
        state: unused.has(volume) ? "unused" : "used",
      }
    }),
  )
}

function silent(seen: ReadonlyMap<string, Seen>): readonly { readonly host: string; readonly why: string }[] {
  return [...seen].flatMap(([host, { observed }]) =>
    observed.kind === "unreachable" ? [{ host, why: observed.why }] : [],
  )
}

function show(rows: readonly Row[]): string {
  const header = ["volume", "host", "size", "used", "state"]
  return table([
    header,
    ...rows.map(({ volume, host, size_bytes, used_bytes, state }) => [
      volume,
      host,
      size_bytes === null ? "no limit" : showBytes(size_bytes),
      showBytes(used_bytes),
      state === "used" ? "" : "nobody uses it",
    ]),
  ])
}

const nobody = {
  message: "volume delete asks before it deletes anything, and there is no terminal to ask",
  remedy: "add --yes",
}
