import type { Duplex, Readable, Writable } from "node:stream"
import type { Failure, Outcome } from "../model/failure.ts"

/**
 * A machine that can run a program: local, over SSH, or a twin in memory. The only way in which a driver touches the world.
 * A lost connection is an answer (`unreachable`), and never means that the program did not run.
 */
export type Host = {
  readonly name: string
  /** Runs a POSIX shell script as root, with `input` on its standard input. */
  run(program: Program): Promise<Ran>
  /** Starts a POSIX shell script as root and gives its streams, for what a person talks to and for data of any size. */
  start(program: Interactive): Promise<Outcome<Started>>
  /** Connects to a UNIX socket of the host, as root. The caller ends the stream. */
  connect(socket_path: string): Promise<Outcome<Duplex>>
  /**
   * Whether a connection that is opened now reaches the host, beside those that are open: tried until it does, for so long. Absent where no
   * change of links or rules can come between us and the host, as on this machine.
   */
  readonly proveReachable?: (within_ms: number) => Promise<Outcome<null>>
  close(): Promise<void>
}

export type Program = {
  readonly script: string
  readonly input?: string | Uint8Array
  readonly timeout_ms: number
  /** Called with each full line of standard error while the program runs: progress for people. */
  readonly onLine?: (line: string) => void
}

export type Ran =
  | { readonly kind: "exited"; readonly code: number; readonly output: string; readonly errors: string }
  | { readonly kind: "timed-out"; readonly output: string; readonly errors: string }
  | { readonly kind: "unreachable"; readonly why: string }
  /** The host answers, and does not let us in or we do not trust it: nothing ran, and only the user can mend it. */
  | { readonly kind: "refused"; readonly failure: Failure }

export type Interactive = {
  readonly script: string
  /** Runs it in a terminal of its own: standard error then comes with standard output. */
  readonly terminal?: { readonly columns: number; readonly rows: number; readonly name: string }
}

/** A program that runs, with its streams. Whoever started it reads all of them, or it waits. */
export type Started = {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** Tells its terminal a new size; nothing without one. */
  resize(columns: number, rows: number): void
  /** Its exit code; null with the reason when nobody knows, since the connection was lost. */
  readonly ended: Promise<{ readonly code: number | null; readonly why?: string }>
  /** Ends it, with all that it started. */
  kill(): void
}
