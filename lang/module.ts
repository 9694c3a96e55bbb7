import type { Description } from "./modules/description.ts"
import { bind } from "./names/bind.ts"
import { loadModule } from "./names/load.ts"
import type { Bindings, Program } from "./names/symbol.ts"
import type { Diagnostic } from "./report/diagnostic.ts"
import { makeReport } from "./report/report.ts"
import { differences, type Finding, type Weight, weightOf } from "./surface/difference.ts"
import { nextVersion } from "./surface/step.ts"
import { type Surface, surfaceOf } from "./surface/surface.ts"
import type { Files } from "./text/files.ts"
import { check } from "./types/check.ts"
import type { Types } from "./types/type.ts"
import { makeLibrary } from "./values/content.ts"
import { templateChecker } from "./values/templates.ts"

/** Where a module is, and what it may use. */
export type ModuleInput = {
  /** Its folder. */
  readonly root: string
  readonly files: Files
  /** The folder of the standard modules. */
  readonly standard: string
  /** The folder of all fetched modules; null: none is here. */
  readonly modules: string | null
}

/** A module that was checked. The rest is null when its `module.json` cannot be read. */
export type CheckedModule = {
  readonly diagnostics: readonly Diagnostic[]
  /** No error was found, nor in what the module uses. */
  readonly ok: boolean
  readonly module: {
    readonly description: Description
    readonly program: Program
    readonly bindings: Bindings
    readonly types: Types
  } | null
}

/** Checks everything that a module exports, and what that uses, as `compile` checks a file. */
export function checkModule(input: ModuleInput): CheckedModule {
  const report = makeReport()
  const loaded = loadModule(input.root, input.files, input.standard, report, input.modules)
  if (loaded === null) return { diagnostics: report.diagnostics, ok: false, module: null }
  const { program, description } = loaded
  const bindings = bind(program, report)
  const types = check(program, bindings, report, templateChecker(makeLibrary(input.files, report), report))
  return { diagnostics: report.diagnostics, ok: !report.failed, module: { description, program, bindings, types } }
}

/** What changed between two versions of a module, for those who use it. Null when one of them does not compile. */
export function compareModules(before: CheckedModule, after: CheckedModule): Comparison | null {
  if (before.module === null || after.module === null || !before.ok || !after.ok) return null
  const findings = differences(surfaceOfModule(before.module), surfaceOfModule(after.module))
  const weight = weightOf(findings)
  return { findings, weight, needed: nextVersion(before.module.description.version, weight) }
}

/** The typed public surface of a module that was checked. */
export function surfaceOfModule(module: NonNullable<CheckedModule["module"]>): Surface {
  return surfaceOf(module.description, module)
}

export type Comparison = {
  readonly findings: readonly Finding[]
  readonly weight: Weight
  /** The smallest version that the newer one may have. */
  readonly needed: string
}
