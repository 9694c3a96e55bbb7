import type { Failure } from "../../model/failure.ts"
import { quote } from "../shell.ts"
import { type Endpoint, readText } from "./configuration.ts"
import { fingerprint, judge, type KnownKey, knownTypes, readKnownHosts, typeOfKey } from "./known-hosts.ts"

/** What is known of the key of one host. */
export type Trust = {
  /** The types of keys to ask for first. */
  readonly types: readonly string[]
  /** Null when this key may be trusted, else why not. */
  readonly objection: (key: Uint8Array) => Failure | null
  /** The same in the words of the file of known hosts. */
  readonly judge: (key: Uint8Array) => Judged
}

export type Judged =
  | { readonly kind: "trusted" | "unknown" }
  | { readonly kind: "changed" | "revoked"; readonly failure: Failure }

/** Reads the files of known hosts for `endpoint`. `name` is the host's in the source, for people. */
export function trustIn(name: string, endpoint: Endpoint): Trust {
  const known = endpoint.known_hosts_files.flatMap((file) => {
    const text = readText(file)
    return text === null ? [] : readKnownHosts(file, text)
  })
  return {
    types: knownTypes(known, endpoint.known_as),
    objection: (key) => objection(name, endpoint, known, key),
    judge: (key) => {
      const { kind } = judge(known, endpoint.known_as, key)
      const failure = objection(name, endpoint, known, key)
      return (kind === "changed" || kind === "revoked") && failure !== null
        ? { kind, failure }
        : { kind: failure === null ? "trusted" : "unknown" }
    },
  }
}

/** `ED25519 SHA256:…`. */
export function showKey(key: Uint8Array): string {
  return `${shortType(typeOfKey(key))} ${fingerprint(key)}`
}

function objection(name: string, endpoint: Endpoint, known: readonly KnownKey[], key: Uint8Array): Failure | null {
  const verdict = judge(known, endpoint.known_as, key)
  const shown = showKey(key)
  const add = learnCommand(name, endpoint, typeOfKey(key))
  switch (verdict.kind) {
    case "trusted":
      return null
    case "revoked":
      return untrusted(
        `host ${name} shows a key that ${placeOf(verdict.by)} revokes: ${shown}`,
        "do not connect: somebody else may have this key; give the host a new one",
      )
    case "changed": {
      const forget = `ssh-keygen -R ${quote(endpoint.known_as)} -f ${quote(verdict.by.file)}`
      return untrusted(
        `host ${name} shows another key than the one that is known: ${shown}, and ${placeOf(verdict.by)} has ${showKey(
          Buffer.from(verdict.by.key, "base64"),
        )}`,
        `somebody may be in between, unless the host was installed anew; then ${forget}, and ${add}`,
      )
    }
    case "unknown": {
      const what =
        verdict.authority === null
          ? "has a key that is not known here"
          : `is known by a certificate authority only (${placeOf(verdict.authority)}), which appl does not check; its key is not known`
      return untrusted(`host ${name} ${what}: ${shown}`, add)
    }
  }
}

/** How the user gets to know the key. ssh-keyscan does not jump. */
function learnCommand(name: string, endpoint: Endpoint, type: string): string {
  const { hostname, port, user, alias, jumps, known_hosts_files } = endpoint
  const compare = `compare the fingerprint with what ssh-keygen -lf /etc/ssh/ssh_host_${shortType(type).toLowerCase()}_key.pub says on it`
  const at = port === 22 ? "" : ` -p ${port}`
  const scan = `ssh-keyscan -t ${quote(shortType(type).toLowerCase())}${at} ${quote(hostname)} >> ${quote(known_hosts_files[0] ?? "~/.ssh/known_hosts")}`
  const add = `appl host add ${quote(name)} ${quote(`${user}@${alias}${port === 22 ? "" : `:${port}`}`)}`
  return jumps.length > 0 ? `${compare}, then run ${add}` : `${compare}, then run ${add}, or ${scan}`
}

/** `ssh-ed25519` is `ED25519`, `ecdsa-sha2-nistp256` is `ECDSA`, as ssh-keygen(1) says it. */
function shortType(type: string): string {
  const name = /^(?:sk-)?(?:ssh-)?(ed25519|rsa|dss|ecdsa)/.exec(type)?.[1] ?? type
  return name.toUpperCase()
}

function placeOf({ file, line }: KnownKey): string {
  return `${file}:${line}`
}

function untrusted(message: string, remedy: string): Failure {
  return { kind: "host-untrusted", message, remedy, output: [] }
}
