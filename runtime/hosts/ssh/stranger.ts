import { appendFileSync, mkdirSync, readFileSync } from "node:fs"
import { dirname } from "node:path"
import type { Failure, Outcome } from "../../model/failure.ts"
import type { Destination } from "./configuration.ts"
import { fingerprint, typeOfKey } from "./known-hosts.ts"
import type { Pool } from "./pool.ts"
import { failureOf } from "./streams.ts"
import { showKey } from "./trust.ts"

/** A host that was asked for its key, and nothing else. */
export type Stranger = {
  /** `SHA256:…`. */
  readonly fingerprint: string
  /** `ED25519 SHA256:…`, for people. */
  readonly shown: string
  readonly known: boolean
  /** Writes the key into the user's file of known hosts, and gives its path. */
  remember(): Outcome<string>
}

/**
 * Asks for the host's key without logging in. A key that is known already makes it no stranger; one that contradicts what is known is a
 * failure.
 */
export async function meet(pool: Pool, name: string, destination: Destination): Promise<Outcome<Stranger>> {
  const met = await pool.keyOf(name, destination)
  if (met.kind !== "open") return failureOf({ name, user: "" }, met)
  const { key, endpoint, verdict } = met.value
  if (verdict.kind === "changed" || verdict.kind === "revoked") return { ok: false, failure: verdict.failure }
  const file = endpoint.known_hosts_files[0]
  return {
    ok: true,
    value: {
      fingerprint: fingerprint(key),
      shown: showKey(key),
      known: verdict.kind === "trusted",
      remember: () => remember(file, `${endpoint.known_as} ${typeOfKey(key)} ${Buffer.from(key).toString("base64")}\n`),
    },
  }
}

function remember(file: string | undefined, line: string): Outcome<string> {
  if (file === undefined)
    return refused("there is no file of known hosts", "set UserKnownHostsFile in your ssh_config(5)")
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    appendFileSync(file, `${endsOpen(file) ? "\n" : ""}${line}`, { mode: 0o600 })
    return { ok: true, value: file }
  } catch (error) {
    return refused(`${file} cannot be written: ${error instanceof Error ? error.message : error}`, null)
  }
}

/** Whether its last line has no end, so that what is added would become part of it. */
function endsOpen(file: string): boolean {
  try {
    const text = readFileSync(file, "utf8")
    return text !== "" && !text.endsWith("\n")
  } catch {
    return false
  }
}

function refused(message: string, remedy: string | null): Outcome<never> {
  return { ok: false, failure: { kind: "host-untrusted", message, remedy, output: [] } satisfies Failure }
}
