import { accessSync, constants } from "node:fs"
import { join } from "node:path"

/** Programs that tests run and that a machine may lack, each with the Debian package that has it. */
export const programs = {
  bash: "bash",
  chromium: "chromium",
  fish: "fish",
  git: "git",
  groff: "groff-base",
  nvim: "neovim",
  ping: "iputils-ping",
  ps: "procps",
  script: "bsdutils",
  ssh: "openssh-client",
  "ssh-agent": "openssh-client",
  sshd: "openssh-server",
  sudo: "sudo",
  zsh: "zsh",
} as const

export type Program = keyof typeof programs

/** Where a program of the search path lies, or null. */
export function find(program: Program): string | null {
  const places = (process.env.PATH ?? "").split(":").map((folder) => join(folder, program))
  return places.find(isExecutable) ?? null
}

/**
 * Whether tests of a program have to be skipped because it is not here. With `CI` set nothing is skipped: then this is an error that names
 * the package.
 */
export function lacks(program: Program): boolean {
  if (find(program) !== null) return false
  if (process.env.CI === undefined) return true
  throw new Error(`${program} is not here: install ${programs[program]}, as scripts/test-packages.ts does for root`)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
