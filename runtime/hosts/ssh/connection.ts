import type { Duplex } from "node:stream"
import type { Client, ClientChannel, PseudoTtyOptions } from "ssh2"
import { slots } from "../../apply/slots.ts"
import { type Answer, harmlessLine, refused, unreachable } from "./answer.ts"
import type { Live } from "./dial.ts"

/** One pooled connection to one host: made when it is first needed, and again when it was lost between two uses. */
export type Connection = {
  /** Opens a session that runs `command` in the login shell. `reserve` is for what ends others: it waits for no place. */
  exec(
    command: string,
    options?: { readonly terminal?: PseudoTtyOptions; readonly reserve?: true },
  ): Promise<Answer<Session>>
  /** Connects to a UNIX socket there, as the user who is logged in. */
  socket(path: string): Promise<Answer<Duplex>>
  /** Connects from there to another machine, for a jump. */
  forward(host: string, port: number): Promise<Answer<Duplex>>
  close(): Promise<void>
}

/** A channel with why it was lost, if it was. */
export type Session = {
  readonly channel: ClientChannel
  readonly lost: () => string | null
  readonly gone: Promise<void>
}

/** What was needed for it, for those who count. */
export type Traffic = { connections: number; round_trips: number }

/** `dial` makes a new connection. `name` is the host's in the source, for people. */
export function openConnection(name: string, dial: () => Promise<Answer<Live>>, traffic: Traffic): Connection {
  const sessions = slots(session_limit)
  let current: Promise<Answer<Live>> | null = null
  let closed = false
  const busy = new Set<Promise<void>>()

  async function live(): Promise<Answer<Live>> {
    if (closed) return unreachable("the command has ended")
    const asked = current
    const known = await asked
    if (known?.kind === "open" && known.value.lost() === null) return known
    // Whoever comes here first dials; the others find what it dials.
    if (current === asked) {
      traffic.connections += 1
      current = dial()
    }
    const dialled = current
    const made = await dialled!
    if (made.kind !== "open" && current === dialled) current = null
    return made
  }

  /** Opens a channel; when a connection turns out to be dead that worked before, once more on a new one: nothing was sent on it. */
  async function open<T>(ask: (client: Client, answer: (error: Error | undefined, channel: T) => void) => void) {
    for (let attempt = 1; ; attempt += 1) {
      const connected = await live()
      if (connected.kind !== "open") return connected
      const link = connected.value
      const { fresh } = link
      link.fresh = false
      const opened = await channelOn(link, ask)
      if (opened.kind !== "lost") return opened
      if (fresh || attempt > 1) return unreachable(opened.why)
    }
  }

  return {
    exec: async (command, options = {}) => {
      const give = options.reserve === true ? () => {} : await sessions.take()
      traffic.round_trips += 1
      for (let patience = 1; ; patience += 1) {
        const opened = await open<ClientChannel>((client, answer) =>
          client.exec(command, options.terminal === undefined ? {} : { pty: options.terminal }, answer),
        )
        // sshd counts a session until it has buried its process, and may allow fewer of them than we ask for.
        if (opened.kind === "denied" && (busy.size > 0 || patience < patience_limit)) {
          if (busy.size > 0) await Promise.race([...busy])
          await new Promise((resolve) => setTimeout(resolve, patience_ms))
          continue
        }
        if (opened.kind !== "open") {
          give()
          return opened.kind === "denied" ? noSession(name, opened.why) : opened
        }
        const { channel, link } = opened.value
        const gone = goneOf(channel, link)
        busy.add(gone)
        void gone.then(() => {
          busy.delete(gone)
          give()
        })
        return { kind: "open", value: { channel, lost: link.lost, gone } }
      }
    },
    socket: async (path) => {
      const opened = await open<ClientChannel>((client, answer) => client.openssh_forwardOutStreamLocal(path, answer))
      return streamOf(opened, `${path} on ${name}`)
    },
    forward: async (host, port) => {
      const opened = await open<ClientChannel>((client, answer) =>
        client.forwardOut("127.0.0.1", 0, host, port, answer),
      )
      return streamOf(opened, `${host}, port ${port}, from ${name}`)
    },
    close: async () => {
      closed = true
      const known = await current
      current = null
      if (known?.kind !== "open") return
      const { client, ended } = known.value
      client.end()
      const patience = setTimeout(() => client.destroy(), farewell_ms)
      await ended
      clearTimeout(patience)
    },
  }
}

type Opened<T> =
  | { readonly kind: "open"; readonly value: { readonly channel: T; readonly link: Live } }
  | { readonly kind: "denied"; readonly why: string }
  | { readonly kind: "lost"; readonly why: string }

function channelOn<T>(
  link: Live,
  ask: (client: Client, answer: (error: Error | undefined, channel: T) => void) => void,
): Promise<Opened<T>> {
  return new Promise((resolve) => {
    const patience = setTimeout(() => {
      link.client.emit("error", new Error("it opens no session"))
      link.client.destroy()
    }, open_ms)
    const end = (opened: Opened<T>) => {
      clearTimeout(patience)
      resolve(opened)
    }
    void link.ended.then(() => end({ kind: "lost", why: link.lost() ?? "the connection was closed" }))
    try {
      ask(link.client, (error, channel) => {
        if (!error) return end({ kind: "open", value: { channel, link } })
        const why = link.lost()
        if (why !== null) return end({ kind: "lost", why })
        // A connection that is just breaking off fails all of its channels before it says so.
        setImmediate(() => {
          const late = link.lost()
          end(late === null ? { kind: "denied", why: harmlessLine(error.message) } : { kind: "lost", why: late })
        })
      })
    } catch {
      end({ kind: "lost", why: link.lost() ?? "the connection was closed" })
    }
  })
}

/** Resolves when the server has closed a channel, or the connection is gone. */
function goneOf(channel: ClientChannel, link: Live): Promise<void> {
  return Promise.race([new Promise<void>((resolve) => channel.once("close", () => resolve())), link.ended])
}

function noSession(name: string, why: string): Answer<never> {
  return refused(
    `host ${name} opens no session: ${why}`,
    "see MaxSessions, PermitTTY and ForceCommand in its sshd_config(5)",
  )
}

function streamOf(opened: Opened<Duplex> | Answer<never>, what: string): Answer<Duplex> {
  if (opened.kind === "open") return { kind: "open", value: (opened.value as { channel: Duplex }).channel }
  if (opened.kind === "denied") return refused(`${what} cannot be connected to: ${opened.why}`, null)
  if (opened.kind === "lost") return unreachable(opened.why)
  return opened
}

/** sshd allows ten (`MaxSessions`); the rest is for what ends others. */
const session_limit = 8
const patience_limit = 8
const patience_ms = 50
const open_ms = 30_000
const farewell_ms = 1_000
