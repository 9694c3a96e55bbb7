import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from "node:child_process"
import { readFileSync, readlinkSync } from "node:fs"
import { hostname, userInfo } from "node:os"
import type { Holder } from "../apply/lease.ts"
import { collectErrors, collectOutput } from "./collect.ts"
import type { Host, Program, Ran } from "./host.ts"
import { environment, killGroup } from "./local-process.ts"
import { connectLocal, startLocal } from "./local-streams.ts"

/**
 * This machine. A program runs as a child in a session of its own, so that Ctrl-C does not reach it and that it can be killed with
 * all that it started. It outlives a controller that is killed: the journal on the host tells the next one.
 */
export function localHost(name: string): Host {
  return { name, run: runLocal, start: startLocal, connect: connectLocal, close: async () => {} }
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
  const [output, errors] = [collectOutput(), collectErrors(program.onLine)]
  for (const [stream, collected] of [
    [child.stdout, output],
    [child.stderr, errors],
  ] as const) {
    stream.on("data", collected.take)
    stream.on("error", () => {})
  }
  // The program may end before it has read its input; that it did so is its own affair.
  child.stdin.on("error", () => {})
  child.stdin.end(program.input ?? "")
  const ended = await ending(child, program.timeout_ms)
  if (ended.kind === "failed") return { kind: "unreachable", why: ended.why }
  const printed = { output: output.text(), errors: errors.text() }
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

const unknown = "unknown"
const pipes_ms = 500
