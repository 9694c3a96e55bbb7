import { appendFileSync, readFileSync } from "node:fs"
import type { DesiredHost } from "../../lang/index.ts"
import type { Stranger } from "../../runtime/index.ts"
import { ask } from "../ask.ts"
import { type Working, work } from "../carry-out.ts"
import { reasonOf } from "../files.ts"
import { showConnection } from "../hosts.ts"
import { type Format, fail } from "../problem.ts"
import type { Terminal } from "../terminal.ts"
import { show } from "./doctor.ts"

type AddOptions = Format & { readonly yes?: boolean; readonly fingerprint?: string; readonly file?: string }

/**
 * `appl host add`: meets a host. Shows its key and, when that is agreed on, adds it to the known hosts; says what the host lacks; and prints the
 * line that declares it, with what it has, or appends that to a file. 0 when it is one to work on, 1 when not.
 */
export async function addHost(
  name: string,
  destination: string,
  options: AddOptions,
  terminal: Terminal,
): Promise<number> {
  const host = hostNamed(name, destination)
  if (host === null) {
    const remedy = "such as: appl host add rack root@10.0.0.11, or root@rack.office.test:2222"
    return fail(terminal, options, { message: `${name} ${destination} are no name and destination of a host`, remedy })
  }
  const declared = options.file === undefined ? null : declaredIn(options.file, name)
  if (declared !== null) return fail(terminal, options, declared)
  return work(terminal, options, async (working) => {
    const met = await working.world.stranger(host)
    if (!met.ok) return fail(terminal, options, met.failure)
    if (!met.value.known && !(await accept(met.value, name, options, working))) return 1
    return introduce(host, options, working)
  })
}

/** What a host has, and the line that declares it. */
async function introduce(host: DesiredHost, options: AddOptions, { world, terminal }: Working): Promise<number> {
  const machine = await world.machine(host)
  if (!machine.ok) return fail(terminal, options, machine.failure)
  const [examined, capacity] = await Promise.all([machine.value.doctor(), machine.value.capacity()])
  if (!examined.ok) return fail(terminal, options, examined.failure)
  if (!capacity.ok) return fail(terminal, options, capacity.failure)
  const { cpus, memory_bytes, disk_bytes } = capacity.value
  const line = `host ${host.name} = ${showConnection(host.connection)} { capacity = { cpus = ${cpus}, memory = ${mebibytes(memory_bytes)}, disk = ${mebibytes(disk_bytes)} } }`
  const well = examined.value.every(({ ok }) => ok)
  if (options.json === true) {
    terminal.out(`${JSON.stringify({ host: host.name, findings: examined.value, capacity: capacity.value, line })}\n`)
  } else {
    show(
      examined.value.filter(({ ok }) => !ok),
      { ...terminal, out: terminal.err },
    )
    terminal.out(`${line}\n`)
  }
  if (options.file !== undefined) {
    try {
      const text = readFileSync(options.file, "utf8")
      appendFileSync(options.file, `${text === "" || text.endsWith("\n") ? "" : "\n"}${line}\n`)
    } catch (error) {
      return fail(terminal, options, {
        message: `${options.file} cannot be written: ${reasonOf(error as Error)}`,
        remedy: null,
      })
    }
  }
  return well ? 0 : 1
}

/** Whether the user takes the key for the host's, and it is written down. */
async function accept(
  met: Stranger,
  name: string,
  options: AddOptions,
  { terminal, interrupt }: Working,
): Promise<boolean> {
  if (options.fingerprint !== undefined && options.fingerprint !== met.fingerprint) {
    const message = `host ${name} shows ${met.shown}, and not ${options.fingerprint}`
    fail(terminal, options, { message, remedy: "somebody may be in between: look at the key on the host itself" })
    return false
  }
  if (options.json !== true || terminal.asks) terminal.err(`Host ${name} shows the key ${met.shown}.\n`)
  if (options.yes === true && options.fingerprint === undefined) {
    const remedy = `compare it with the host's own, and add --fingerprint ${met.fingerprint}`
    fail(terminal, options, { message: "--yes takes no key that nobody has looked at", remedy })
    return false
  }
  if (options.fingerprint === undefined) {
    if (!terminal.asks) {
      const remedy = `compare the key with the host's own, and add --yes --fingerprint ${met.fingerprint}`
      fail(terminal, options, { message: "host add asks first, and there is no terminal to ask", remedy })
      return false
    }
    if (!(await ask("Is that what ssh-keygen -lf says on the host itself?", interrupt.signal))) return false
  }
  const remembered = met.remember()
  if (!remembered.ok) return fail(terminal, options, remembered.failure) === 0
  if (options.json !== true) terminal.err(`Added to ${remembered.value}.\n`)
  return true
}

function hostNamed(name: string, destination: string): DesiredHost | null {
  const found = /^(?:([^@\s"'\\]+)@)?(?:\[([0-9a-fA-F:]+)\]|([\w.-]+))(?::(\d{1,5}))?$/.exec(destination)
  if (found === null || !/^[a-z][a-z0-9-]*$/.test(name)) return null
  const [, user = null, bracketed, plain, port] = found
  const connection = {
    kind: "ssh",
    user,
    host: bracketed ?? plain!,
    port: port === undefined ? null : Number(port),
  } as const
  return { name, connection, capacity: {}, labels: {}, origin: null }
}

/** Why the line cannot be appended to a file; null when it can. */
function declaredIn(file: string, name: string) {
  try {
    const taken = new RegExp(`^\\s*host\\s+${name}\\b(?!-)`, "m").test(readFileSync(file, "utf8"))
    return taken ? { message: `${file} has a host ${name} already`, remedy: "choose another name" } : null
  } catch (error) {
    return {
      message: `${file} cannot be read: ${reasonOf(error as Error)}`,
      remedy: "name an .appl file that is there",
    }
  }
}

function mebibytes(bytes: number): string {
  const mebi = Math.floor(bytes / 2 ** 20)
  return mebi % 1024 === 0 ? `${mebi / 1024}GiB` : `${mebi}MiB`
}
