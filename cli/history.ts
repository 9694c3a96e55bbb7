import { readFileSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"
import { writeSafely } from "./lock-file.ts"

const most_lines = 1000

/** What was entered in earlier sessions, the newest first. */
export function readHistory(): string[] {
  try {
    return readFileSync(historyFile(), "utf8")
      .split("\n")
      .filter((line) => line !== "")
  } catch {
    return []
  }
}

/** Keeps what was entered, for this user only; where nothing can be written, nothing is kept. */
export function writeHistory(lines: readonly string[]): void {
  writeSafely(historyFile(), `${lines.slice(0, most_lines).join("\n")}\n`, 0o600)
}

function historyFile(): string {
  const state = process.env.XDG_STATE_HOME
  return join(state !== undefined && state !== "" ? state : join(homedir(), ".local", "state"), "appl", "repl-history")
}
