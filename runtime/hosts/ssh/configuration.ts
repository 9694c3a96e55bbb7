import { globSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, isAbsolute, join } from "node:path"
import type SSHConfig from "ssh-config"

const require = createRequire(import.meta.url)

/** Where a host is, as `ssh("ada@rack.office.test:2222")` says it; null is what the configuration of SSH says. */
export type Destination = { readonly user: string | null; readonly host: string; readonly port: number | null }

/** All that is needed to reach one host: its destination and what ssh_config(5) adds. */
export type Endpoint = {
  /** As the user wrote it: what `Host` of the configuration matches. */
  readonly alias: string
  readonly hostname: string
  readonly port: number
  readonly user: string
  /** Through these hosts, in this order; empty when it is reached directly. */
  readonly jumps: readonly Destination[]
  /** Private keys, in order. `said` is false for those that are tried when nobody names one. */
  readonly identities: { readonly files: readonly string[]; readonly said: boolean; readonly only: boolean }
  /** The socket of the agent; null when there is none. */
  readonly agent: string | null
  readonly known_hosts_files: readonly string[]
  /** Under which name known_hosts has its key. */
  readonly known_as: string
  readonly connect_timeout_ms: number
  readonly alive: { readonly interval_ms: number; readonly count: number }
  /** Why the configuration could not be read; then nothing of it counts, and the host is not to be dialled. */
  readonly problem: string | null
}

/** Who asks: the user of this process, and where the configuration lies. */
export type Settings = {
  readonly home: string
  readonly user: string
  readonly agent: string | null
  /** `ssh -F`: this file instead of the user's and the machine's. */
  readonly file: string | null
}

