import { existsSync } from "node:fs"
import { relative, resolve } from "node:path"
import { compareModules, makeReport } from "../../lang/index.ts"
import { cached } from "../modules/cache.ts"
import { reportRefusal } from "../modules/fetching.ts"
import { nameOfPlace } from "../modules/name-of-place.ts"
import { checkFiles } from "../modules/other-version.ts"
import { describeProject, newProject, type ProjectFiles, readProject, withDependency } from "../modules/project-file.ts"
import { type Sources, splitRequest, versionsOf } from "../modules/sources.ts"
import {
  changesOf,
  neededProject,
  type Settled,
  settle,
  showChanges,
  showReport,
  sourcesOf,
  write,
} from "../modules/working.ts"
import { type Format, fail, type Result, refuse } from "../problem.ts"
import { table } from "../table.ts"
import type { Terminal } from "../terminal.ts"

type InstallOptions = Format & { readonly locked?: boolean }

/**
 * `appl module install`: fetches what the lock holds and is not in the cache, and adds to the lock what it lacks. It moves nothing;
 * with `--locked` it also adds nothing. `--json` prints `{ "modules": […] }`.
 */
export async function install(options: InstallOptions, terminal: Terminal): Promise<number> {
  const project = neededProject()
  if (!project.ok) return fail(terminal, options, project.problem)
  const settled = await settle(project.value, "none", options, terminal)
  if (settled === null) return 1
  const changes = changesOf(settled)
  if (options.locked === true && changes.length > 0) {
    const names = changes.map(({ name }) => name).join(", ")
    return fail(terminal, options, {
      message: `the lock does not fit: ${names}`,
      remedy: "run `appl module install` without --locked, and commit appl.lock",
    })
  }
  if (!write(project.value, project.value, settled, options, terminal)) return 1
  const modules = [...settled.after.values()]
  const fetched = modules.filter((module) => module.fetched).length
  if (options.json === true) {
    const shown = modules.map(({ name, locked, fetched }) => ({ name, ...locked, fetched }))
    terminal.out(`${JSON.stringify({ modules: shown })}\n`)
    return 0
  }
  showChanges(settled, terminal)
  terminal.out(`${counted(modules.length)}: ${fetched} fetched, ${modules.length - fetched} already here.\n`)
  return 0
}

/** `appl module add`: takes modules into the project, and makes an `appl.json` where there is none. */
export async function add(requests: readonly string[], options: Format, terminal: Terminal): Promise<number> {
  const found = readProject(".")
  if (!found.ok) return fail(terminal, options, found.problem)
  const before: Result<ProjectFiles> = found.value === null ? newProject(".") : { ok: true, value: found.value }
  if (!before.ok) return fail(terminal, options, before.problem)
  let after = before.value
  const added = new Set<string>()
  for (const request of requests) {
    const asked = await askedFor(request, after, options, terminal)
    if (asked === null) return 1
    after = withDependency(after, asked.name, asked.spec)
    added.add(asked.name)
  }
  const settled = await settle(after, added, options, terminal)
  if (settled === null || !write(before.value, after, settled, options, terminal)) return 1
  return showOutcome(settled, options, terminal)
}

/** `appl module remove`: takes modules out of the project, with those that nothing else asks for. */
export async function remove(names: readonly string[], options: Format, terminal: Terminal): Promise<number> {
  const project = neededProject()
  if (!project.ok) return fail(terminal, options, project.problem)
  const description = describe(project.value, options, terminal)
  if (description === null) return 1
  let after = project.value
  for (const name of names) {
    if (!description.dependencies.has(name)) return fail(terminal, options, notAsked(name, description.dependencies))
    after = withDependency(after, name, null)
  }
  const settled = await settle(after, "none", options, terminal)
  if (settled === null || !write(project.value, after, settled, options, terminal)) return 1
  return showOutcome(settled, options, terminal)
}

type UpdateOptions = Format & { readonly dryRun?: boolean }

/** `appl module update`: moves modules to the newest version that is asked for, and says which moved. */
export async function update(names: readonly string[], options: UpdateOptions, terminal: Terminal): Promise<number> {
  const project = neededProject()
  if (!project.ok) return fail(terminal, options, project.problem)
  const locked = project.value.lock.modules ?? {}
  const description = describe(project.value, options, terminal)
  if (description === null) return 1
  for (const name of names) {
    if (!Object.hasOwn(locked, name) && !description.dependencies.has(name))
      return fail(terminal, options, notAsked(name, new Map(Object.entries(locked))))
  }
  const settled = await settle(project.value, names.length === 0 ? "all" : new Set(names), options, terminal)
  if (settled === null) return 1
  // Before the lock moves on, what it holds is what the earlier versions use.
  const broken = breaksOf(project.value.root, settled)
  if (options.dryRun !== true && !write(project.value, project.value, settled, options, terminal)) return 1
  const code = showOutcome(settled, options, terminal)
  if (options.json !== true) for (const line of broken) terminal.out(`    ${line}\n`)
  return code
}

