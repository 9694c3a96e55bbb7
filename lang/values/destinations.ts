import type * as tree from "../syntax/tree.ts"
import { formProblem } from "./forms.ts"
import { fail, type Place, spanOf } from "./frame.ts"
import { display } from "./show.ts"
import type { ConnectionValue, Value } from "./value.ts"

type Far = Exclude<ConnectionValue["to"], "local" | "simulated">

/** A host somewhere else; reports A0604 for a destination that is none. */
export function connectionTo(place: Place, expression: tree.Call, to: Far, destination: string): Value {
  if (destinationOf(to, destination) !== null) {
    return { kind: "connection", to, destination, capacity: new Map(), labels: new Map() }
  }
  const at = spanOf(place.unit, expression.arguments[0]?.value ?? expression)
  return fail(place.evaluation, "A0604", at, `${display(destination)} is no destination of \`${to}(…)\``, {
    hint: `it is written like ${examples[to]}`,
  })
}

const examples: Readonly<Record<Far, string>> = {
  ssh: '"root@10.0.0.11" or "root@rack.office.test:2222"',
  incus: '"https://10.0.0.12:8443"',
  libvirt: '"qemu+ssh://root@10.0.0.13/system"',
}

/** The parts of a destination; `host` is a name or an address, `port` and `user` are null where the usual one is meant. */
type Destination = { readonly user: string | null; readonly host: string; readonly port: number | null }

/**
 * What a destination says, or null when it is none. No part of it can be read as an option by the program that it is handed to, and
 * none brings a command of its own, as the parameters of a libvirt URI may.
 */
export function destinationOf(to: Far, text: string): Destination | null {
  const [, before, authority, after] = patterns[to].exec(text) ?? []
  if (authority === undefined) return null
  if (to === "incus" && after !== undefined && after !== "/") return null
  if (to === "libvirt" && authority === "") return before === "" ? { user: null, host: "localhost", port: null } : null
  const parts = /^(?:([a-z_][a-z0-9_.-]{0,31})@)?([^@:]+|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?$/.exec(authority)
  if (parts === null) return null
  const [, user = null, host, port] = parts
  if (!host!.startsWith("[") && formProblem("Hostname", host!) !== null) return null
  const number = port === undefined ? null : Number(port)
  return number === 0 || (number ?? 0) > 65_535 || (to === "incus" && user !== null)
    ? null
    : { user, host: host!, port: number }
}

const patterns: Readonly<Record<Far, RegExp>> = {
  ssh: /^()([^/\s]+)$/,
  incus: /^(https):\/\/([^/\s]+)(\/.*)?$/,
  libvirt: /^qemu((?:\+(?:ssh|tls))?):\/\/([^/\s]*)\/(?:system|session)$/,
}
