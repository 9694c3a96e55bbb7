import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import {
  type CheckedModule,
  type Comparison,
  compareModules,
  contentHash,
  isEnough,
  makeReport,
  surfaceOfModule,
} from "../../lang/index.ts"
import { showDiagnostics } from "../compile.ts"
import { writeSafely } from "../lock-file.ts"
import { checkBlocks, checkDocComments } from "../modules/examples.ts"
import { reportRefusal } from "../modules/fetching.ts"
import { readModuleFolder } from "../modules/folder.ts"
import { checkFiles, checkFolder, getOther } from "../modules/other-version.ts"
import { pack, tarballName } from "../modules/pack.ts"
import { writeSkeleton } from "../modules/skeleton.ts"
import { neededProject, showReport, sourcesOf } from "../modules/working.ts"
import { type Format, fail, type Result, refuse } from "../problem.ts"
import type { Terminal } from "../terminal.ts"
import { test } from "./test.ts"

/** `appl module new`: a folder with a module that compiles, and has a test and a document. */
export function makeNew(name: string, options: Format, terminal: Terminal): number {
  const written = writeSkeleton(name)
  if (!written.ok) return fail(terminal, options, written.problem)
  const { folder, files } = written.value
  for (const file of files) terminal.out(`+ ${join(folder, file)}\n`)
  terminal.err(`Now: cd ${folder} && appl module test\n`)
  return 0
}

/** `appl module test`: what it exports, its documents' examples and its tests. */
export async function testModule(options: Format, terminal: Terminal): Promise<number> {
  const module = ownModule()
  if (!module.ok) return fail(terminal, options, module.problem)
  if (!isSound(module.value.root, checkFolder(module.value.root), terminal)) return 1
  return test([module.value.root], {}, terminal)
}

type DiffOptions = Format & { readonly against?: string }

/**
 * `appl module diff`: what changed for those who use the module since another version, by default the newest in the registry. `--json`
 * prints `{ "needed", "findings": […] }`.
 */
export async function diff(options: DiffOptions, terminal: Terminal): Promise<number> {
  const module = ownModule()
  if (!module.ok) return fail(terminal, options, module.problem)
  const now = checkFolder(module.value.root)
  if (!now.ok || now.module === null) return isSound(module.value.root, now, terminal) ? 0 : 1
  const compared = await compareWith(options.against ?? "newest", now, module.value.root, options, terminal)
  if (compared === null) return 1
  const { version } = now.module.description
  if (compared === "none") {
    return fail(terminal, options, {
      message: `the registry has no version of ${now.module.description.name} yet`,
      remedy: "name one: --against ../web-kit-1.2.0.tgz",
    })
  }
  if (options.json === true) terminal.out(`${JSON.stringify(jsonOf(compared))}\n`)
  else showComparison(compared, version, terminal)
  return 0
}

type PublishOptions = DiffOptions & {
  readonly dryRun?: boolean
  readonly out?: string
  readonly first?: boolean
}

/**
 * `appl module publish`: packs the module once its exports, examples and tests are sound and its version is a large enough step. What goes
 * to a registry is the tarball, by npm, which knows how to log in there.
 */
export async function publish(options: PublishOptions, terminal: Terminal): Promise<number> {
  const module = ownModule()
  if (!module.ok) return fail(terminal, options, module.problem)
  const { root } = module.value
  const now = checkFolder(root)
  if (!isSound(root, now, terminal) || now.module === null) return 1
  const { description } = now.module
  if ((await test([root], {}, terminal)) !== 0) return 1
  if (options.first !== true && !(await isLargeEnough(now, root, options, terminal))) return 1
  const files = readModuleFolder(root)
  if (!files.ok) return fail(terminal, options, { message: files.message, remedy: files.hint ?? null })
  const tarball = pack(description, files.value)
  const path = options.out ?? tarballName(description)
  for (const file of files.value) terminal.out(`  ${file.path}\n`)
  terminal.out(
    `${description.name} ${description.version}: ${files.value.length} files, ${tarball.length} bytes, content ${contentHash(files.value)}\n`,
  )
  if (options.dryRun === true) {
    terminal.out("Nothing was written.\n")
    return 0
  }
  if (existsSync(path) && !readFileSync(path).equals(tarball)) {
    return fail(terminal, options, {
      message: `${path} is there already, with other content`,
      remedy: "take it away, or name another path with --out",
    })
  }
  const written = writeSafely(path, tarball)
  if (!written.ok) return fail(terminal, options, written.problem)
  terminal.out(
    `${path} is packed. To a registry it goes with \`npm publish ${path}\`; others add it with \`appl module add ${path}\`.\n`,
  )
  return 0
}

