import { statSync } from "node:fs"
import { dirname } from "node:path"
import {
  type CodeEntry,
  codes,
  type Diagnostic,
  findProject,
  type LintInput,
  lintFiles,
  makeReport,
  mendWith,
  projectFolder,
  readLock,
  toJson,
} from "../../lang/index.ts"
import { showDiagnostics } from "../compile.ts"
import { diskFiles } from "../files.ts"
import { standardModules } from "../installation.ts"
import { lockPath, readLockFile, writeSafely } from "../lock-file.ts"
import { type Format, fail, type Result } from "../problem.ts"
import { sourcesOf } from "../sources.ts"
import { modulesFolder } from "../state.ts"
import { table } from "../table.ts"
import type { Terminal } from "../terminal.ts"

type LintOptions = {
  readonly strict?: boolean
  readonly fix?: boolean
  readonly rules?: boolean
  readonly json?: boolean
}

/**
 * `appl lint`: 1 when there is an error among the findings, or with `--strict` a warning; else 0. Files of one project are looked at
 * together, so that what one declares and another uses counts as used.
 */
export function lint(paths: readonly string[], options: LintOptions, terminal: Terminal): number {
  const named = paths.length === 0 ? ["."] : paths
  if (options.rules === true) return listRules(named[0]!, options, terminal)
  const projects = projectsOf(named)
  if (!projects.ok) return fail(terminal, options, projects.problem)
  if (projects.value.size === 0)
    return fail(terminal, options, {
      message: `there is no .appl file in ${named.join(", ")}`,
      remedy: "name files, or a folder with some",
    })
  const findings: Diagnostic[] = []
  for (const [root, [first, ...others]] of projects.value) {
    const input = inputOf(root, [first!, ...others])
    const found = options.fix === true ? fixed(input, terminal) : { ok: true as const, value: lintFiles(input) }
    if (!found.ok) return fail(terminal, options, found.problem)
    findings.push(...found.value)
  }
  if (options.json === true) terminal.out(`${JSON.stringify(toJson(findings))}\n`)
  else show(findings, terminal)
  const grave = options.strict === true ? ["error", "warning"] : ["error"]
  return findings.some(({ severity }) => grave.includes(severity)) ? 1 : 0
}

/** The files by the folder of their project: the nearest one with an `appl.json` or `module.json`, else the one that was named. */
function projectsOf(paths: readonly string[]): Result<Map<string, string[]>> {
  const projects = new Map<string, string[]>()
  for (const path of paths) {
    const sources = sourcesOf(path, "appl lint")
    if (!sources.ok) return sources
    const folder = statSync(path).isDirectory() ? path : dirname(path)
    for (const source of sources.value) {
      const root = projectFolder(dirname(source), diskFiles) ?? folder
      projects.set(root, [...(projects.get(root) ?? []), source])
    }
  }
  return { ok: true, value: projects }
}

function inputOf(root: string, entries: LintInput["entries"]): LintInput {
  const standard = standardModules()
  return { entries, root, files: diskFiles, standard, modules: modulesFolder(), lockOf, limit: 1_000_000 }
}

/** A lock that cannot be read is none: `appl check` says what is wrong with it. */
function lockOf(file: string) {
  const text = readLockFile(lockPath(file, {}))
  const lock = text.ok && text.value !== null ? readLock(text.value) : null
  return lock?.ok === true ? lock.value : null
}

function fixed(input: LintInput, terminal: Terminal): Result<readonly Diagnostic[]> {
  const { texts, fixes, diagnostics } = mendWith(input.files, (files) => lintFiles({ ...input, files }))
  for (const [path, text] of texts) {
    const written = writeSafely(path, text, statSync(path).mode & 0o777)
    if (!written.ok) return written
  }
  if (fixes > 0) terminal.err(`${fixes} mended in ${[...texts.keys()].join(", ")}\n`)
  return { ok: true, value: diagnostics }
}

function show(findings: readonly Diagnostic[], terminal: Terminal): void {
  showDiagnostics(findings, terminal)
  const counts = (["error", "warning", "hint"] as const).flatMap((severity) => {
    const count = findings.filter((one) => one.severity === severity).length
    return count === 0 ? [] : [`${count} ${severity}${count === 1 ? "" : "s"}`]
  })
  terminal.out(counts.length === 0 ? "Nothing to say.\n" : `${counts.join(", ")}. \`appl explain CODE\` says more.\n`)
}

/** Every rule with its code, how strict it is in this folder, and what it finds. */
function listRules(path: string, format: Format, terminal: Terminal): number {
  const report = makeReport()
  const found = statSync(path, { throwIfNoEntry: false })
  const { description } = findProject(found?.isDirectory() === false ? dirname(path) : path, diskFiles, report)
  const rules = Object.entries<CodeEntry>(codes).flatMap(([code, entry]) =>
    entry.rule === undefined
      ? []
      : [
          {
            code,
            rule: entry.rule,
            here: description?.lint.get(entry.rule) ?? entry.severity ?? "error",
            title: entry.title,
          },
        ],
  )
  if (format.json === true) {
    terminal.out(`${JSON.stringify({ rules })}\n`)
    return 0
  }
  const rows = rules.map(({ code, rule, here, title }) => [code, rule, here, title])
  terminal.out(table([["code", "rule", "here", "what it finds"], ...rows]))
  return 0
}
