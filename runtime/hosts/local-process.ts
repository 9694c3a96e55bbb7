import type { ChildProcess } from "node:child_process"

/**
 * What programs are started with: not the variables of this command, which may be secrets (`APPL_PARAM_…`, `APPL_SECRET_KEY`), nor the way
 * to the user's ssh-agent. What installs packages runs their scripts, and a container begins with what its starter had.
 */
export function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("APPL_") && name !== "SSH_AUTH_SOCK")
  return Object.fromEntries(kept)
}

/** Ends a program with all that it started; harmless when it has ended. */
export function killGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL")
  } catch {
    // It ended in this very moment.
  }
}
