import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { find, type Program, programs } from "../test/programs.ts"

// Installs the Debian packages of programs that tests run, where root may do so. Elsewhere it says which tests will be skipped for want of
// them; with CI set that is a failure, since a skip would hide what is broken.

function missing(): Program[] {
  return (Object.keys(programs) as Program[]).filter((program) => find(program) === null)
}

function main(): number {
  const wanted = missing()
  if (wanted.length === 0) return 0
  const packages = wanted.map((program) => programs[program])
  const can_install = process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")
  if (can_install) {
    console.log(`Installing for the tests: ${packages.join(" ")}`)
    if (aptGet("update") && aptGet("install", "--yes", "--no-install-recommends", ...packages)) return 0
  }
  for (const program of missing()) console.log(`${program} is not here: tests of it are skipped, or fail`)
  console.log(`To run them: apt-get install ${packages.join(" ")}`)
  return process.env.CI === undefined ? 0 : 1
}

function aptGet(...words: readonly string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" }
  return spawnSync("apt-get", ["--quiet=2", ...words], { env, stdio: ["ignore", "ignore", "inherit"] }).status === 0
}

process.exitCode = main()
