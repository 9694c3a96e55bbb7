import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process"
import { readFileSync, readlinkSync } from "node:fs"
import { createConnection } from "node:net"
import type { Duplex } from "node:stream"
import type { Failure, Outcome } from "../model/failure.ts"
import type { Interactive, Started } from "./host.ts"
import { environment, killGroup } from "./local-process.ts"
import { quote } from "./shell.ts"

/** Starts a script on this machine. A terminal is made by `script` (util-linux), which every Debian has. */
export function startLocal({ script, terminal }: Interactive): Promise<Outcome<Started>> {
  const words =
    terminal === undefined
      ? ["sh", "-c", script]
      : ["script", "-qefc", inTerminal(script, terminal.columns, terminal.rows), "/dev/null"]
  const env = { ...environment(), ...(terminal === undefined ? {} : { TERM: terminal.name, SHELL: "/bin/sh" }) }
  return new Promise((resolve) => {
    const child = spawned(words, env)
    if (typeof child === "string") return resolve(notStarted(child))
    child.on("error", (error) => resolve(notStarted(error.message)))
    child.on("spawn", () => resolve({ ok: true, value: started(child) }))
  })
}

/** Connects to a UNIX socket of this machine. */
export function connectLocal(socket_path: string): Promise<Outcome<Duplex>> {
  return new Promise((resolve) => {
    const socket = createConnection({ path: socket_path })
    const refused = (error: Error) => resolve(failed(`${socket_path} cannot be connected to: ${error.message}`))
    socket.once("error", refused)
    socket.once("connect", () => {
      socket.off("error", refused)
      resolve({ ok: true, value: socket })
    })
  })
}

/** The size is set before the script begins; `script` itself has a pipe as its input, which has none. */
function inTerminal(script: string, columns: number, rows: number): string {
  return `stty columns ${Math.trunc(columns)} rows ${Math.trunc(rows)}; exec sh -c ${quote(script)}`
}

/** Gives the process, or why there is none: words that are too long are thrown. */
function spawned(words: readonly string[], env: NodeJS.ProcessEnv): ChildProcessWithoutNullStreams | string {
  try {
    return spawn(words[0]!, words.slice(1), { detached: true, stdio: ["pipe", "pipe", "pipe"], cwd: "/", env })
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function started(child: ChildProcessWithoutNullStreams): Started {
  // Whoever writes to a program that has ended learns of it by `ended`.
  child.stdin.on("error", () => {})
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    resize: (columns, rows) => resize(child, columns, rows),
    ended: new Promise((resolve) => child.on("exit", (code) => resolve({ code: code ?? 128 }))),
    kill: () => killGroup(child),
  }
}

/** Its terminal is the one that what `script` started has as its input. */
function resize(child: ChildProcessWithoutNullStreams, columns: number, rows: number): void {
  const terminal = terminalBelow(child.pid)
  if (terminal === null) return
  const words = ["-F", terminal, "columns", `${Math.trunc(columns)}`, "rows", `${Math.trunc(rows)}`]
  spawn("stty", words, { stdio: "ignore" }).on("error", () => {})
}

function terminalBelow(process_id: number | undefined): string | null {
  try {
    const [below] = readFileSync(`/proc/${process_id}/task/${process_id}/children`, "utf8").split(" ")
    const terminal = readlinkSync(`/proc/${below}/fd/0`)
    return terminal.startsWith("/dev/pts/") ? terminal : null
  } catch {
    // It ended in this very moment, or has no terminal.
    return null
  }
}

function notStarted(why: string): Outcome<never> {
  return failed(`a program could not be started here: ${why}`)
}

function failed(message: string): Outcome<never> {
  return { ok: false, failure: { kind: "operation-failed", message, remedy: null, output: [] } satisfies Failure }
}
