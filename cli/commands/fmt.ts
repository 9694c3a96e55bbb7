import { readdirSync, readFileSync, statSync } from "node:fs"
import { extname, join } from "node:path"
import { format, makeReport } from "../../lang/index.ts"
import { showDiagnostics } from "../compile.ts"
import { writeSafely } from "../lock-file.ts"
import { fail, type Result, refuse } from "../problem.ts"
import type { Terminal } from "../terminal.ts"

type FmtOptions = { readonly check?: boolean }

/**
 * `appl fmt`: writes every named file, and every `.appl` file below a named folder, in the one style. A file that does not parse is
 * left as it is. `--check` changes nothing: exit code 1 when a file is not in the style.
 */
export function fmt(paths: readonly string[], options: FmtOptions, terminal: Terminal): number {
  let failed = false
  for (const path of paths) {
    const files = filesOf(path)
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

function filesOf(path: string): Result<string[]> {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) return refuse(`there is no file ${path}`, "appl fmt takes .appl files and folders")
  if (!found.isDirectory()) {
    if (extname(path) !== ".appl")
      return refuse(`${path} is not an .appl file`, "appl fmt takes .appl files and folders")
    return { ok: true, value: [path] }
  }
  const names = readdirSync(path, { recursive: true, encoding: "utf8" })
  const files = names.filter((name) => name.endsWith(".appl") && !name.includes("node_modules")).sort()
  return { ok: true, value: files.map((name) => join(path, name)) }
}
