import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from "node:child_process"
import { readFileSync, readlinkSync } from "node:fs"
import { hostname, userInfo } from "node:os"
import type { Holder } from "../apply/lease.ts"
import type { Host, Program, Ran } from "./host.ts"

/**
 * This machine. A program runs as a child in a session of its own, so that Ctrl-C does not reach it and that it can be killed with
 * all that it started. It outlives a controller that is killed: the journal on the host tells the next one.
 */
export function localHost(name: string): Host {
  return { name, run: runLocal, close: async () => {} }
}

/**
 * Who holds a lease that this process takes. `started` is when this process started, in clock ticks after boot (proc(5), field 22 of
 * `stat`); `boot_id` also names the process namespace, for a process number means nothing outside of it.
 */
export function localHolder(): Holder {
  return {
    user: userInfo().username,
    machine: hostname(),
    boot_id: bootId(),
    process_id: process.pid,
    started: startedTicks(process.pid),
  }
}

/** Whether the process that holds a lease still lives. Of a process on another machine, or of another boot, nobody knows: true. */
export function isAlive(holder: Holder): boolean {
  if (holder.boot_id !== bootId() || holder.started === unknown) return true
  return startedTicks(holder.process_id) === holder.started
}

async function runLocal(program: Program): Promise<Ran> {
  const child = startShell(program.script)
  if (typeof child === "string") return { kind: "unreachable", why: `a shell could not be started here: ${child}` }
  const output = collect(child.stdout, outputLimit_bytes, undefined)
  const errors = collect(child.stderr, errorsLimit_bytes, program.onLine ?? (() => {}))
  // The program may end before it has read its input; that it did so is its own affair.
  child.stdin.on("error", () => {})
  child.stdin.end(program.input ?? "")
  const ended = await ending(child, program.timeout_ms)
  if (ended.kind === "failed") return { kind: "unreachable", why: ended.why }
  const printed = { output: output(), errors: errors() }
  return ended.kind === "timed-out"
    ? { kind: "timed-out", ...printed }
    : { kind: "exited", code: ended.code, ...printed }
}

/** Gives the shell, or why there is none: what is wrong with its words, such as a script too long for one, is thrown. */
function startShell(script: string): ChildProcessWithoutNullStreams | string {
  try {
    return spawn("sh", ["-c", script], {
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
      cwd: "/",
      env: environment(),
    })
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/**
 * What programs are started with: not the variables of this command, which may be secrets (`APPL_PARAM_…`, `APPL_SECRET_KEY`), nor the way
 * to the user's ssh-agent. What installs packages runs their scripts, and a container begins with what its starter had.
 */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("APPL_") && name !== "SSH_AUTH_SOCK")
  return Object.fromEntries(kept)
}

type Ending = { kind: "exited"; code: number } | { kind: "timed-out" } | { kind: "failed"; why: string }

/** Waits for the program itself, and then only briefly for its pipes: something that it left running may hold them open. */
function ending(child: ChildProcess, timeout_ms: number): Promise<Ending> {
  return new Promise((resolve) => {
    let timedOut = false
    const timer = setTimeout(() => {
      timedOut = true
      killGroup(child)
    }, timeout_ms)
    const finish = (code: number | null): void => {
      clearTimeout(timer)
      child.stdout?.destroy()
      child.stderr?.destroy()
      resolve(timedOut ? { kind: "timed-out" } : { kind: "exited", code: code ?? 128 })
    }
    child.on("error", (error) => {
      clearTimeout(timer)
      resolve({ kind: "failed", why: `a shell could not be started here: ${error.message}` })
    })
    child.on("exit", (code) => {
      const patience = setTimeout(() => finish(code), pipes_ms)
      child.on("close", () => {
        clearTimeout(patience)
        finish(code)
      })
    })
  })
}

function killGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL")
  } catch {
    // It ended in this very moment.
  }
}

/**
 * Gathers what a stream says, the last `limit_bytes` of it. What is for people comes with `onLine`, which gets each full line: programs
 * inside of appliances have a part in it, so nothing of it may steer a terminal, and no line is longer than a page. Returns how to read it.
 */
function collect(
  stream: NodeJS.ReadableStream,
  limit_bytes: number,
  onLine: ((line: string) => void) | undefined,
): () => string {
  let text = ""
  let rest = ""
  stream.setEncoding("utf8")
  stream.on("data", (said: string) => {
    const part = onLine === undefined ? said : said.replace(steering, " ")
    text = `${text}${part}`.slice(-limit_bytes)
    if (onLine === undefined) return
    const lines = `${rest}${part}`.split("\n")
    rest = (lines.pop() ?? "").slice(-lineLimit_bytes)
    for (const line of lines) onLine(line)
  })
  stream.on("error", () => {})
  return () => text
}

function bootId(): string {
  try {
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}/${readlinkSync("/proc/self/ns/pid")}`
  } catch {
    // Not Linux: nobody can tell from outside whether this process lives, so the lease runs until its end.
    return unknown
  }
}

function startedTicks(process_id: number): string {
  try {
    const stat = readFileSync(`/proc/${process_id}/stat`, "utf8")
    // The name of the program stands in brackets and may hold anything; field 22 is the twentieth after it.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? unknown
  } catch {
    return unknown
  }
}

/** All control characters (ECMA-48, in both widths) but the line's end. */
const steering = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g
const lineLimit_bytes = 4_096
const unknown = "unknown"
const outputLimit_bytes = 64 * 1024 * 1024
const errorsLimit_bytes = 256 * 1024
const pipes_ms = 500
