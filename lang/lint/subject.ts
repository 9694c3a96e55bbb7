import type { Lock } from "../desired/lock.ts"
import type { Description } from "../modules/description.ts"
import { findProject } from "../modules/project.ts"
import { bind } from "../names/bind.ts"
import { deployedName } from "../names/choose.ts"
import { loadAll } from "../names/load.ts"
import type { ClusterSymbol } from "../names/symbol.ts"
import { type Realised, realiseCluster } from "../realise.ts"
import type { Diagnostic } from "../report/diagnostic.ts"
import { makeReport } from "../report/report.ts"
import type { Files } from "../text/files.ts"
import { joinPath } from "../text/paths.ts"
import { check } from "../types/check.ts"
import { makeLibrary } from "../values/content.ts"
import { templateChecker } from "../values/templates.ts"
import { lint } from "./lint.ts"
import type { Subject } from "./rule.ts"

/** What linting starts from. */
export type LintInput = {
  /** The files that are looked at, as the user named them. */
  readonly entries: readonly [string, ...string[]]
  /** The folder of the project that they are of: its `appl.json` or `module.json` says how strict each rule is. */
  readonly root: string
  readonly files: Files
  readonly standard: string
  /** The lock beside a file, by the file's name as in `entries`. */
  readonly lockOf: (entry: string) => Lock | null
  /** The folder of all fetched modules; null: none is here. */
  readonly modules: string | null
  readonly limit: number
}

/** Compiles the files and lints them. When they do not compile, what is wrong with them is all that is said. */
export function lintFiles(input: LintInput): readonly Diagnostic[] {
  const { entries, root, files, standard, limit } = input
  const report = makeReport()
  const program = loadAll(entries, root, files, standard, report, input.modules)
  const bindings = bind(program, report)
  const library = makeLibrary(files, report)
  const types = check(program, bindings, report, templateChecker(library, report))
  if (report.failed) return report.diagnostics
  const named = new Map(entries.map((entry) => [joinPath(".", entry), entry]))
  const units = program.units.filter((unit) => named.has(unit.path))
  const checked = { program, bindings, library, types }
  const clusters = units.flatMap((unit) =>
    unit.tree.items.flatMap((item): Realised[] => {
      const cluster = item.kind === "cluster" ? bindings.declared.get(item) : undefined
      if (cluster?.kind !== "cluster" || !hasDefaults(cluster)) return []
      const deployed = deployedName(cluster, null, report) ?? cluster.name
      const file = named.get(unit.path)!
      const lock = input.lockOf(file)
      const chosen = { ...checked, program: { ...program, entry: unit }, cluster, deployed, params: [], limit }
      const realised = realiseCluster({ ...chosen, file, files, standard, lock }, report)
      return realised === null ? [] : [realised]
    }),
  )
  if (report.failed) return report.diagnostics
  const { description } = findProject(joinPath(root, "."), files, report)
  const subject: Subject = { ...checked, units, exports: exportsOf(description), clusters }
  return [...report.diagnostics, ...lint(subject, description?.lint ?? new Map())]
}

/** The names that a module exports, itself or in a part; null for a project that is no module. */
function exportsOf(description: Description | null): ReadonlySet<string> | null {
  if (description === null || description.name === "") return null
  return new Set([
    ...description.exports.keys(),
    ...[...description.parts.values()].flatMap((part) => [...part.keys()]),
  ])
}

/** A cluster whose params all have a default can be looked at as a whole. */
function hasDefaults({ declaration }: ClusterSymbol): boolean {
  return declaration.body.items.every(
    (item) => item.kind !== "param" || item.value !== undefined || item.type.kind === "optional-type",
  )
}
