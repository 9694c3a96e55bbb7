import type { Host } from "../../hosts/host.ts"
import { printCalls, quote } from "../../hosts/shell.ts"
import type { Failure, Outcome } from "../../model/failure.ts"
import { neededPackages } from "./packages.ts"

/** What was installed just now; empty when nothing was missing. */
export type Prepared = { readonly installed: readonly string[] }

/**
 * Installs what appl needs on a Debian host, and nothing that is only recommended. Nothing is started: while apt runs, a policy forbids
 * it (`policy-rc.d`, invoke-rc.d(8)), and what the new packages would start at the next boot is switched off. A policy of the host's own
 * is put aside and back, also after an earlier attempt was killed. `progress` gets what apt prints.
 */
export async function prepare(host: Host, progress: (line: string) => void): Promise<Outcome<Prepared>> {
  const ran = await host.run({ script: prepareScript(), timeout_ms: install_ms, onLine: progress })
  if (ran.kind === "unreachable")
    return failed("host-unreachable", `${host.name} cannot be reached: ${ran.why}`, null, "")
  if (ran.kind === "refused") return { ok: false, failure: ran.failure }
  if (ran.kind === "timed-out")
    return failed(
      "operation-failed",
      `apt did not end in time on ${host.name}`,
      "run appl host prepare again",
      ran.errors,
    )
  const words = ran.output.trim().split(/\s+/)
  if (ran.code === 0) return { ok: true, value: { installed: words.slice(1).filter((word) => word !== "") } }
  if (words[0] === "no-apt")
    return failed(
      "host-unsuitable",
      `${host.name} has no apt: appl host prepare knows Debian only`,
      `install what stands in for Debian's ${words.slice(1).join(", ")}`,
      ran.errors,
    )
  if (words[0] === "no-root")
    return failed(
      "host-unsuitable",
      `on ${host.name} this is not root`,
      "run as root, for example with sudo",
      ran.errors,
    )
  return failed(
    ran.errors.includes("No space left on device") ? "no-space" : "operation-failed",
    `apt could not install ${words.slice(1).join(", ")} on ${host.name}`,
    "see what apt printed; then run appl host prepare again",
    ran.errors,
  )
}

/** The script that prepares a host; it prints one word and the names of packages. Exported for its golden test. */
export function prepareScript(): string {
  const probes = neededPackages().map(
    ({ name, probe }) => `{ ${printCalls([probe]).trim()}; } >/dev/null 2>&1 || missing="$missing ${name}"\n`,
  )
  return `set -u
export LC_ALL=C DEBIAN_FRONTEND=noninteractive PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
policy=/usr/sbin/policy-rc.d
restore() {
  if grep -qs ${quote(mark)} "$policy"; then rm -f "$policy"; fi
  if [ -e "$policy.before-appl" ]; then mv -f "$policy.before-appl" "$policy"; fi
}
missing=''
${probes.join("")}[ -n "$missing" ] || { echo nothing; exit 0; }
command -v apt-get >/dev/null || { echo "no-apt$missing"; exit 1; }
[ "$(id -u)" = 0 ] || { echo no-root; exit 1; }
restore
trap restore EXIT
trap 'exit 1' INT TERM
[ ! -e "$policy" ] || mv -f "$policy" "$policy.before-appl"
printf '%s\\n' '#!/bin/sh' ${quote(mark)} 'exit 101' >"$policy" && chmod 755 "$policy"
install() { apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=120 $missing >&2; }
install || { apt-get update >&2 && install; } || { echo "failed$missing"; exit 1; }
if command -v systemctl >/dev/null; then
  for package in $missing; do
    for unit in $(dpkg -L "$package" | sed -n 's#^.*/lib/systemd/system/\\([^/@]*\\.service\\)$#\\1#p'); do
      systemctl disable "$unit" >/dev/null 2>&1
    done
  done
fi
echo "installed$missing"
`
}

function failed(kind: Failure["kind"], message: string, remedy: string | null, errors: string): Outcome<never> {
  const output = errors.split("\n").filter((line) => line.trim() !== "")
  return { ok: false, failure: { kind, message, remedy, output: output.slice(-20) } }
}

const mark = "# Put here by appl while it installs packages; it goes when they are installed."
const install_ms = 1_800_000
