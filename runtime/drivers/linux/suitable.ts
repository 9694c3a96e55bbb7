import { quote } from "../../hosts/shell.ts"
import type { Failure } from "../../model/failure.ts"

/** What a machine is, as `id -u`, `uname -s` and `uname -r` say it. */
export type SystemSaid = { readonly user: string; readonly system: string; readonly release: string }

/** Prints what the machine is, and leaves with `code` when it is not one that the driver can work on. */
export function suitabilityScript(code: number): string {
  const newest = `"$(printf '%s\\n' ${quote(oldest)} "$(uname -r)" | sort -V | head -n 1)"`
  return `printf '%s %s %s\\n' "$(id -u)" "$(uname -s)" "$(uname -r)"
[ "$(uname -s)" = Linux ] && [ "$(id -u)" = 0 ] && [ ${newest} = ${quote(oldest)} ] || exit ${code}
`
}

/** Reads the line that `suitabilityScript` prints. */
export function systemIn(output: string): SystemSaid {
  const [user = "", system = "", release = ""] = output.split("\n", 1)[0]!.trim().split(" ")
  return { user, system, release }
}

/** Why the driver cannot work on a machine; null when it can. Missing packages are no reason: observing names them. */
export function unsuitable(host: string, { user, system, release }: SystemSaid): Failure | null {
  if (system !== "Linux") return failure(`${host} runs ${system}, not Linux`, "use a Linux machine, or simulated()")
  if (user !== "0") return failure(`on ${host} this is not root`, "run as root, for example with sudo")
  const [major = 0, minor = 0] = release.split(".").map((part) => Number.parseInt(part, 10))
  const [oldest_major = 0, oldest_minor = 0] = oldest.split(".").map(Number)
  if (major > oldest_major || (major === oldest_major && minor >= oldest_minor)) return null
  return failure(`${host} runs Linux ${release}; it takes ${oldest} or newer`, "upgrade its kernel")
}

function failure(message: string, remedy: string): Failure {
  return { kind: "host-unsuitable", message, remedy, output: [] }
}

/** Bridges refuse frames with a foreign source on a locked port since this kernel. */
const oldest = "5.16"
