import { readFileSync } from "node:fs"

/**
 * The host's own program: a library of POSIX shell functions, the same for every host of the `linux` driver. It is read once, and
 * reaches a host by its hash when it is missing there.
 */
export function hostProgram(): string {
  text ??= parts.map((part) => readFileSync(new URL(`../drivers/linux/${part}`, import.meta.url), "utf8")).join("\n")
  return text
}

let text: string | undefined

/** In this order: what comes later uses what stands before it. */
const parts = ["host.sh", "network.sh", "container.sh", "check.sh", "observe.sh"]
