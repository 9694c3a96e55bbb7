import { createHash } from "node:crypto"
import type { Host, Ran } from "../../hosts/host.ts"
import { type Call, printCalls, quote } from "../../hosts/shell.ts"
import type { Failure, FailureKind, Outcome } from "../../model/failure.ts"
import { failureIn } from "./answers.ts"
import { suitabilityScript, systemIn, unsuitable } from "./suitable.ts"

/** A host and the program that it shall keep: what every verb of the driver runs through. */
export type Session = {
  readonly host: Host
  /** The host's own program, and where it lies there, by its hash (SHA-256, hexadecimal). */
  readonly program: string
  readonly hash: string
  readonly program_file: string
}

/** What one run asks for. */
export type Asked = {
  readonly calls: readonly Call[]
  /** What runs when it fails, to take back what it did; absent when that is not possible. */
  readonly undo?: readonly Call[]
  readonly input?: Uint8Array
  /** What to do on a host that has not got the program: nothing when without it there is nothing to be done. `send` when absent. */
  readonly missing?: "send" | "nothing"
  readonly timeout_ms: number
  readonly progress?: (message: string) => void
}

export function openSession(host: Host, program: string): Session {
  const hash = createHash("sha256").update(program).digest("hex")
  return { host, program, hash, program_file: `${programFolder}/${hash}.sh` }
}

/**
 * Runs calls of the host's program and gives the JSON value that they answer: one round trip, two when the host has not got this version
 * of the program yet. What is expected to go wrong comes back as a failure, with the last lines that were printed.
 */
export async function ask(session: Session, asked: Asked): Promise<Outcome<unknown>> {
  const script = printScript(session, asked)
  let ran = await run(session, asked, script)
  if (ran.kind === "exited" && ran.code === missing_code && asked.missing === "nothing")
    return { ok: true, value: null }
  // More than once: the last cluster of the host may take the program with it in this very moment.
  for (let sent = 1; sent <= sends && ran.kind === "exited" && ran.code === missing_code; sent += 1) {
    const received = await send(session)
    if (!received.ok && (sent === sends || received.failure.kind === "host-unsuitable")) return received
    ran = await run(session, asked, script)
  }
  return answerOf(session.host.name, ran)
}

/** The script of one run: the program, the way back, the calls. Exported for golden tests. */
export function printScript(session: Pick<Session, "program_file">, asked: Pick<Asked, "calls" | "undo">): string {
  const file = quote(session.program_file)
  // Each call decides: a shell that tests the outcome of a function does not stop at a failure inside.
  const back = asked.undo?.map((call) => `  ${printCalls([call]).trimEnd()} || return 1\n`)
  const undo = back === undefined ? "" : `appl_undo() {\n  :\n${back.join("")}}\n`
  // Opened before it is read: it may be taken away in between.
  return `{ command exec 5<${file}; } 2>/dev/null || exit ${missing_code}\nAPPL_PROGRAM=${file}\n. /proc/self/fd/5\nexec 5<&-\n${undo}${printCalls(asked.calls)}`
}

async function run(session: Session, asked: Asked, script: string): Promise<Ran> {
  const { timeout_ms, input, progress } = asked
  return await session.host.run({ script, timeout_ms, input, onLine: progress })
}

/**
 * Puts the program on the host, whole or not at all, if the host is one that can be worked on. A connection that is cut off in between ends the
 * input early, so what came is measured by its hash.
 */
async function send(session: Session): Promise<Outcome<null>> {
  const file = quote(session.program_file)
  const script = `${suitabilityScript(unsuitable_code)}set -e
umask 077
mkdir -p ${programFolder}
trap 'rm -f ${file}.$$' EXIT
cat >${file}.$$
[ "$(sha256sum <${file}.$$ | cut -c 1-64)" = ${quote(session.hash)} ]
mv -f ${file}.$$ ${file}
`
  const ran = await session.host.run({ script, input: session.program, timeout_ms: send_ms })
  if (ran.kind === "exited" && ran.code === 0) return { ok: true, value: null }
  if (ran.kind === "exited" && ran.code === unsuitable_code) {
    const failure = unsuitable(session.host.name, systemIn(ran.output))
    if (failure !== null) return { ok: false, failure }
  }
  const answer = answerOf(session.host.name, ran)
  return answer.ok ? { ok: true, value: null } : answer
}

/** What a run of the program answered, or why it did not. */
export function answerOf(host: string, ran: Ran): Outcome<unknown> {
  if (ran.kind === "unreachable")
    return failed("host-unreachable", `${host} cannot be reached: ${ran.why}`, `check the connection to ${host}`, "")
  if (ran.kind === "refused") return { ok: false, failure: ran.failure }
  if (ran.kind === "timed-out")
    return failed(
      "operation-failed",
      `${host} did not finish in time`,
      "run the command again: it observes first how far this came",
      ran.errors,
    )
  const answer = parsed(ran.output)
  const failure = failureIn(answer)
  if (failure !== null) return failed(failure.kind, failure.message, failure.remedy, ran.errors)
  if (ran.code === 0 && answer !== undefined) return { ok: true, value: answer }
  if (ran.code === 0 && ran.output.trim() === "") return { ok: true, value: null }
  return brokenOff(host, ran.code, ran.errors)
}

/** It ended without saying why: the reason stands in what its tools printed. */
function brokenOff(host: string, code: number, errors: string): Outcome<never> {
  if (errors.includes("No space left on device"))
    return failed(
      "no-space",
      `a disk of ${host} is full`,
      `free some space on ${host} (appl image gc removes unused images)`,
      errors,
    )
  if (errors.includes("Read-only file system"))
    return failed("host-unsuitable", `a file system of ${host} cannot be written`, "mount it for writing", errors)
  const command = /^\S*: \d+: (?:\S+: )?([\w.-]+): not found$/m.exec(errors)?.[1]
  if (command !== undefined)
    return failed("package-missing", `${host} has no command ${command}`, "appl host prepare", errors)
  return failed("operation-failed", `a command on ${host} failed with exit code ${code}`, null, errors)
}

function parsed(output: string): unknown {
  try {
    return JSON.parse(output)
  } catch {
    return undefined
  }
}

function failed(kind: FailureKind, message: string, remedy: string | null, errors: string): Outcome<never> {
  const output = errors.split("\n").filter((line) => line.trim() !== "")
  return { ok: false, failure: { kind, message, remedy, output: output.slice(-lines_shown) } satisfies Failure }
}

const programFolder = "/var/lib/appl/.program"
const missing_code = 119
const unsuitable_code = 120
const sends = 5
const lines_shown = 20
const send_ms = 30_000
