import { randomBytes } from "node:crypto"
import { collectErrors, collectOutput } from "../collect.ts"
import type { Program, Ran } from "../host.ts"
import { refused, unreachable } from "./answer.ts"
import { killScript, loginCommand, readFrame, scriptBytes } from "./bootstrap.ts"
import type { Connection, Session } from "./connection.ts"

/** Who is asked, for messages. */
export type Peer = { readonly name: string; readonly user: string }

/**
 * Runs a script as root on the other side of a connection. Marks around what it prints say exactly when it has ended, whatever it left
 * running, and which exit code it had. When the connection is lost before that, nobody knows: `unreachable`.
 */
export async function runOver(connection: Connection, peer: Peer, program: Program, reserve?: true): Promise<Ran> {
  const mark = newMark()
  const script = scriptBytes(program.script, mark)
  const opened = await connection.exec(loginCommand("framed", mark, script.length), reserve ? { reserve } : {})
  if (opened.kind !== "open") return opened
  const { channel, lost, gone } = opened.value
  const [output, errors] = [collectOutput(), collectErrors(program.onLine)]
  const out = readFrame(mark, output.take)
  const err = readFrame(mark, errors.take)
  // What comes before the marks says why there are none.
  const early = collectErrors()
  const course = { exit: undefined as number | null | undefined }
  const ended = new Promise<"ended" | "gone">((resolve) => {
    const look = () => out.ended() !== null && err.ended() !== null && resolve("ended")
    channel.on("data", (bytes: Buffer) => {
      if (out.begun() === null) early.take(bytes)
      out.take(bytes)
      look()
    })
    channel.stderr.on("data", (bytes: Buffer) => {
      if (err.begun() === null) early.take(bytes)
      err.take(bytes)
      look()
    })
    channel.on("exit", (code: number | null) => {
      course.exit = code
    })
    void gone.then(() => resolve("gone"))
  })
  channel.on("error", () => {})
  channel.stderr.on("error", () => {})
  channel.write(script)
  channel.end(program.input === undefined ? undefined : Buffer.from(program.input))

  const printed = () => ({ output: output.text(), errors: errors.text() })
  const way = await Promise.race([ended, passed(program.timeout_ms, ended)])
  if (way === "late" && reserve === true) {
    channel.close()
    return unreachable("what was to end a program did not end itself")
  }
  if (way === "late") return late(connection, peer, opened.value, out.begun(), ended, printed)
  channel.close()
  if (way === "ended") return { kind: "exited", code: Number(out.ended()), ...printed() }
  const why = lost()
  if (why !== null) return unreachable(why)
  if (out.begun() === null || out.begun()?.[0] !== "begin") return notBegun(peer, out.begun(), early.text())
  // It was killed, with what would have said its end.
  if (course.exit !== undefined) return { kind: "exited", code: course.exit ?? 128, ...printed() }
  return unreachable("the session was closed before its end")
}

/** A mark that no program prints by chance. */
export function newMark(): string {
  return `appl-${randomBytes(16).toString("hex")}`
}

/** Why a program did not begin although the host let us in. `early` is what was printed instead. */
export function notBegun(
  { name, user }: Peer,
  begun: readonly string[] | null,
  early: string,
): ReturnType<typeof refused> {
  const output = early
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .slice(-5)
  const as_root = `use root@ in its destination, if its sshd allows that`
  if (begun?.[0] === "no-sudo")
    return refused(`${user} is not root on host ${name}, and there is no sudo`, `install sudo there, or ${as_root}`)
  if (/sudo: .*(?:password is required|terminal is required|must have a tty)/.test(early))
    return refused(
      `${user} is not root on host ${name}, and sudo asks for a password there`,
      `as root, put this line into /etc/sudoers.d/appl there: ${user} ALL=(root) NOPASSWD: ALL; or ${as_root}`,
      output,
    )
  if (/sudo: |not in the sudoers|may not run sudo|not allowed to/.test(early))
    return refused(
      `${user} is not root on host ${name}, and sudo refuses`,
      `as root, put this line into /etc/sudoers.d/appl there: ${user} ALL=(root) NOPASSWD: ALL; or ${as_root}`,
      output,
    )
  return refused(
    `the login shell of ${user} on host ${name} runs no commands`,
    `try ssh ${user}@… true there; give ${user} a shell such as /bin/bash, and no ForceCommand`,
    output,
  )
}

/** Time is up: what runs is killed on the host, and its end awaited. */
async function late(
  connection: Connection,
  peer: Peer,
  { channel, lost }: Session,
  begun: readonly string[] | null,
  ended: Promise<unknown>,
  printed: () => { output: string; errors: string },
): Promise<Ran> {
  const process_id = Number(begun?.[1])
  if (!Number.isSafeInteger(process_id) || process_id < 2) {
    channel.close()
    return unreachable(lost() ?? "it did not begin the program in time")
  }
  const killed = await runOver(connection, peer, { script: killScript(process_id), timeout_ms: kill_ms }, true)
  const way = await Promise.race([ended, passed(kill_ms, ended)])
  channel.close()
  if (killed.kind !== "exited" || way === "late")
    return unreachable(`${lost() ?? "the program did not end in time"}, and it could not be ended`)
  return { kind: "timed-out", ...printed() }
}

function passed(duration_ms: number, unless: Promise<unknown>): Promise<"late"> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve("late"), duration_ms)
    void unless.then(() => clearTimeout(timer))
  })
}

const kill_ms = 10_000