/** Reads ssh_config(5) for one destination, as ssh(1) would; `Match exec` is never run, and does not match. */
export function endpointOf(destination: Destination, settings: Settings): Endpoint {
  const { said, problem } = computed(destination, settings)
  const hostname = expand(one(said, "hostname") ?? destination.host, { h: destination.host })
  const port = destination.port ?? Number(one(said, "port") ?? 22)
  const user = destination.user ?? one(said, "user") ?? settings.user
  const tokens = { h: hostname, n: destination.host, p: `${port}`, r: user, u: settings.user, d: settings.home }
  const path = (text: string) => inHome(expand(text, tokens), settings.home)
  const files = many(said, "identityfile").filter((file) => file !== "none")
  return {
    alias: destination.host,
    hostname,
    port,
    user,
    jumps: jumpsIn(one(said, "proxyjump")),
    identities: {
      files: files.length > 0 ? files.map(path) : usual_keys.map((name) => join(settings.home, ".ssh", name)),
      said: files.length > 0,
      only: one(said, "identitiesonly") === "yes",
    },
    agent: agentIn(one(said, "identityagent"), settings, path),
    known_hosts_files: [
      ...words(said, "userknownhostsfile", ["~/.ssh/known_hosts", "~/.ssh/known_hosts2"]),
      ...words(said, "globalknownhostsfile", ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"]),
    ]
      .filter((file) => file !== "none")
      .map(path),
    known_as: knownAs(one(said, "hostkeyalias"), hostname, port),
    connect_timeout_ms: seconds(one(said, "connecttimeout"), 20) * 1_000,
    alive: {
      interval_ms: seconds(one(said, "serveraliveinterval"), 10) * 1_000,
      count: seconds(one(said, "serveralivecountmax"), 3),
    },
    problem,
  }
}

/** `ada@gate:2222,ssh://inner`: the hosts to jump over, the nearest first. */
export function jumpsIn(text: string | null): readonly Destination[] {
  if (text === null || text === "" || text === "none") return []
  return text.split(",").map((part) => destinationIn(part.trim().replace(/^ssh:\/\//, "")))
}

/** `ada@rack.office.test:2222`, `[fd00::1]:22`. */
export function destinationIn(text: string): Destination {
  const at = text.lastIndexOf("@")
  const user = at > 0 ? text.slice(0, at) : null
  const place = text.slice(at + 1)
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(place)
  const plain = /^([^:]*)(?::(\d+))?$/.exec(place)
  const found = bracketed ?? plain
  if (found === null) return { user, host: place, port: null }
  return { user, host: found[1]!, port: found[2] === undefined ? null : Number(found[2]) }
}

type Said = Readonly<Record<string, string | readonly string[]>>

function computed({ host, user }: Destination, settings: Settings): { said: Said; problem: string | null } {
  const files = settings.file !== null ? [settings.file] : [join(settings.home, ".ssh/config"), "/etc/ssh/ssh_config"]
  const { SSHConfig: parser } = require("ssh-config") as { readonly SSHConfig: typeof SSHConfig }
  const who = user === null ? { Host: host } : { Host: host, User: user }
  try {
    // What the user says comes first, and the first value of an option counts.
    const text = files.map((file) => withIncludes(file, settings, { parser, host }, 0)).join("\nMatch all\n")
    return { said: parser.parse(text).compute(who, { ignoreCase: true, matchExec: false }), problem: null }
  } catch (error) {
    // The library throws for a line that ssh(1) would refuse as well.
    const why = error instanceof Error ? error.message : String(error)
    return { said: {}, problem: `${files[0]} cannot be read: ${why}` }
  }
}

type Asking = { readonly parser: typeof SSHConfig; readonly host: string }

/**
 * A configuration with what it includes in place of the `Include` lines. What stands in an inactive block is left out, and after an included
 * file the block around it goes on.
 */
function withIncludes(file: string, settings: Settings, asking: Asking, depth: number): string {
  const text = readText(file)
  if (text === null || depth > deepest) return ""
  let block = "Match all"
  const lines = text.split("\n").map((line) => {
    if (/^\s*(?:host|match)[\s=]/i.test(line)) block = line
    const include = /^\s*include(?:\s+|\s*=\s*)(.*?)\s*$/i.exec(line)?.[1]
    if (include === undefined) return line
    if (!isActive(block, asking)) return ""
    const paths = include.match(/"[^"]*"|\S+/g) ?? []
    const included = paths.flatMap((path) => filesNamed(path.replaceAll('"', ""), settings))
    return included.map((one) => `${withIncludes(one, settings, asking, depth + 1)}\n${block}`).join("\n")
  })
  return lines.join("\n")
}

function isActive(block: string, { parser, host }: Asking): boolean {
  const probe = parser.parse(`${block}\n  ApplIsActive yes\n`)
  return "applisactive" in probe.compute({ Host: host }, { ignoreCase: true, matchExec: false })
}

function filesNamed(pattern: string, settings: Settings): readonly string[] {
  const folder = settings.file === null ? join(settings.home, ".ssh") : dirname(settings.file)
  const path = inHome(pattern, settings.home)
  return globSync(isAbsolute(path) ? path : join(folder, path)).sort()
}

/** The content of a file; null when it is not there or may not be read. */
export function readText(file: string): string | null {
  try {
    return readFileSync(file, "utf8")
  } catch {
    return null
  }
}

function one(said: Said, name: string): string | null {
  const value = said[name]
  const text = typeof value === "string" ? value : value?.[0]
  return text === undefined ? null : text
}

function many(said: Said, name: string): readonly string[] {
  const value = said[name]
  return value === undefined ? [] : typeof value === "string" ? [value] : value
}

function words(said: Said, name: string, usual: readonly string[]): readonly string[] {
  const value = many(said, name)
  return value.length === 0 ? usual : value.flatMap((text) => text.split(/\s+/)).filter((word) => word !== "")
}

function agentIn(text: string | null, settings: Settings, path: (text: string) => string): string | null {
  if (text === null || text === "SSH_AUTH_SOCK") return settings.agent
  if (text === "none") return null
  return text.startsWith("$") ? (process.env[text.slice(1).replace(/[{}]/g, "")] ?? null) : path(text)
}

function knownAs(alias: string | null, hostname: string, port: number): string {
  if (alias !== null) return alias
  const name = hostname.toLowerCase()
  return port === 22 ? name : `[${name}]:${port}`
}

/** Percent tokens, as in ssh_config(5), TOKENS. One that has no meaning stays as it is. */
function expand(text: string, tokens: Readonly<Record<string, string>>): string {
  return text.replace(/%(.)/g, (all, sign: string) => (sign === "%" ? "%" : (tokens[sign] ?? all)))
}

function inHome(path: string, home: string): string {
  return path === "~" || path.startsWith("~/") ? join(home, path.slice(1)) : path
}

function seconds(text: string | null, usual: number): number {
  const number = Number(text ?? "")
  return Number.isInteger(number) && number > 0 ? number : usual
}

const usual_keys = ["id_rsa", "id_ecdsa", "id_ed25519"]
const deepest = 16
