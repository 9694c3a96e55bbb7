import { randomInt } from "node:crypto"
import type { Duplex } from "node:stream"
import { slots } from "../../apply/slots.ts"
import type { Host } from "../host.ts"
import { type Answer, refused, unreachable } from "./answer.ts"
import { type Destination, type Endpoint, endpointOf, type Settings } from "./configuration.ts"
import { type Connection, openConnection, type Traffic } from "./connection.ts"
import { askKey, dial, type Live } from "./dial.ts"
import { proveOver } from "./prove.ts"
import { runOver } from "./run.ts"
import { connectOver, startOver } from "./streams.ts"
import { type Judged, trustIn } from "./trust.ts"

/** All connections of one command: one for each user and machine, however often they are asked for. */
export type Pool = {
  /** A host under the name that the source gives it. Nothing is dialled before it is used; `close` of the host leaves the connection. */
  host(name: string, destination: Destination): Host
  /** Asks a host for its key without logging in, and judges it. */
  keyOf(name: string, destination: Destination): Promise<Answer<Met>>
  /** What was needed so far, by the name of the host; a host to jump over counts under its own. */
  traffic(): Readonly<Record<string, Readonly<Traffic>>>
  close(): Promise<void>
}

/** A host's key in the wire format, and what is known of it. */
export type Met = { readonly key: Buffer; readonly endpoint: Endpoint; readonly verdict: Judged }

export function openPool(settings: Settings): Pool {
  const connections = new Map<string, Connection>()
  const traffic: Record<string, Traffic> = {}
  const dialling = new Map<string, ReturnType<typeof slots>>()

  function connectionTo(name: string, endpoint: Endpoint, depth: number): Connection {
    const key = keyOf(endpoint)
    const known = connections.get(key)
    if (known !== undefined) return known
    traffic[name] ??= { connections: 0, round_trips: 0 }
    const made = openConnection(name, () => dialPolitely(name, endpoint, depth), traffic[name])
    connections.set(key, made)
    return made
  }

  /** Few handshakes at once over one way in, and again when sshd drops one unheard, as it does above `MaxStartups` (sshd_config(5)). */
  async function dialPolitely(name: string, endpoint: Endpoint, depth: number): Promise<Answer<Live>> {
    const way = endpoint.jumps[0]?.host ?? endpoint.hostname
    const places = dialling.get(way) ?? slots(handshakes)
    dialling.set(way, places)
    for (let attempt = 1; ; attempt += 1) {
      const give = await places.take()
      const dialled = await dialOnce(name, endpoint, depth).finally(give)
      const dropped = dialled.kind === "unreachable" && dialled.why.includes("the greeting")
      if (!dropped || attempt === attempts) return dialled
      await new Promise((resolve) => setTimeout(resolve, randomInt(attempt * jitter_ms) + jitter_ms))
    }
  }

  async function dialOnce(name: string, endpoint: Endpoint, depth: number): Promise<Answer<Live>> {
    const way = await wayTo(endpoint, depth)
    return way.kind === "open" ? dial(name, endpoint, way.value) : way
  }

  /** A stream to its sshd, over the hosts that lie in between; null when it is dialled directly. */
  async function wayTo(endpoint: Endpoint, depth: number): Promise<Answer<Duplex | null>> {
    if (endpoint.problem !== null)
      return refused(`the configuration of SSH for ${endpoint.alias} is damaged`, "mend it: ssh -G says where", [
        endpoint.problem,
      ])
    const last = endpoint.jumps.at(-1)
    if (last === undefined) return { kind: "open", value: null }
    if (depth > deepest) return unreachable(`the way to ${endpoint.alias} jumps in a circle`)
    const over = {
      ...endpointOf(last, settings),
      ...(endpoint.jumps.length > 1 ? { jumps: endpoint.jumps.slice(0, -1) } : {}),
    }
    const way = await connectionTo(last.host, over, depth + 1).forward(endpoint.hostname, endpoint.port)
    return way.kind === "unreachable" ? unreachable(`over ${last.host}: ${way.why}`) : way
  }

  return {
    host: (name, destination) => {
      const endpoint = endpointOf(destination, settings)
      const connection = connectionTo(name, endpoint, 0)
      const peer = { name, user: endpoint.user }
      return {
        name,
        run: (program) => runOver(connection, peer, program),
        start: (program) => startOver(connection, peer, program),
        connect: (socket_path) => connectOver(connection, peer, socket_path),
        proveReachable: (within_ms) => {
          // One of its own each time: those that are open may go on over what nobody new gets through.
          const anew = () => openConnection(name, () => dialPolitely(name, endpoint, 0), traffic[name]!)
          return proveOver(anew, peer, within_ms)
        },
        close: async () => {},
      }
    },
    keyOf: async (name, destination) => {
      const endpoint = endpointOf(destination, settings)
      const way = await wayTo(endpoint, 0)
      if (way.kind !== "open") return way
      const shown = await askKey(name, endpoint, way.value)
      if (shown.kind !== "open") return shown
      const verdict = trustIn(name, endpoint).judge(shown.value)
      return { kind: "open", value: { key: shown.value, endpoint, verdict } }
    },
    traffic: () => structuredClone(traffic),
    // Those that lead over others first.
    close: async () => {
      for (const connection of [...connections.values()].reverse()) await connection.close()
    },
  }
}

function keyOf({ user, hostname, port, jumps }: Endpoint): string {
  return JSON.stringify([user, hostname, port, jumps])
}

const handshakes = 8
const attempts = 4
const jitter_ms = 300
const deepest = 8
