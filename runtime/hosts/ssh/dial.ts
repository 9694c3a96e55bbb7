import type { Duplex } from "node:stream"
import type { Client, ConnectConfig } from "ssh2"
import type { Failure } from "../../model/failure.ts"
import { type Answer, harmlessLine, refused, unreachable } from "./answer.ts"
import type { Endpoint } from "./configuration.ts"
import { type Login, prepareLogin } from "./keys.ts"
import { ssh2 } from "./library.ts"
import { trustIn } from "./trust.ts"

/** A connection on which sessions can be opened. */
export type Live = {
  readonly client: Client
  /** Why it is lost; null while it is not. */
  readonly lost: () => string | null
  /** Resolves when it is lost or ended. */
  readonly ended: Promise<void>
  /** True until the first session was opened on it. */
  fresh: boolean
}

/**
 * Connects and logs in, over `through` when the way leads over another host. The host's key is judged before anything is sent to it, the
 * agent is never forwarded, and nothing but keys is tried.
 */
export async function dial(name: string, endpoint: Endpoint, through: Duplex | null): Promise<Answer<Live>> {
  return connectTo(name, endpoint, through, trustIn(name, endpoint), await prepareLogin(ssh2(), endpoint))
}

/** Asks for the key of a host, in the wire format, and goes no further. */
export async function askKey(name: string, endpoint: Endpoint, through: Duplex | null): Promise<Answer<Buffer>> {
  const heard: { key: Buffer | null } = { key: null }
  const { types } = trustIn(name, endpoint)
  const objection = (key: Buffer): Failure => {
    heard.key = Buffer.from(key)
    return { kind: "host-untrusted", message: "it was only asked for its key", remedy: null, output: [] }
  }
  const nobody: Login = { handler: (_left, _partial, go) => go(false as never), offered: [], notes: [] }
  const answer = await connectTo(name, endpoint, through, { types, objection }, nobody)
  if (heard.key !== null) return { kind: "open", value: heard.key }
  return answer.kind === "open" ? unreachable("it shows no key") : answer
}

type Doorman = { readonly types: readonly string[]; readonly objection: (key: Buffer) => Failure | null }

function connectTo(
  name: string,
  endpoint: Endpoint,
  through: Duplex | null,
  trust: Doorman,
  login: Login,
): Promise<Answer<Live>> {
  const library = ssh2()
  const client = new library.Client()
  const course: Course = { phase: "connecting", failure: null, error: null, notes: [] }
  const ended = new Promise<void>((resolve) => client.once("close", resolve))
  return new Promise((resolve) => {
    const fail = () => {
      // The library says nothing of it when a server has greeted.
      const greeted = (client as unknown as { readonly _remoteVer?: string })._remoteVer !== undefined
      if (course.phase === "greeting" && greeted) advance(course, "key exchange")
      client.destroy()
      resolve(course.failure ?? failureOf(name, endpoint, login, course))
    }
    const closed = () => fail()
    client.on("connect", () => advance(course, "greeting"))
    client.on("handshake", () => advance(course, "authentication"))
    client.on("error", (error: SshError) => hear(course, error))
    // A server that only closes its half would be waited for.
    client.on("end", () => client.destroy())
    client.once("close", closed)
    client.once("ready", () => {
      client.off("close", closed)
      resolve({ kind: "open", value: { client, ended, fresh: true, lost: () => lossOf(course) } })
      client.once("close", () => advance(course, "over"))
    })
    try {
      client.connect({
        ...settingsOf(endpoint, login, trust.types),
        ...(through === null ? {} : { sock: through as ConnectConfig["sock"] }),
        hostVerifier: (key: Buffer) => {
          advance(course, "key exchange")
          const objection = trust.objection(key)
          if (objection !== null) course.failure = { kind: "refused", failure: objection }
          return objection === null
        },
      } as ConnectConfig)
      guardSilence(client, through, endpoint)
    } catch (error) {
      hear(course, error as SshError)
      fail()
    }
  })
}

type SshError = Error & { readonly level?: string; readonly code?: string | number }

type Phase = "connecting" | "greeting" | "key exchange" | "authentication" | "over"

/** How far it came, and what was heard on the way. */
type Course = {
  phase: Phase
  failure: Answer<never> | null
  error: SshError | null
  readonly notes: string[]
}

function advance(course: Course, phase: Phase): void {
  course.phase = phase
}

/** The first error is the cause of those that follow. What an agent cannot sign is only the end of one key. */
function hear(course: Course, error: SshError): void {
  const signing =
    error.level === "agent" || (error.level === "client-authentication" && !/All configured/.test(error.message))
  if (signing) course.notes.push(harmlessLine(error.message))
  else course.error ??= error
}

