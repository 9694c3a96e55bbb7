import { randomBytes } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { newVersion } from "../../runtime/index.ts"
import { writeSafely } from "../lock-file.ts"
import { type Result, refuse } from "../problem.ts"
import type { Key } from "./keys.ts"

/** What the encrypted file holds. */
export type Store = {
  /** Who can open it, with a name for people. */
  readonly recipients: readonly Recipient[]
  /** For the versions of secrets that are not kept here: those of params. */
  readonly digest_key: string
  readonly secrets: ReadonlyMap<string, Kept>
}
export type Recipient = { readonly name: string; readonly recipient: string }
/** `version` is made anew with each value, so it says nothing of it; `changed` is a time of ISO 8601. */
export type Kept = { readonly value: string; readonly version: string; readonly changed: string }

/** A store with the file that it was read from: it is written back only over the same bytes. */
export type Opened = { readonly path: string; readonly store: Store; readonly bytes: Uint8Array | null }

/** `secrets.age` beside a file, else beside the `appl.json` of the project around it. */
export function storePath(file: string, option: string | undefined): string {
  if (option !== undefined) return option
  const beside = join(dirname(file), store_name)
  if (existsSync(beside)) return beside
  for (let folder = dirname(resolve(file)); folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, "appl.json"))) return join(folder, store_name)
  }
  return beside
}

/** A store that nobody has written yet. */
export function newStore(path: string, recipients: readonly Recipient[]): Opened {
  return { path, store: { recipients, digest_key: randomBytes(32).toString("hex"), secrets: new Map() }, bytes: null }
}

/** Opens a store with the first of the keys that fits. */
export async function openStore(path: string, keys: readonly Key[]): Promise<Result<Opened>> {
  let bytes: Uint8Array
  try {
    bytes = readFileSync(path)
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT"
    return missing
      ? refuse(
          `there is no store of secrets ${path}`,
          "make one with `appl secret init`, or name another with --secrets",
        )
      : refuse(`the store ${path} cannot be read`, "make it readable")
  }
  const { Decrypter } = await import("age-encryption")
  const decrypter = new Decrypter()
  let text: string
  try {
    for (const key of keys) decrypter.addIdentity(key)
    text = await decrypter.decrypt(bytes, "text")
  } catch (error) {
    const wrong = error instanceof Error && error.message.startsWith("no identity matched")
    return wrong
      ? refuse(
          `no key that you have opens ${path}`,
          "ask somebody who can open it to share it with you: `appl secret share`, with what `appl secret recipients --own` prints",
        )
      : refuse(`the store ${path} is damaged, or no store`, "take it from a backup or from version control")
  }
  const store = readStore(text)
  return store === null
    ? refuse(`the store ${path} holds something else`, "it is of a newer appl, or not of appl")
    : { ok: true, value: { path, store, bytes } }
}

/** Writes a store for all its recipients, whole or not at all, unless somebody else wrote it meanwhile. */
export async function writeStore({ path, bytes }: Opened, store: Store): Promise<Result<null>> {
  const { Encrypter } = await import("age-encryption")
  const encrypter = new Encrypter()
  for (const { recipient } of store.recipients) encrypter.addRecipient(recipient)
  const secrets = [...store.secrets].sort(([left], [right]) => (left < right ? -1 : 1))
  const plain = JSON.stringify({ ...store, version: 1, secrets: Object.fromEntries(secrets) })
  const encrypted = await encrypter.encrypt(plain)
  const now = existsSync(path) ? readFileSync(path) : null
  const same = now === null || bytes === null ? now === bytes : Buffer.from(bytes).equals(now)
  if (!same) return refuse(`somebody else wrote ${path} at the same time`, "run the command again")
  return writeSafely(path, encrypted)
}

/** A store in which a secret has this value; the version stays when it has it already. */
export function withSecret(store: Store, name: string, value: string, version = newVersion()): Store {
  const known = store.secrets.get(name)
  if (known?.value === value) return store
  const kept: Kept = { value, version, changed: new Date().toISOString() }
  return { ...store, secrets: new Map([...store.secrets, [name, kept]]) }
}

/** Whether a secret may be called so: what `secret("…")` takes in a source. */
export function isSecretName(name: string): boolean {
  return name.length <= 200 && /^[A-Za-z0-9_@-][A-Za-z0-9._@-]*(\/[A-Za-z0-9_@-][A-Za-z0-9._@-]*)*$/.test(name)
}

/** Whether a text is a key for digests. A shorter or empty one would work as well, and let anybody guess what a digest is of. */
export function isDigestKey(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text)
}

function readStore(text: string): Store | null {
  try {
    const { version, recipients, digest_key, secrets } = JSON.parse(text) as Record<string, unknown>
    if (version !== 1 || typeof digest_key !== "string" || !isDigestKey(digest_key) || !Array.isArray(recipients))
      return null
    if (typeof secrets !== "object" || secrets === null) return null
    const kept = Object.entries(secrets as Record<string, unknown>)
    if (!kept.every(([, one]) => hasTexts(one, ["value", "version", "changed"]))) return null
    if (!recipients.every((one: unknown) => hasTexts(one, ["name", "recipient"]))) return null
    return { recipients: recipients as Recipient[], digest_key, secrets: new Map(kept as [string, Kept][]) }
  } catch {
    return null
  }
}

function hasTexts(value: unknown, names: readonly string[]): boolean {
  if (typeof value !== "object" || value === null) return false
  return names.every((name) => typeof (value as Record<string, unknown>)[name] === "string")
}

const store_name = "secrets.age"