/** What in the modules that move may ask for a change in this project, as far as both versions are here and compile. */
function breaksOf(root: string, settled: Settled): string[] {
  return changesOf(settled).flatMap(({ name, from }) => {
    const after = settled.after.get(name)
    const before = from === null ? null : cached(settled.before[name]!.sha256)
    if (before === null || after === undefined) return []
    const compared = compareModules(checkFiles(root, name, before), checkFiles(root, name, after.files))
    return (compared?.findings ?? [])
      .filter(({ weight }) => weight === "breaking")
      .map(({ message }) => `${name}: ${message}`)
  })
}

/** `appl module ls`: the modules that the lock holds. `--json` prints `{ "modules": […] }`. */
export function list(options: Format, terminal: Terminal): number {
  const project = neededProject()
  if (!project.ok) return fail(terminal, options, project.problem)
  const modules = Object.entries(project.value.lock.modules ?? {}).map(([name, locked]) => ({
    name,
    ...locked,
    here: cached(locked.sha256) !== null,
  }))
  if (options.json === true) terminal.out(`${JSON.stringify({ modules })}\n`)
  else if (modules.length === 0) terminal.out("This project has fetched no modules.\n")
  else {
    const rows = modules.map(({ name, version, resolved, here }) => [name, version, here ? "yes" : "no", resolved])
    terminal.out(table([["module", "version", "here", "from"], ...rows]))
  }
  return 0
}

type Asked = { readonly name: string; readonly spec: string }

/** What a word of `add` stands for: `kit`, `kit@^1`, `kit@../kit`, `../kit`, a tarball, a repository. Prints why it is nothing. */
async function askedFor(
  request: string,
  project: ProjectFiles,
  options: Format,
  terminal: Terminal,
): Promise<Asked | null> {
  const description = describe(project, options, terminal)
  if (description === null) return null
  const sources = sourcesOf(project, description)
  const { name, spec } = splitRequest(request)
  const report = makeReport()
  const source = { path: `appl module add ${request}`, text: request, said: true } as const
  const span = { source, start: 0, end: request.length }
  const place = spec === null ? null : fromProject(spec, project)
  if (name !== null && place !== null) return { name, spec: place }
  const asked = name === null ? await nameOfPlace(place!, sources) : await newestOf(name, sources)
  if (asked.ok) return asked.value
  reportRefusal(report, span, asked)
  showReport(report, options, terminal)
  return null
}

async function newestOf(name: string, sources: Sources) {
  const { isModuleName } = await import("../../lang/index.ts")
  if (!isModuleName(name)) {
    const hint = name.startsWith("std/")
      ? "standard modules are there without being added"
      : "small letters, digits and `-`"
    return { ok: false, code: "A0240", message: `${name} is no name of a module that can be added`, hint } as const
  }
  const known = await versionsOf(name, sources)
  if (!known.ok) return known
  const { maxSatisfying } = await import("semver")
  const newest = maxSatisfying(known.value, "*") ?? maxSatisfying(known.value, "*", { includePrerelease: true })
  if (newest === null) return { ok: false, code: "A0240", message: `${name} has no version yet` } as const
  return { ok: true, value: { name, spec: `^${newest}` } } as const
}

/** A path as it is seen from the project, when it was said from the working folder. */
function fromProject(spec: string, project: ProjectFiles): string {
  const path = spec.replace(/^(?:file|link):(?!\/\/)/, "")
  if (!/^\.{1,2}(?:\/|$)/.test(path) && !existsSync(path)) return spec
  if (/^(?:\/|~|\w+:)/.test(path)) return spec
  const seen = relative(resolve(project.root), resolve(path))
  return seen.startsWith("..") ? seen : `./${seen}`
}

function describe(project: ProjectFiles, options: Format, terminal: Terminal) {
  const report = makeReport()
  const description = describeProject(project, report)
  showReport(report, options, terminal)
  return description
}

function notAsked(name: string, known: ReadonlyMap<string, unknown>) {
  const names = [...known.keys()].filter((other) => !other.startsWith("std/"))
  const remedy = names.length === 0 ? "it uses none" : `it uses ${names.join(", ")}`
  return refuse(`this project does not use ${name}`, remedy).problem
}

function showOutcome(settled: Settled, options: Format, terminal: Terminal): number {
  const changes = changesOf(settled)
  if (options.json === true) terminal.out(`${JSON.stringify({ changes })}\n`)
  else if (changes.length === 0) terminal.out("Nothing moved.\n")
  else showChanges(settled, terminal)
  return 0
}

function counted(number: number): string {
  return `${number} module${number === 1 ? "" : "s"}`
}
