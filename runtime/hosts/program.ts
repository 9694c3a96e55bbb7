import { readFileSync } from "node:fs"

/**
 * The host's own program: a library of POSIX shell functions, the same for every host of the `linux` driver. It is read once, and
 * reaches a host by its hash when it is missing there.
 */
export function hostProgram(): string {
  text ??= [...parts.map(read), ...guests.map(([name, file]) => asFunction(name, read(file)))].join("\n")
  return text
}

let text: string | undefined

/** In this order: what comes later uses what stands before it. */
const parts = [
  "host.sh",
  "network.sh",
  "volume.sh",
  "carry.sh",
  "vxlan.sh",
  "container.sh",
  "check.sh",
  "observe.sh",
  "image.sh",
  "image-build.sh",
  "image-pack.sh",
  "image-store.sh",
  "microvm.sh",
  "microvm-agent.sh",
  "enter.sh",
  "boot.sh",
  "history.sh",
  "own-foot.sh",
]

/** Programs that run inside of a microVM: functions of the host's program that print them. */
const guests = [
  ["appl_guest_init", "guest-init.sh"],
  ["appl_guest_agent", "guest-agent.sh"],
] as const

function read(file: string): string {
  return readFileSync(new URL(`../drivers/linux/${file}`, import.meta.url), "utf8")
}

function asFunction(name: string, program: string): string {
  return `${name}() {\n  cat <<'APPL_GUEST'\n${program}APPL_GUEST\n}\n`
}
