import type { Outcome } from "../../model/failure.ts"
import type { Connection } from "./connection.ts"
import { type Peer, runOver } from "./run.ts"

/** Tries new connections until one of them runs something, for so long. Each of them is closed again. */
export async function proveOver(open: () => Connection, peer: Peer, within_ms: number): Promise<Outcome<null>> {
  const until_ms = performance.now() + within_ms
  for (;;) {
    const connection = open()
    const left_ms = Math.max(least_ms, until_ms - performance.now())
    const ran = await runOver(connection, peer, { script: ":", timeout_ms: left_ms }).finally(() => connection.close())
    if (ran.kind === "exited" && ran.code === 0) return { ok: true, value: null }
    if (ran.kind === "refused") return { ok: false, failure: ran.failure }
    if (performance.now() >= until_ms) {
      const message = `no new connection reaches ${peer.name}`
      const remedy = `check the connection to ${peer.name}`
      return { ok: false, failure: { kind: "host-unreachable", message, remedy, output: [] } }
    }
    await new Promise((resolve) => setTimeout(resolve, pause_ms))
  }
}

const least_ms = 1_000
const pause_ms = 500
