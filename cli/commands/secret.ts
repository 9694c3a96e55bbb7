import { existsSync } from "node:fs"
import { newSecret } from "../../runtime/index.ts"
import { type Format, fail, type Result, refuse } from "../problem.ts"
import { findKeys, makeKeyFile, recipientOf } from "../secrets/keys.ts"
import { takeSecret } from "../secrets/prompt.ts"
import { isSecretName, newStore, type Opened, openStore, type Store, withSecret, writeStore } from "../secrets/store.ts"
import { table } from "../table.ts"
import type { Terminal } from "../terminal.ts"

export type SecretOptions = Format & { readonly secrets: string; readonly key?: string }

/** `appl secret init`: a key for this user, unless one is named or there, and a store that it opens. */
export async function initSecrets(options: SecretOptions, terminal: Terminal): Promise<number> {
  const named = options.key !== undefined || (process.env.APPL_SECRET_KEY ?? "") !== ""
  const file = named ? null : await makeKeyFile()
  if (file !== null && !file.ok) return fail(terminal, options, file.problem)
  const keys = await findKeys(options.key)
  if (!keys.ok) return fail(terminal, options, keys.problem)
  const recipient = await recipientOf(keys.value[0]!)
  const there = existsSync(options.secrets)
  if (there) {
    const opened = await openStore(options.secrets, keys.value)
    if (!opened.ok) return fail(terminal, options, opened.problem)
  } else {
    const fresh = newStore(options.secrets, [{ name: process.env.USER ?? "owner", recipient }])
    const written = await writeStore(fresh, fresh.store)
    if (!written.ok) return fail(terminal, options, written.problem)
  }
  if (options.json === true) {
    terminal.out(`${JSON.stringify({ store: options.secrets, made: !there, recipient })}\n`)
    return 0
  }
  if (file?.value.made) terminal.out(`${file.value.path} is your key: keep a copy of it in a safe place.\n`)
  terminal.out(`${options.secrets} ${there ? "is there already" : "is made"}; it can be kept in version control.\n`)
  return 0
}

/** `appl secret set NAME`. */
export async function setSecret(name: string, options: SecretOptions, terminal: Terminal): Promise<number> {
  return change(options, terminal, async ({ store }) => {
    if (!isSecretName(name)) return refuse(`${JSON.stringify(name)} is no name of a secret`, named)
    const value = await takeSecret(name, terminal)
    if (!value.ok) return value
    const next = withSecret(store, name, value.value)
    return { ok: true, value: { store: next, said: { name, version: next.secrets.get(name)!.version } } }
  })
}

/** `appl secret rotate NAME`: a new value of letters and digits. */
export async function rotateSecret(
  name: string,
  options: SecretOptions & { readonly length?: number },
  terminal: Terminal,
): Promise<number> {
  return change(options, terminal, async ({ store }) => {
    const known = store.secrets.get(name)
    if (known === undefined) return missing(name, store)
    const length = options.length ?? Math.max(8, known.value.length)
    const next = withSecret(store, name, newSecret(length))
    return { ok: true, value: { store: next, said: { name, version: next.secrets.get(name)!.version } } }
  })
}

/** `appl secret rm NAME`. */
export async function removeSecret(name: string, options: SecretOptions, terminal: Terminal): Promise<number> {
  return change(options, terminal, async ({ store }) => {
    if (!store.secrets.has(name)) return missing(name, store)
    const secrets = new Map([...store.secrets].filter(([other]) => other !== name))
    return { ok: true, value: { store: { ...store, secrets }, said: { name, removed: true } } }
  })
}

/** `appl secret ls`: names, and when each was changed; never a value. */
export async function listSecrets(options: SecretOptions, terminal: Terminal): Promise<number> {
  const opened = await opening(options)
  if (!opened.ok) return fail(terminal, options, opened.problem)
  const secrets = [...opened.value.store.secrets].map(([name, { version, changed }]) => ({ name, version, changed }))
  if (options.json === true) terminal.out(`${JSON.stringify({ secrets })}\n`)
  else if (secrets.length === 0) terminal.out("There are no secrets yet.\n")
  else {
    const rows = secrets.map(({ name, changed }) => [name, changed.slice(0, 16).replace("T", " ")])
    terminal.out(table([["secret", "changed"], ...rows]))
  }
  return 0
}

