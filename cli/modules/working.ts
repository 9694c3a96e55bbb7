import { type Description, type LockedModules, makeReport, type Report, toJson } from "../../lang/index.ts"
import { showDiagnostics } from "../compile.ts"
import { type Format, fail, type Result, refuse } from "../problem.ts"
import type { Terminal } from "../terminal.ts"
import { keep } from "./cache.ts"
import { describeProject, type ProjectFiles, readProject, writeProject } from "./project-file.ts"
import { type Moving, type Resolved, resolveModules } from "./resolve.ts"
import type { Sources } from "./sources.ts"

/** A project's modules before and after a command. */
export type Settled = {
  readonly before: LockedModules
  readonly after: ReadonlyMap<string, Resolved>
}

/** The project around the working folder, which a command needs. */
export function neededProject(): Result<ProjectFiles> {
  const found = readProject(".")
  if (!found.ok || found.value !== null) return found as Result<ProjectFiles>
  return refuse(
    "there is no appl.json here, nor in a folder around",
    "`appl module add NAME` makes one with its first module",
  )
}

/**
 * Where the modules of a project are looked for. The token of a registry is for the one that the user named, or npm's: a project that somebody
 * else wrote could name one of its own, to be given it.
 */
export function sourcesOf(project: ProjectFiles, description: Description): Sources {
  const own = process.env.APPL_REGISTRY || null
  const registry = own ?? description.registry ?? "https://registry.npmjs.org"
  const token = own !== null || description.registry === null ? process.env.APPL_REGISTRY_TOKEN || null : null
  return { project: project.root, registry: registry.replace(/\/+$/, ""), token }
}

/**
 * Finds all modules of a project, without writing anything. Prints why that cannot be, and gives null.
 */
export async function settle(
  project: ProjectFiles,
  moving: Moving,
  format: Format,
  terminal: Terminal,
): Promise<Settled | null> {
  const report = makeReport()
  const description = describeProject(project, report)
  const before = project.lock.modules ?? {}
  const after =
    description === null
      ? null
      : await resolveModules(description, before, moving, sourcesOf(project, description), report)
  showReport(report, format, terminal)
  return after === null || report.failed ? null : { before, after }
}

/** Keeps what was fetched and writes the project's files. False, with the problem printed, when that cannot be done. */
export function write(
  before: ProjectFiles,
  after: ProjectFiles,
  settled: Settled,
  format: Format,
  terminal: Terminal,
): boolean {
  for (const { files, fetched } of settled.after.values()) {
    if (!fetched) continue
    const kept = keep(files)
    if (!kept.ok) return fail(terminal, format, kept.problem) === 0
  }
  const written = writeProject(before, after, lockedOf(settled))
  return written.ok || fail(terminal, format, written.problem) === 0
}

/** The section `modules` of the lock. */
export function lockedOf(settled: Settled): LockedModules {
  return Object.fromEntries([...settled.after].map(([name, { locked }]) => [name, locked]))
}

/** What came, went and moved, a line each: `+ web-kit 1.2.0`, `web-kit 1.2.0 → 1.3.0`, `- web-kit 1.2.0`. */
export function changesOf(
  settled: Settled,
): readonly { readonly name: string; readonly from: string | null; readonly to: string | null }[] {
  const names = [...new Set([...Object.keys(settled.before), ...settled.after.keys()])].sort()
  return names.flatMap((name) => {
    const from = Object.hasOwn(settled.before, name) ? settled.before[name]! : null
    const to = settled.after.get(name)?.locked ?? null
    if (from?.sha256 === to?.sha256 && from?.version === to?.version) return []
    return [{ name, from: from?.version ?? null, to: to?.version ?? null }]
  })
}

/** Prints the changes for people. */
export function showChanges(settled: Settled, terminal: Terminal): void {
  for (const { name, from, to } of changesOf(settled)) {
    if (from === null) terminal.out(`+ ${name} ${to}\n`)
    else if (to === null) terminal.out(`- ${name} ${from}\n`)
    else if (from === to) terminal.out(`~ ${name} ${to}, with other content\n`)
    else terminal.out(`~ ${name} ${from} → ${to}\n`)
  }
}

/** Prints what was found wrong, as JSON when that was asked for and something was. */
export function showReport(report: Report, format: Format, terminal: Terminal): void {
  if (format.json === true && report.failed) terminal.out(`${JSON.stringify(toJson(report.diagnostics))}\n`)
  else showDiagnostics(report.diagnostics, terminal)
}
