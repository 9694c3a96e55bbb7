import type { DesiredState } from "./desired/desired-state.ts"
import type { Lock } from "./desired/lock.ts"
import { bind } from "./names/bind.ts"
import { chooseCluster, deployedName } from "./names/choose.ts"
import { load } from "./names/load.ts"
import { realise } from "./realise.ts"
import type { Diagnostic } from "./report/diagnostic.ts"
import { makeReport } from "./report/report.ts"
import type { Files } from "./text/files.ts"
import { check } from "./types/check.ts"
import { makeLibrary } from "./values/content.ts"
import { expandFile } from "./values/evaluate.ts"
import type { ParamInput } from "./values/inputs.ts"
import { templateChecker } from "./values/templates.ts"

/** What a compilation starts from. Everything that can change its answer is in here. */
export type Input = {
  /** The `.appl` file, as the user named it. */
  readonly entry: string
  readonly files: Files
  /** The folder of the standard modules: `std/nginx` is `<standard>/nginx`. */
  readonly standard: string
  /** Which cluster of the file; null: its only one. */
  readonly cluster: string | null
  /** The deployed name (`--as`); null: the cluster's own. */
  readonly deployed: string | null
  /** Values for params, strongest first: `--set`, environment, `--params`. */
  readonly params: readonly ParamInput[]
  readonly lock: Lock | null
  /** How many things, elements and entries evaluation may make. */
  readonly limit: number
}

export type Compiled = {
  /** Null when there was an error. */
  readonly desired: DesiredState | null
  /** The lock as it shall be written by apply; null when there was an error. */
  readonly lock: Lock | null
  readonly diagnostics: readonly Diagnostic[]
}

/** From source text to a desired state. Each phase reports what it finds; what an error makes meaningless is not tried. */
export function compile(input: Input): Compiled {
  const report = makeReport()
  const stopped: Compiled = { desired: null, lock: null, diagnostics: report.diagnostics }

  const { entry, files, standard, params, limit } = input
  const program = load(entry, files, standard, report)
  const bindings = bind(program, report)
  const library = makeLibrary(files, report)
  const types = check(program, bindings, report, templateChecker(library, report))
  const cluster = chooseCluster(program, bindings, input.cluster, report)
  const deployed = cluster === null ? null : deployedName(cluster, input.deployed, report)
  if (cluster === null && !report.failed) expandFile({ program, bindings, types, library, limit }, report)
  if (cluster === null || deployed === null || report.failed) return stopped

  const realised = realise(
    {
      program,
      bindings,
      types,
      library,
      cluster,
      deployed,
      params,
      limit,
      file: entry,
      files,
      standard,
      lock: input.lock,
    },
    report,
  )
  return realised === null
    ? stopped
    : { desired: realised.desired, lock: realised.lock, diagnostics: report.diagnostics }
}
