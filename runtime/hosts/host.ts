import type { Outcome } from "../model/failure.ts"

/**
 * A machine that can run a program: local, over SSH, or a twin in memory. The only way in which a driver touches the world.
 * A lost connection is an answer (`unreachable`), and never means that the program did not run.
 */
export type Host = {
  readonly name: string
  /** Runs a POSIX shell script as root, with `input` on its standard input. */
  run(program: Program): Promise<Ran>
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
