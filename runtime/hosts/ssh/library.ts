import { createRequire } from "node:module"

const require = createRequire(import.meta.url)

export type Ssh2 = typeof import("ssh2")

/** The library, loaded when the first host is dialled: no other command pays for it. */
export function ssh2(): Ssh2 {
  loaded ??= require("ssh2") as Ssh2
  return loaded
}

let loaded: Ssh2 | undefined
