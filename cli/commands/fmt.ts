import { readFileSync } from "node:fs"
import { format, makeReport } from "../../lang/index.ts"
import { showDiagnostics } from "../compile.ts"
import { lookAt } from "../files.ts"
import { writeSafely } from "../lock-file.ts"
import { fail } from "../problem.ts"
import { sourcesOf } from "../sources.ts"
import type { Terminal } from "../terminal.ts"

type FmtOptions = { readonly check?: boolean }

/**
 * `appl fmt`: writes every named file, and every `.appl` file below a named folder, in the one style. A file that does not parse is
 * left as it is. `--check` changes nothing: exit code 1 when a file is not in the style.
 */
export function fmt(paths: readonly string[], options: FmtOptions, terminal: Terminal): number {
  let failed = false
  for (const path of paths) {
    const files = sourcesOf(path, "appl fmt")
    if (!files.ok) {
      failed = true
      fail(terminal, {}, files.problem)
      continue
    }
    for (const file of files.value) if (!formatFile(file, options, terminal)) failed = true
  }
  return failed ? 1 : 0
}

/** False when the file does not parse, cannot be written, or (with `--check`) is not in the style. */
function formatFile(path: string, options: FmtOptions, terminal: Terminal): boolean {
  const found = lookAt(path)
  if (!found.ok) return fail(terminal, {}, found.problem) === 0
  const text = readFileSync(path, "utf8")
  const report = makeReport()
  const formatted = format({ path, text }, report)
  if (report.failed) {
    showDiagnostics(report.diagnostics, terminal)
    return false
  }
  if (formatted === text) return true
  if (options.check === true) {
    terminal.out(`${path} is not in the style\n`)
    return false
  }
  const written = writeSafely(path, formatted)
  if (!written.ok) return fail(terminal, {}, written.problem) === 0
  terminal.out(`${path}\n`)
  return true
}
