import { homedir } from "node:os"
import { join } from "node:path"

/** Where this user's simulated hosts are remembered: `${XDG_STATE_HOME:-~/.local/state}/appl/simulated`. */
export function simulatedFolder(): string {
  return join(stateFolder(), "simulated")
}

/** Where the logs of runs lie, in a folder for each cluster: `${XDG_STATE_HOME:-~/.local/state}/appl/runs`. */
export function runsFolder(): string {
  return join(stateFolder(), "runs")
}

/** Where what was fetched is kept, for all projects of this user: `${APPL_CACHE:-${XDG_CACHE_HOME:-~/.cache}/appl}`. */
export function cacheFolder(): string {
  const own = process.env.APPL_CACHE
  if (own !== undefined && own !== "") return own
  const cache = process.env.XDG_CACHE_HOME
  return join(cache !== undefined && cache !== "" ? cache : join(homedir(), ".cache"), "appl")
}

/** The folder of all fetched modules, each in a folder named after the hash of its content. */
export function modulesFolder(): string {
  return join(cacheFolder(), "modules")
}

function stateFolder(): string {
  const state = process.env.XDG_STATE_HOME
  return join(state !== undefined && state !== "" ? state : join(homedir(), ".local", "state"), "appl")
}
