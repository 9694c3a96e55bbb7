import { type ChildProcess, spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

/** What a command printed and how it ended; `code` is null when a signal killed it. */
export type Ended = { readonly code: number | null; readonly out: string; readonly err: string }

/** A folder of its own with the examples in it, where `appl` runs as a child process against simulated hosts of its own. */
export type Place = {
  readonly folder: string
  write(name: string, text: string): string
  appl(...words: readonly string[]): Promise<Ended>
  /** Starts `appl` and gives the process, to send signals to, beside its end. */
  start(
    words: readonly string[],
    environment?: Readonly<Record<string, string>>,
    folder?: string,
    /** What stands on its standard input; without it that is closed. */
    input?: string,
  ): { child: ChildProcess; ended: Promise<Ended> }
}

/** A saved plan that somebody changed, with a digest of what it says now. */
export function forged({ version, plan, hosts, lock }: Readonly<Record<string, unknown>>): string {
  const digest = createHash("sha256")
    .update(JSON.stringify([version, plan, hosts, lock]))
    .digest("hex")
  return JSON.stringify({ version, plan, hosts, lock, digest })
}

type Finishing = { readonly onTestFinished: (end: () => void) => void }

const root = fileURLToPath(new URL("../..", import.meta.url))

/** Makes a place; `onTestFinished` of the test removes it in the end. */
export function makePlace({ onTestFinished }: Finishing): Place {
  const folder = mkdtempSync(join(tmpdir(), "appl-cli-"))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  cpSync(join(root, "examples"), folder, { recursive: true })
  const start: Place["start"] = (words, environment = {}, inside = folder, input = undefined) => {
    const child = spawn(join(root, "bin", "appl"), words, {
      cwd: inside,
      stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        XDG_STATE_HOME: join(folder, "state"),
        APPL_SIMULATED_SPEED: "100",
        ...environment,
      },
    })
    child.stdin?.end(input)
    return { child, ended: endOf(child) }
  }
  return {
    folder,
    write: (name, text) => {
      writeFileSync(join(folder, name), text)
      return name
    },
    appl: (...words) => start(words).ended,
    start,
  }
}

/** Resolves when a started command has printed `text` on either output. */
export function printed(child: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let seen = ""
    const look = (chunk: Buffer) => {
      seen += chunk.toString()
      if (seen.includes(text)) resolve()
    }
    child.stdout?.on("data", look)
    child.stderr?.on("data", look)
    child.on("close", () => reject(new Error(`it ended without printing ${text}:\n${seen}`)))
  })
}

function endOf(child: ChildProcess): Promise<Ended> {
  let out = ""
  let err = ""
  child.stdout?.on("data", (chunk: Buffer) => {
    out += chunk.toString()
  })
  child.stderr?.on("data", (chunk: Buffer) => {
    err += chunk.toString()
  })
  return new Promise((resolve, reject) => {
    child.on("error", reject)
    child.on("close", (code) => resolve({ code, out, err }))
  })
}
