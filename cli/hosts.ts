import { type DesiredHost, nearest } from "../lang/index.ts"
import { type CompileOptions, load } from "./compile.ts"
import { fail } from "./problem.ts"
import type { Terminal } from "./terminal.ts"

/** Options of commands that look after hosts: those of a file, or this machine. */
export type HostOptions = CompileOptions & { readonly host: readonly string[] }

/** The hosts of `file` that `--host` names, or all; this machine without a file. Null after saying what is wrong. */
export function hostsOf(
  file: string | undefined,
  options: HostOptions,
  terminal: Terminal,
): readonly DesiredHost[] | null {
  if (file === undefined && options.host.length > 0) {
    const remedy = "name the file whose hosts are meant, such as: appl doctor office.appl --host rack"
    fail(terminal, options, { message: "--host names a host of a file, and there is no file", remedy })
    return null
  }
  if (file === undefined) return [thisMachine]
  const loaded = load(file, options, terminal)
  if (loaded === null) return null
  const { hosts } = loaded.desired
  const names = hosts.map(({ name }) => name)
  const unknown = options.host.find((name) => !names.includes(name))
  if (unknown === undefined) return hosts.filter(({ name }) => options.host.length === 0 || options.host.includes(name))
  const meant = nearest(unknown, names)
  const remedy = meant === null ? `it has ${names.join(", ")}` : `did you mean ${meant}?`
  fail(terminal, options, { message: `${file} has no host ${unknown}`, remedy })
  return null
}

const thisMachine: DesiredHost = {
  name: "local",
  connection: { kind: "local" },
  capacity: {},
  labels: {},
  origin: null,
}

/** `ssh("root@10.0.0.11:2222")`, as the language has it. */
export function showConnection(connection: DesiredHost["connection"]): string {
  switch (connection.kind) {
    case "ssh":
      return `ssh(${JSON.stringify(destinationOf(connection))})`
    case "incus":
      return `incus(${JSON.stringify(connection.url)})`
    case "libvirt":
      return `libvirt(${JSON.stringify(connection.uri)})`
    default:
      return `${connection.kind}()`
  }
}

function destinationOf({ user, host, port }: Extract<DesiredHost["connection"], { kind: "ssh" }>): string {
  const place = host.includes(":") ? `[${host}]` : host
  return `${user === null ? "" : `${user}@`}${place}${port === null ? "" : `:${port}`}`
}
