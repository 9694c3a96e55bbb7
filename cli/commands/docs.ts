import { existsSync, lstatSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { dirname, join } from "node:path"
import { type CheckedModule, type Diagnostic, projectFolder, surfaceOfModule } from "../../lang/index.ts"
import { showDiagnostics } from "../compile.ts"
import type { Documented } from "../docs/places.ts"
import { makeSite } from "../docs/site.ts"
import { diskFiles, lookAt, reasonOf } from "../files.ts"
import { standardModules } from "../installation.ts"
import { writeSafely } from "../lock-file.ts"
import { cached } from "../modules/cache.ts"
import { checkBlocks, checkDocComments } from "../modules/examples.ts"
import { checkFiles, checkFolder } from "../modules/other-version.ts"
import { readProject } from "../modules/project-file.ts"
import { fail, type Result, refuse } from "../problem.ts"
import type { Terminal } from "../terminal.ts"

type DocsOptions = { readonly out: string; readonly all?: boolean }

/**
 * `appl docs`: a site about a module and those that it uses, or about all standard modules. 1 when the module or an example in its
 * documents does not compile; then nothing is written.
 */
export function docs(folder: string, options: DocsOptions, terminal: Terminal): number {
  const modules = options.all === true ? allStandard(terminal) : ownAndUsed(folder, terminal)
  if (modules === null) return 1
  if (!modules.ok) return fail(terminal, {}, modules.problem)
  const site = makeSite(modules.value, options.all === true ? "all alike" : "first is home")
  const written = writeSite(options.out, site)
  if (!written.ok) return fail(terminal, {}, written.problem)
  terminal.out(`${site.size} files: open ${join(options.out, "index.html")}\n`)
  return 0
}

/** Null when something does not compile, which is printed. */
type Read = Result<readonly Documented[]> | null

function allStandard(terminal: Terminal): Read {
  const roots = readdirSync(standardModules()).map((name) => join(standardModules(), name))
  const modules: Documented[] = []
  for (const root of roots.filter((one) => existsSync(join(one, "module.json")))) {
    const module = documented(root, checkFolder(root), terminal)
    if (module === null) return null
    modules.push(module)
  }
  return { ok: true, value: modules }
}

function ownAndUsed(folder: string, terminal: Terminal): Read {
  const root = projectFolder(folder, diskFiles)
  if (root === null || !existsSync(join(root, "module.json"))) {
    return refuse(`${folder} is no module: there is no module.json`, "`appl docs --all` documents the standard modules")
  }
  const own = documented(root, checkFolder(root), terminal)
  if (own === null) return null
  const project = readProject(root)
  if (!project.ok) return project
  const locked = project.value?.lock.modules ?? {}
  const modules = new Map([[own.surface.description.name, own]])
  const waiting = [...own.surface.description.dependencies.keys()]
  while (waiting.length > 0) {
    const name = waiting.shift()!
    if (modules.has(name)) continue
    const checked = used(name, root, Object.hasOwn(locked, name) ? locked[name]!.sha256 : null)
    if (checked === null) return refuse(`${name}, which this module uses, is not here`, "run `appl module install`")
    showDiagnostics(checked.module.diagnostics, terminal)
    if (!checked.module.ok || checked.module.module === null) return null
    const surface = surfaceOfModule(checked.module.module)
    modules.set(name, { surface, readme: checked.readme })
    waiting.push(...surface.description.dependencies.keys())
  }
  return { ok: true, value: [...modules.values()] }
}

type Used = { readonly module: CheckedModule; readonly readme: string | null }

/** A module that another one uses: a standard one, or one of the cache. Its documents are its own affair. */
function used(name: string, root: string, hash: string | null): Used | null {
  if (name.startsWith("std/")) {
    const folder = join(standardModules(), name.slice("std/".length))
    return { module: checkFolder(folder), readme: readmeOf(folder) }
  }
  const files = hash === null ? null : cached(hash)
  if (files === null) return null
  const readme = files.find(({ path }) => path === "README.md")
  return {
    module: checkFiles(root, name, files),
    readme: readme === undefined ? null : new TextDecoder().decode(readme.bytes),
  }
}

/** A module with its documents; null when it or an example in them does not compile, which is printed. */
function documented(root: string, checked: CheckedModule, terminal: Terminal): Documented | null {
  const readme = readmeOf(root)
  const surface = checked.ok && checked.module !== null ? surfaceOfModule(checked.module) : null
  const examples =
    surface === null
      ? []
      : [...(readme === null ? [] : checkBlocks(join(root, "README.md"), readme)), ...checkDocComments(surface)]
  const found: readonly Diagnostic[] = [...checked.diagnostics, ...examples]
  showDiagnostics(found, terminal)
  return surface === null || found.some(({ severity }) => severity === "error") ? null : { surface, readme }
}

function readmeOf(root: string): string | null {
  const path = join(root, "README.md")
  return existsSync(path) ? readFileSync(path, "utf8") : null
}

/** The list of what was written, so that the next site takes the place of this one and of nothing else. */
const list_name = ".appl-docs"

function writeSite(folder: string, site: ReadonlyMap<string, string>): Result<null> {
  const found = lookAt(folder)
  if (!found.ok) return found
  if (found.value === "file") return refuse(`${folder} is a file, not a folder`, "name another folder with --out")
  const list = join(folder, list_name)
  const before = existsSync(list) ? readFileSync(list, "utf8").split("\n").filter(isInside) : []
  // The folder may be somebody else's, with links in it: nothing is taken away or written where they lead.
  const link = linkAmong(folder, [...before, ...site.keys()])
  if (link !== null)
    return refuse(`${link} is a link, and no page of a site`, "take it away, or name another folder with --out")
  const cleared = clear(folder)
  if (!cleared.ok) return cleared
  for (const [path, text] of [...site, [list_name, `${[...site.keys()].join("\n")}\n`] as const]) {
    const written = writeSafely(join(folder, path), text)
    if (!written.ok) return written
  }
  return { ok: true, value: null }
}

function isInside(path: string): boolean {
  return path !== "" && !path.startsWith("/") && !path.split("/").includes("..")
}

/** The first folder below `folder`, on the way to one of these files, that is a link. */
function linkAmong(folder: string, paths: readonly string[]): string | null {
  const folders = new Set(paths.map(dirname))
  for (const path of [...folders]) for (let at = path; at !== "."; at = dirname(at)) folders.add(at)
  folders.delete(".")
  const found = [...folders].find((path) => lstatSync(join(folder, path), { throwIfNoEntry: false })?.isSymbolicLink())
  return found === undefined ? null : join(folder, found)
}

function clear(folder: string): Result<null> {
  const list = join(folder, list_name)
  if (!existsSync(list)) {
    if (!existsSync(folder) || readdirSync(folder).length === 0) return { ok: true, value: null }
    return refuse(`${folder} is not empty, and no site of an earlier run`, "name another folder with --out")
  }
  try {
    for (const path of readFileSync(list, "utf8").split("\n")) {
      if (isInside(path)) rmSync(join(folder, path), { force: true })
    }
    return { ok: true, value: null }
  } catch (error) {
    return refuse(`${folder} cannot be written anew: ${reasonOf(error)}`, "name another folder with --out")
  }
}