/** `appl secret get NAME`: the value, on a terminal or when it is asked for with `--show`. */
export async function getSecret(
  name: string,
  options: SecretOptions & { readonly show?: boolean },
  terminal: Terminal,
): Promise<number> {
  if (options.show !== true && process.stdout.isTTY !== true) {
    const problem = refuse("the value would go into a file or another program", "add --show when that is meant").problem
    return fail(terminal, options, problem)
  }
  const opened = await opening(options)
  if (!opened.ok) return fail(terminal, options, opened.problem)
  const known = opened.value.store.secrets.get(name)
  if (known === undefined) return fail(terminal, options, missing(name, opened.value.store).problem)
  terminal.out(options.json === true ? `${JSON.stringify({ name, value: known.value })}\n` : `${known.value}\n`)
  return 0
}

/** `appl secret recipients`: who can open the store; `--own` prints what others share with. */
export async function listRecipients(
  options: SecretOptions & { readonly own?: boolean },
  terminal: Terminal,
): Promise<number> {
  if (options.own === true) {
    const keys = await findKeys(options.key)
    if (!keys.ok) return fail(terminal, options, keys.problem)
    const recipient = await recipientOf(keys.value[0]!)
    terminal.out(options.json === true ? `${JSON.stringify({ recipient })}\n` : `${recipient}\n`)
    return 0
  }
  const opened = await opening(options)
  if (!opened.ok) return fail(terminal, options, opened.problem)
  const { recipients } = opened.value.store
  if (options.json === true) terminal.out(`${JSON.stringify({ recipients })}\n`)
  else terminal.out(table([["name", "recipient"], ...recipients.map((one) => [one.name, one.recipient])]))
  return 0
}

/** `appl secret share RECIPIENT`: one more who can open the store, from now on. */
export async function shareSecrets(
  recipient: string,
  options: SecretOptions & { readonly name?: string },
  terminal: Terminal,
): Promise<number> {
  return change(options, terminal, async ({ store }) => {
    if (!/^age1[0-9a-z]{10,4000}$/.test(recipient)) {
      return refuse(
        `${JSON.stringify(recipient)} is no recipient`,
        "they print theirs with `appl secret recipients --own`",
      )
    }
    const others = store.recipients.filter((one) => one.recipient !== recipient)
    const name = options.name ?? recipient.slice(0, 12)
    const next = { ...store, recipients: [...others, { name, recipient }] }
    return { ok: true, value: { store: next, said: { recipient, name } } }
  })
}

/** `appl secret unshare NAME`: one who cannot open what is written from now on. What they could read, they may have kept. */
export async function unshareSecrets(who: string, options: SecretOptions, terminal: Terminal): Promise<number> {
  return change(options, terminal, async ({ store }) => {
    const recipients = store.recipients.filter((one) => one.name !== who && one.recipient !== who)
    if (recipients.length === store.recipients.length)
      return refuse(`nobody is called ${who}`, "see appl secret recipients")
    if (recipients.length === 0)
      return refuse("nobody could open the store any more", "share it with somebody else first")
    if (options.json !== true) terminal.err("What they could read they may have kept: rotate it.\n")
    return { ok: true, value: { store: { ...store, recipients }, said: { removed: who } } }
  })
}

type Changed = { readonly store: Store; readonly said: Readonly<Record<string, unknown>> }

/** Opens the store, changes it and writes it. Says nothing when all went well, but with `--json`. */
async function change(
  options: SecretOptions,
  terminal: Terminal,
  work: (opened: Opened) => Promise<Result<Changed>>,
): Promise<number> {
  const opened = await opening(options)
  if (!opened.ok) return fail(terminal, options, opened.problem)
  const changed = await work(opened.value)
  if (!changed.ok) return fail(terminal, options, changed.problem)
  const { store, said } = changed.value
  const written = await tryWrite(opened.value, store)
  if (!written.ok) return fail(terminal, options, written.problem)
  if (options.json === true) terminal.out(`${JSON.stringify(said)}\n`)
  return 0
}

/** A recipient may look like one and be none: the library says so when it is used. */
async function tryWrite(opened: Opened, store: Store): Promise<Result<null>> {
  try {
    return await writeStore(opened, store)
  } catch {
    return refuse("one of the recipients is none", "they print theirs with `appl secret recipients --own`")
  }
}

async function opening(options: SecretOptions): Promise<Result<Opened>> {
  const keys = await findKeys(options.key)
  return keys.ok ? openStore(options.secrets, keys.value) : keys
}

function missing(name: string, store: Store) {
  const names = [...store.secrets.keys()].slice(0, 10).join(", ")
  return refuse(`there is no secret ${name} in the store`, names === "" ? "it is empty" : `it has ${names}`)
}

const named = "letters, digits and . _ @ -, in parts that / divides, such as db/password"
