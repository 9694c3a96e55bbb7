import { randomBytes, randomInt } from "node:crypto"
import type { Outcome } from "./model/failure.ts"

/**
 * The door to secrets. A version tells one value of a secret from another: it is made with the value, or by a key that only the
 * owners of the secrets have, so that nothing of a value follows from it.
 */
export type Secrets = {
  /** Finds secrets by name. Fails when one is not there that nobody may make, or when the store cannot be read. */
  find(wanted: ReadonlyMap<string, number | null>): Promise<Outcome<ReadonlyMap<string, FoundSecret>>>
  /** Makes secrets that are not there, each of its length and under its version, and keeps them; durable before it answers. */
  make(secrets: readonly SecretToMake[]): Promise<Outcome<ReadonlyMap<string, string>>>
}
/** `value` is null for one that shall be made: then its version is the one that it will have. */
export type FoundSecret = { readonly version: string; readonly value: string | null }
export type SecretToMake = { readonly name: string; readonly version: string; readonly length: number }

/** Secrets in memory: for tests, and for clusters without any. */
export function memorySecrets(initial: Readonly<Record<string, string>> = {}): Secrets & {
  readonly set: (name: string, value: string) => void
} {
  const kept = new Map(Object.entries(initial).map(([name, value]) => [name, { value, version: newVersion() }]))
  return {
    set: (name, value) => {
      kept.set(name, { value, version: newVersion() })
    },
    find: async (wanted) => {
      const found = new Map<string, FoundSecret>()
      for (const [name, length] of wanted) {
        const known = kept.get(name)
        if (known === undefined && length === null) return { ok: false, failure: missingSecrets([name]) }
        found.set(name, known ?? { version: newVersion(), value: null })
      }
      return { ok: true, value: found }
    },
    make: async (secrets) => {
      for (const { name, version, length } of secrets) kept.set(name, { value: newSecret(length), version })
      return { ok: true, value: new Map(secrets.map(({ name }) => [name, kept.get(name)!.value])) }
    },
  }
}

/** For plans that are only looked at: every secret is there, and nobody knows what it is. */
export function unknownSecrets(): Secrets {
  return {
    find: async (wanted) => ({
      ok: true,
      value: new Map([...wanted.keys()].map((name) => [name, { version: "0".repeat(16), value: "" }])),
    }),
    make: async () => ({ ok: true, value: new Map() }),
  }
}

/** What tells one value of a secret from the next: random, and so of no use to who wants to guess it. */
export function newVersion(): string {
  return randomBytes(8).toString("hex")
}

/** A new secret of letters and digits, each equally likely: 5.95 bits for each character. */
export function newSecret(length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join("")
}

/** Why nothing is begun when secrets are not there. */
export function missingSecrets(names: readonly string[]) {
  const [first] = names
  return {
    kind: "secret-missing",
    message:
      names.length === 1 ? `there is no secret ${first} in the store` : `${names.length} secrets are not in the store`,
    remedy: `put ${names.length === 1 ? "it" : "each"} in with \`appl secret set ${names.length === 1 ? first : "NAME"}\``,
    output: names.length === 1 ? [] : names,
  } as const
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
