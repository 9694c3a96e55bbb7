import { createHmac, randomBytes } from "node:crypto"
import { existsSync } from "node:fs"
import { join } from "node:path"
import {
  type Failure,
  type FoundSecret,
  missingSecrets,
  newSecret,
  newVersion,
  type Outcome,
  type Secrets,
} from "../../runtime/index.ts"
import { writeSafely } from "../lock-file.ts"
import { type Problem, type Result, refuse } from "../problem.ts"
import { configFolder, findKeys, readPrivately } from "./keys.ts"
import { isDigestKey, type Opened, openStore, withSecret, writeStore } from "./store.ts"

/** Where a command finds secrets: the store, the key to it, and what was given for params. */
export type SecretSources = {
  readonly path: string
  readonly key: string | undefined
  /** By the names that stand for them, `param:password`. */
  readonly given: ReadonlyMap<string, string>
}

/** The door to a store on disk. It is opened when a secret of it is asked for, each time anew: somebody may have changed one. */
export function storeDoor(sources: SecretSources): Secrets {
  return {
    find: async (wanted) => {
      const names = [...wanted.keys()]
      const params = names.filter((name) => name.startsWith("param:"))
      const missing = params.filter((name) => !sources.given.has(name))
      if (missing.length > 0) return { ok: false, failure: missingParams(missing) }
      const found = new Map<string, FoundSecret>()
      const needs_store = params.length < names.length
      const opened = needs_store || existsSync(sources.path) ? await open(sources) : null
      if (opened !== null && !opened.ok && needs_store) return failed(opened.problem)
      const store = opened?.ok ? opened.value.store : null
      if (params.length > 0) {
        const key: Result<string> = store === null ? ownDigestKey() : { ok: true, value: store.digest_key }
        if (!key.ok) return failed(key.problem)
        for (const name of params) found.set(name, givenSecret(name, sources.given.get(name)!, key.value))
      }
      const absent: string[] = []
      for (const [name, length] of wanted) {
        if (name.startsWith("param:")) continue
        const kept = store?.secrets.get(name)
        if (kept === undefined && length === null) absent.push(name)
        else found.set(name, kept ?? { version: newVersion(), value: null })
      }
      return absent.length > 0 ? { ok: false, failure: missingSecrets(absent) } : { ok: true, value: found }
    },
    make: async (secrets) => {
      const opened = await open(sources)
      if (!opened.ok) return failed(opened.problem)
      let { store } = opened.value
      for (const { name, version, length } of secrets) {
        if (!store.secrets.has(name)) store = withSecret(store, name, newSecret(length), version)
      }
      const written = await writeStore(opened.value, store)
      if (!written.ok) return failed(written.problem)
      return { ok: true, value: new Map(secrets.map(({ name }) => [name, store.secrets.get(name)!.value])) }
    },
  }
}

async function open({ path, key }: SecretSources): Promise<Result<Opened>> {
  const keys = await findKeys(key)
  return keys.ok ? openStore(path, keys.value) : keys
}

/** A value that was given has no version of its own: it is told from others by a digest that nobody can guess by without the key. */
function givenSecret(name: string, value: string, key: string): FoundSecret {
  const digest = createHmac("sha256", Buffer.from(key, "hex")).update(`${name}\0${value}`).digest("hex")
  return { version: digest.slice(0, 16), value }
}

/** Where there is no store, this user has a key for such digests. */
function ownDigestKey(): Result<string> {
  const path = join(configFolder(), "digest.key")
  if (!existsSync(path)) {
    const written = writeSafely(path, `${randomBytes(32).toString("hex")}\n`, 0o600)
    if (!written.ok) return written
  }
  const remedy = "remove it; the next apply makes a new one"
  const read = readPrivately(path, remedy)
  if (!read.ok) return read
  const key = read.value.trim()
  return isDigestKey(key) ? { ok: true, value: key } : refuse(`${path} holds no key`, remedy)
}

function missingParams(names: readonly string[]): Failure {
  const [first = ""] = names.map((name) => name.slice("param:".length))
  return {
    kind: "secret-missing",
    message: `the secret param ${first} is not given`,
    remedy: `a plan does not keep it: give it again, with --set ${first}=… or in the environment`,
    output: [],
  }
}

function failed({ message, remedy }: Problem): Outcome<never> {
  return { ok: false, failure: { kind: "secret-missing", message, remedy, output: [] } }
}