function settingsOf(endpoint: Endpoint, login: Login, types: readonly string[]): ConnectConfig {
  return {
    host: endpoint.hostname,
    port: endpoint.port,
    username: endpoint.user,
    readyTimeout: endpoint.connect_timeout_ms,
    keepaliveInterval: endpoint.alive.interval_ms,
    // Silence is judged by `guardSilence`, which knows that a slow link may be busy with what we send.
    keepaliveCountMax: Number.MAX_SAFE_INTEGER,
    authHandler: login.handler,
    algorithms: { serverHostKey: keyAlgorithms(types) },
  } as unknown as ConnectConfig
}

/** All algorithms for host keys, those of the keys that are known first: another key of the same host would be a stranger. */
function keyAlgorithms(types: readonly string[]): readonly string[] {
  const known = types.flatMap((type) => (type === "ssh-rsa" ? rsa : [type])).filter((one) => host_keys.includes(one))
  return [...new Set([...known, ...host_keys])]
}

/**
 * Ends a connection whose other side is silent: nothing came in, and nothing that waits to be sent went out, for as long as the keep-alive
 * allows.
 */
function guardSilence(client: Client, through: Duplex | null, { alive }: Endpoint): void {
  const socket = through ?? (client as unknown as { readonly _sock: Duplex })._sock
  let heard = true
  let waiting = 0
  let silent = 0
  socket.on("data", () => {
    heard = true
  })
  const timer = setInterval(() => {
    const moves = heard || socket.writableLength < waiting
    silent = moves ? 0 : silent + 1
    heard = false
    waiting = socket.writableLength
    if (silent <= alive.count) return
    const seconds = (alive.count * alive.interval_ms) / 1_000
    client.emit("error", new Error(`it has not answered for ${seconds} s`))
    client.destroy()
  }, alive.interval_ms)
  client.once("close", () => clearInterval(timer))
}

function lossOf({ phase, error }: Course): string | null {
  if (phase !== "over" && error === null) return null
  return error === null ? "the connection was closed" : `the connection was lost: ${reasonOf(error)}`
}

function failureOf(name: string, endpoint: Endpoint, login: Login, course: Course): Answer<never> {
  const { error, phase } = course
  const at = `${endpoint.hostname}, port ${endpoint.port}`
  if (error === null) return unreachable(`${at} closed the connection during ${during[phase]}`)
  if (/All configured authentication|Too many authentication/i.test(error.message))
    return notLetIn(name, endpoint, login, course)
  if (error.level === "handshake" && !/lost|ended/i.test(error.message))
    return refused(
      `host ${name} cannot be spoken to: ${harmlessLine(error.message)}`,
      "its sshd has to allow algorithms of this century; see Ciphers, KexAlgorithms and HostKeyAlgorithms in sshd_config(5)",
    )
  if (error.level === "client-timeout")
    return unreachable(`${at} did not answer within ${endpoint.connect_timeout_ms / 1_000} s (${during[phase]})`)
  if (phase === "connecting") return unreachable(`${at}: ${reasonOf(error)}`)
  return unreachable(`the connection to ${at} was lost during ${during[phase]}: ${reasonOf(error)}`)
}

function notLetIn(name: string, endpoint: Endpoint, { offered, notes }: Login, course: Course): Answer<never> {
  const message = `host ${name} does not let ${endpoint.user} in: ${
    offered.length === 0 ? "there is no key to offer" : `it accepts none of ${offered.length} keys`
  }`
  const output = [...offered.map((key) => `offered ${key}`), ...notes, ...course.notes]
  const mend = notes.find((note) => note.includes("ssh-add") || note.includes("chmod"))
  const remedy =
    mend === undefined
      ? `put a public key of yours into ~/.ssh/authorized_keys of ${endpoint.user} there: ssh-copy-id ${endpoint.user}@${endpoint.alias}`
      : mend.slice(mend.lastIndexOf(": ") + 2)
  return refused(message, remedy, output)
}

/** What the system calls it, in words. */
function reasonOf(error: SshError): string {
  const known: Readonly<Record<string, string>> = {
    ECONNREFUSED: "nobody listens there",
    ENOTFOUND: "its name is not known",
    EAI_AGAIN: "its name cannot be looked up now",
    EHOSTUNREACH: "there is no way to it",
    ENETUNREACH: "there is no way to its network",
    ETIMEDOUT: "it does not answer",
    ECONNRESET: "it cut the connection",
    EPIPE: "it cut the connection",
  }
  return (typeof error.code === "string" ? known[error.code] : undefined) ?? harmlessLine(error.message)
}

const during: Readonly<Record<Phase, string>> = {
  connecting: "connecting",
  greeting: "the greeting",
  "key exchange": "the key exchange",
  authentication: "authentication",
  over: "its end",
}

const rsa = ["rsa-sha2-512", "rsa-sha2-256"]
const host_keys = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", ...rsa]
