import type { Host } from "../../hosts/host.ts"
import { printCalls, quote } from "../../hosts/shell.ts"
import type { Outcome } from "../../model/failure.ts"
import { neededPackages } from "./packages.ts"

/** One thing that a host must have or be, as it is. `remedy` is a command or a sentence; null when all is well. */
export type Finding = { readonly what: string; readonly ok: boolean; readonly remedy: string | null }

/** Looks whether a host has what appl needs, in one round trip, and changes nothing. */
export async function doctor(host: Host): Promise<Outcome<readonly Finding[]>> {
  const ran = await host.run({ script: doctorScript(), timeout_ms: look_ms })
  if (ran.kind === "refused") return { ok: false, failure: ran.failure }
  if (ran.kind !== "exited") {
    const message =
      ran.kind === "unreachable" ? `${host.name} cannot be reached: ${ran.why}` : `${host.name} does not answer in time`
    return { ok: false, failure: { kind: "host-unreachable", message, remedy: null, output: [] } }
  }
  const good = new Set(ran.output.split("\n"))
  return {
    ok: true,
    value: questions().map(({ what, remedy }, index) => {
      const ok = good.has(`${index}`)
      return { what, ok, remedy: ok ? null : remedy }
    }),
  }
}

type Question = { readonly what: string; readonly test: string; readonly remedy: string }

/** Prints the number of each question whose answer is good. */
function doctorScript(): string {
  const asked = questions().map(({ test }, index) => `( ${test}; ) >/dev/null 2>&1 </dev/null && echo ${index}\n`)
  return `export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n${asked.join("")}:\n`
}

function questions(): readonly Question[] {
  const packages = neededPackages().map(
    ({ name, why, probe }): Question => ({
      what: `package ${name}, for ${why}`,
      test: printCalls([probe]).trim(),
      remedy: "appl host prepare",
    }),
  )
  return [...machine, ...packages, ...kernel]
}

const machine: readonly Question[] = [
  { what: "Linux", test: '[ "$(uname -s)" = Linux ]', remedy: "use a Linux machine as host, or simulated()" },
  { what: "root", test: '[ "$(id -u)" = 0 ]', remedy: "run as root, for example with sudo" },
  {
    what: "a Linux kernel of 5.16 or newer",
    test: `[ "$(printf '5.16\\n%s\\n' "$(uname -r)" | sort -V | head -n 1)" = 5.16 ]`,
    remedy: "upgrade the kernel; Debian 12 has 6.1",
  },
  {
    what: "1 GiB of free disk under /var/lib",
    test: "[ \"$(df -Pk /var/lib | awk 'NR == 2 { print $4 }')\" -gt 1048576 ]",
    remedy: "free some space; appl image gc removes unused images",
  },
]

const kernel: readonly Question[] = [
  {
    what: "control groups for memory, processors and processes",
    test: 'for one in memory cpu pids; do [ -d "/sys/fs/cgroup/$one" ] || grep -qw "$one" /sys/fs/cgroup/cgroup.controllers || exit 1; done',
    remedy: "mount the control groups; on Debian, boot with systemd or install cgroupfs-mount",
  },
  {
    what: "overlay file systems",
    test: "grep -qw overlay /proc/filesystems || modprobe overlay",
    remedy: "use a kernel with overlayfs",
  },
  {
    what: "a packet filter for bridges",
    test: accepts("bridge", "type filter hook forward priority 0"),
    remedy: "use a kernel with nf_tables in the bridge family",
  },
  {
    what: "address translation",
    test: accepts("ip", "type nat hook postrouting priority 100", "masquerade"),
    remedy: "use a kernel with nf_tables and nf_nat",
  },
]

/** Whether the kernel would take a table with these lines; nothing is changed. */
function accepts(family: string, ...lines: readonly string[]): string {
  const rules = `table ${family} appl-doctor {\nchain one {\n${lines.join("\n")}\n}\n}\n`
  return `printf %s ${quote(rules)} | nft -c -f -`
}

const look_ms = 30_000
