import { createHash, createHmac } from "node:crypto"

/** One line of a file of known hosts (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
export type KnownKey = {
  readonly file: string
  /** Counted from 1. */
  readonly line: number
  readonly marker: "revoked" | "cert-authority" | null
  /** Patterns separated by commas, or one hashed name. */
  readonly names: string
  readonly type: string
  /** The key in base64. */
  readonly key: string
}

/** What the files say of a key that a host shows. */
export type Verdict =
  | { readonly kind: "trusted" }
  | { readonly kind: "revoked" | "changed"; readonly by: KnownKey }
  /** `authority`: the host is only known by a certificate authority. */
  | { readonly kind: "unknown"; readonly authority: KnownKey | null }

/** The lines of one file that can be read; comments, empty and damaged lines are left out, as ssh(1) does. */
export function readKnownHosts(file: string, text: string): readonly KnownKey[] {
  return text.split("\n").flatMap((line, index) => {
    const fields = line.trim().split(/\s+/)
    const marked = fields[0]?.startsWith("@") ? fields.shift()!.slice(1) : null
    const [names, type, key] = fields
    if (names === undefined || type === undefined || key === undefined || names.startsWith("#")) return []
    if (marked !== null && marked !== "revoked" && marked !== "cert-authority") return []
    if (!/^[A-Za-z0-9+/]+=*$/.test(key)) return []
    return [{ file, line: index + 1, marker: marked, names, type, key }]
  })
}

/** Whether `key`, in the wire format, is one that is known for the host `name` (`rack.office.test`, `[10.0.0.1]:2222`). */
export function judge(known: readonly KnownKey[], name: string, key: Uint8Array): Verdict {
  const shown = Buffer.from(key).toString("base64")
  const type = typeOfKey(key)
  const revoked = known.find((one) => one.marker === "revoked" && one.key === shown)
  if (revoked !== undefined && isFor(revoked, name)) return { kind: "revoked", by: revoked }
  const mine = known.filter((one) => one.marker !== "revoked" && isFor(one, name))
  const plain = mine.filter((one) => one.marker === null)
  if (plain.some((one) => one.key === shown)) return { kind: "trusted" }
  const other = plain.find((one) => one.type === type) ?? plain[0]
  if (other !== undefined) return { kind: "changed", by: other }
  return { kind: "unknown", authority: mine[0] ?? null }
}

/** The types of the keys that are known for a host: it is asked for one of them first. */
export function knownTypes(known: readonly KnownKey[], name: string): readonly string[] {
  const mine = known.filter((one) => one.marker === null && isFor(one, name))
  return [...new Set(mine.map((one) => one.type))]
}

/** `ssh-ed25519`: what a key in the wire format says it is; empty when it is none. */
export function typeOfKey(key: Uint8Array): string {
  const bytes = Buffer.from(key.buffer, key.byteOffset, key.length)
  if (bytes.length < 4) return ""
  const text = bytes.subarray(4, 4 + bytes.readUInt32BE(0)).toString("latin1")
  return /^[\w.@-]{1,64}$/.test(text) ? text : ""
}

/** `SHA256:…`, as ssh-keygen(1) shows it. */
export function fingerprint(key: Uint8Array): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`
}

function isFor({ names }: KnownKey, name: string): boolean {
  if (names.startsWith("|")) return isHashOf(names, name)
  const patterns = names.split(",")
  const matches = (pattern: string) => glob(pattern.toLowerCase()).test(name.toLowerCase())
  if (patterns.some((pattern) => pattern.startsWith("!") && matches(pattern.slice(1)))) return false
  return patterns.some((pattern) => !pattern.startsWith("!") && matches(pattern))
}

/** `|1|salt|hash`: HMAC-SHA1 of the name. */
function isHashOf(text: string, name: string): boolean {
  const [, version, salt = "", hash] = text.split("|")
  if (version !== "1") return false
  return createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest("base64") === hash
}

/** `*` and `?` only: a bracket stands for itself. Stars in a row are one, so that no pattern takes long. */
function glob(pattern: string): RegExp {
  const text = pattern
    .replace(/\*+/g, "*")
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".")
  return new RegExp(`^${text}$`)
}
