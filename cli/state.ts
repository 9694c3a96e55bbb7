import { homedir } from "node:os"
import { join } from "node:path"

/** Where this user's simulated hosts are remembered: `${XDG_STATE_HOME:-~/.local/state}/appl/simulated`. */
export function simulatedFolder(): string {
  const state = process.env.XDG_STATE_HOME
  return join(state !== undefined && state !== "" ? state : join(homedir(), ".local", "state"), "appl", "simulated")
}
