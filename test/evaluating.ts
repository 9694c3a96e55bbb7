import { bind } from "../lang/names/bind.ts"
import { load } from "../lang/names/load.ts"
import type { ClusterSymbol } from "../lang/names/symbol.ts"
import type { Diagnostic } from "../lang/report/diagnostic.ts"
import { makeReport } from "../lang/report/report.ts"
import { memoryFiles } from "../lang/text/files.ts"
import { check } from "../lang/types/check.ts"
import { makeLibrary } from "../lang/values/content.ts"
import { expand } from "../lang/values/evaluate.ts"
import type { Model } from "../lang/values/model.ts"
import { display } from "../lang/values/show.ts"
import { templateChecker } from "../lang/values/templates.ts"

export type Evaluated = {
  readonly model: Model | null
  readonly diagnostics: readonly Diagnostic[]
  /** `A0705 message`, in the order of reporting. */
  readonly problems: readonly string[]
  /** Each output by name, as the language writes it. */
  readonly outputs: Readonly<Record<string, string>>
}

export type Options = {
  readonly files?: Readonly<Record<string, string>>
  readonly set?: Readonly<Record<string, string>>
  readonly json?: Readonly<Record<string, unknown>>
  readonly limit?: number
  /** Evaluates also what does not fit its type, whose diagnostics are left out. */
  readonly unchecked?: true
  /** Called before the fields are read, as the wiring and the address plan are. */
  readonly wire?: (model: Model) => void
}

/** Runs a text through all phases up to evaluation, with the standard modules out of `files`. */
export function evaluate(text: string, options: Options = {}): Evaluated {
  const report = makeReport()
  const files = memoryFiles({ "project/main.appl": text, ...options.files })
  const program = load("project/main.appl", files, "modules", report)
  const bindings = bind(program, report)
  const library = makeLibrary(files, report)
  const typing = options.unchecked ? makeReport() : report
  const types = check(program, bindings, typing, templateChecker(library, typing))
  const params = [
    ...Object.entries(options.set ?? {}).map(([name, value]) => ({
      name,
      value: { text: value },
      said: `--set ${name}=${value}`,
    })),
    ...Object.entries(options.json ?? {}).map(([name, json]) => ({ name, value: { json }, said: "params.json" })),
  ]
  const item = program.entry.tree.items.find((candidate) => candidate.kind === "cluster")!
  const cluster = bindings.declared.get(item) as ClusterSymbol
  const limit = options.limit ?? 1_000_000
  const model = report.failed
    ? null
    : expand({ program, bindings, types, library, cluster, deployed: null, params, limit }, report)
  if (model !== null) {
    options.wire?.(model)
    model.finish()
  }
  const outputs = Object.fromEntries((model?.outputs ?? []).map((output) => [output.name, display(output.value())]))
  const problems = report.diagnostics.map((found) => `${found.code} ${found.message}`)
  return { model, diagnostics: report.diagnostics, problems, outputs }
}
