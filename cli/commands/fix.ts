import { readFileSync, statSync } from "node:fs"
import { createTwoFilesPatch } from "diff"
import { mend, type Surveyed } from "../../lang/index.ts"
import { type CompileOptions, inputOf } from "../compile.ts"
import { writeSafely } from "../lock-file.ts"
import type { Result } from "../problem.ts"
import type { Terminal } from "../terminal.ts"

/** Mends what a machine can mend and gives what is found in the file then. With `dryRun` the changes are printed, and nothing is written. */
export function fix(
  file: string,
  options: CompileOptions & { readonly dryRun?: boolean },
  terminal: Terminal,
): Result<Surveyed> {
  const input = inputOf(file, options)
  if (!input.ok) return input
  const { texts, fixes, found } = mend(input.value)
  for (const [path, text] of texts) {
    if (options.dryRun === true) {
      const patch = createTwoFilesPatch(path, path, readFileSync(path, "utf8"), text, undefined, undefined, {
        context: 1,
      })
      terminal.err(patch)
      continue
    }
    const written = writeSafely(path, text, statSync(path).mode & 0o777)
    if (!written.ok) return written
  }
  if (fixes === 0) return { ok: true, value: found }
  const what = `${fixes} ${fixes === 1 ? "mistake" : "mistakes"}`
  terminal.err(`${what} ${options.dryRun === true ? "would be mended" : "mended"} in ${[...texts.keys()].join(", ")}\n`)
  return { ok: true, value: found }
}
