import type { webcrypto } from "node:crypto"
import { readFileSync, statSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"
import { writeSafely } from "../lock-file.ts"
import { type Result, refuse } from "../problem.ts"
import { agentSecret } from "./ssh-agent.ts"

/** What opens a store: in age's words an identity. */
export type Key = string | webcrypto.CryptoKey

/** Where a key comes from when nobody says: `${XDG_CONFIG_HOME:-~/.config}/appl/key.txt`. */
export function usualKeyFile(): string {
  return join(configFolder(), "key.txt")
}

/**
 * The keys to open a store with: `--key`, else the environment variable `APPL_SECRET_KEY`, else the usual file. Each names a file, says
 * `ssh-agent` or `ssh-agent:COMMENT`, or, the variable only, is the key itself.
 */
export async function findKeys(option: string | undefined): Promise<Result<readonly Key[]>> {
  const variable = process.env.APPL_SECRET_KEY
  const said = option ?? (variable === "" ? undefined : variable)
  if (said === undefined)
    return readKeyFile(usualKeyFile(), "make one with `appl secret init`, or name another with --key")
  if (said === "ssh-agent" || said.startsWith("ssh-agent:")) return agentKeys(said.slice("ssh-agent:".length))
  if (option === undefined && said.trim().startsWith(prefix)) return keysIn(said, "APPL_SECRET_KEY")
  return readKeyFile(said, "name a file with an age key, or say ssh-agent")
}

/** Makes a key in the usual file, unless there is one. Gives the file. */
export async function makeKeyFile(): Promise<Result<{ readonly path: string; readonly made: boolean }>> {
  const path = usualKeyFile()
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) return { ok: true, value: { path, made: false } }
  const { generateX25519Identity } = await import("age-encryption")
  const key = await generateX25519Identity()
  const written = writeSafely(path, `# A key of appl. Whoever has it can read your secrets.\n${key}\n`, 0o600)
  return written.ok ? { ok: true, value: { path, made: true } } : written
}

/** Who a key stands for: what others share a store with. */
export async function recipientOf(key: Key): Promise<string> {
  return (await import("age-encryption")).identityToRecipient(key)
}

/** The folder of this user's settings, as the XDG base directory specification has it. */
export function configFolder(): string {
  const config = process.env.XDG_CONFIG_HOME
  return join(config !== undefined && config !== "" ? config : join(homedir(), ".config"), "appl")
}

/** A file with a secret in it, for its owner alone; refused when others may read it. */
export function readPrivately(path: string, remedy: string): Result<string> {
  try {
    const { mode } = statSync(path)
    if ((mode & 0o077) !== 0) {
      return refuse(`${path} can be read by others`, `its key is worth as much as the secrets: chmod 600 ${path}`)
    }
    return { ok: true, value: readFileSync(path, "utf8") }
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === "ENOENT" ? "is not there" : "cannot be read"
    return refuse(`the key ${path} ${why}`, remedy)
  }
}

function readKeyFile(path: string, remedy: string): Result<readonly Key[]> {
  const text = readPrivately(path, remedy)
  return text.ok ? keysIn(text.value, path) : text
}

/** Lines with keys between comments, as age writes them. */
function keysIn(text: string, where: string): Result<readonly Key[]> {
  const lines = text.split(/\r?\n/).map((line) => line.trim())
  const keys = lines.filter((line) => line !== "" && !line.startsWith("#"))
  if (keys.length > 0 && keys.every((key) => /^AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]+$/.test(key))) {
    return { ok: true, value: keys }
  }
  return refuse(`${where} holds no key of age`, `a key begins with ${prefix}; \`appl secret init\` makes one`)
}

async function agentKeys(wanted: string): Promise<Result<readonly Key[]>> {
  const secret = await agentSecret(wanted, process.env.SSH_AUTH_SOCK)
  if (!secret.ok) return secret
  // A private key of X25519 in the form of RFC 8410.
  const der = Buffer.concat([Buffer.from("302e020100300506032b656e04220420", "hex"), secret.value])
  return { ok: true, value: [await crypto.subtle.importKey("pkcs8", der, "X25519", false, ["deriveBits"])] }
}

const prefix = "AGE-SECRET-KEY-"