async function isLargeEnough(
  now: CheckedModule,
  root: string,
  options: PublishOptions,
  terminal: Terminal,
): Promise<boolean> {
  const { description } = now.module!
  const compared = await compareWith(options.against ?? "newest", now, root, options, terminal)
  if (compared === null) {
    terminal.err("   = hint: --against names another version to compare with; --first when there is none yet\n")
    return false
  }
  if (compared === "none") return true
  showComparison(compared, description.version, terminal)
  if (isEnough(description.version, compared.needed)) return true
  return (
    fail(terminal, options, {
      message: `${description.version} is too small a step: what changed is ${compared.weight}`,
      remedy: `say in module.json "version": "${compared.needed}"`,
    }) === 0
  )
}

/** Compares with another version; null, with the reason printed, when that cannot be; "none" when there is none. */
async function compareWith(
  request: string,
  now: CheckedModule,
  root: string,
  options: Format,
  terminal: Terminal,
): Promise<Comparison | "none" | null> {
  const project = neededProject()
  if (!project.ok || now.module === null) return null
  const { description } = now.module
  const got = await getOther(description.name, request, sourcesOf({ ...project.value, root: "." }, description))
  const report = makeReport()
  if (!got.ok) {
    // In a public registry the name may be that of something else.
    const of_others = request === "newest" && got.code === "A0241"
    const message = `what the registry has under the name ${description.name} is no module of appl: ${got.message}`
    reportRefusal(
      report,
      description.spanOf("version"),
      of_others
        ? { ...got, message, hint: "take another name, or compare with a place: --against ../web-kit-1.2.0.tgz" }
        : got,
    )
    showReport(report, options, terminal)
    return null
  }
  if (got.value === null) return "none"
  const before = checkFiles(root, description.name, got.value.files)
  if (before.ok) return compareModules(before, now)
  showDiagnostics(before.diagnostics, terminal)
  fail(terminal, options, { message: "the version that is compared with does not compile", remedy: null })
  return null
}

/** Says what is wrong with a module and its documents; true when nothing is. */
function isSound(root: string, checked: CheckedModule, terminal: Terminal): boolean {
  const found =
    checked.module === null || !checked.ok
      ? []
      : [...documentsOf(root), ...checkDocComments(surfaceOfModule(checked.module))]
  const all = [...checked.diagnostics, ...found]
  showDiagnostics(all, terminal)
  return !all.some((one) => one.severity === "error")
}

function documentsOf(root: string) {
  const path = join(root, "README.md")
  return existsSync(path) ? checkBlocks(path, readFileSync(path, "utf8")) : []
}

function ownModule(): Result<{ root: string }> {
  const project = neededProject()
  if (project.ok && project.value.path.endsWith("module.json")) return { ok: true, value: { root: project.value.root } }
  return refuse("there is no module.json here, nor in a folder around", "`appl module new NAME` makes a module")
}

function showComparison(compared: Comparison, version: string, terminal: Terminal): void {
  for (const { weight, message, span } of compared.findings) {
    const line = span.source.text.slice(0, span.start).split("\n").length
    terminal.out(`${weight.padEnd(8)}  ${message}  ${span.source.path}:${line}\n`)
  }
  if (compared.findings.length === 0) terminal.out("Nothing changed for those who use it.\n")
  terminal.out(`The next version is at least ${compared.needed}; module.json says ${version}.\n`)
}

function jsonOf(compared: Comparison) {
  const findings = compared.findings.map(({ weight, message, span }) => ({
    weight,
    message,
    file: span.source.path,
    line: span.source.text.slice(0, span.start).split("\n").length,
  }))
  return { needed: compared.needed, weight: compared.weight, findings }
}
