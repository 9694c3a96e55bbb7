import type { Program } from "../names/symbol.ts"
import { type Checked, type Compiled, realise } from "../realise.ts"
import type { Diagnostic } from "../report/diagnostic.ts"
import { makeReport } from "../report/report.ts"
import type { Files } from "../text/files.ts"
import { makeLibrary } from "../values/content.ts"
import { reachable } from "./project.ts"

/** How many things and elements an evaluation in the editor may make: more takes longer than a pause in typing. */
const limit = 50_000

/** Said to who compiles one cluster on the command line; in an editor nobody asked for one. */
const of_the_command: ReadonlySet<string> = new Set(["A0910", "A0912"])

/** What came of the clusters of a file. */
export type EvaluatedFile = {
  readonly diagnostics: readonly Diagnostic[]
  /** Of its first cluster that came to something. */
  readonly compiled: Compiled | null
}

/** Evaluates the clusters of the entry of a program without errors, with the defaults of their params. */
export function evaluate(checked: Omit<Checked, "library">, files: Files, standard: string): EvaluatedFile {
  const { entry } = checked.program
  const program: Program = { ...checked.program, units: reachable([entry]) }
  const clusters = entry.tree.items.filter((item) => item.kind === "cluster").map((item) => item.name.text)
  const all = (clusters.length > 0 ? clusters : [null]).map((cluster) => {
    const report = makeReport()
    const library = makeLibrary(files, report)
    const rest = { cluster, deployed: null, params: [], lock: null, limit }
    return realise({ ...checked, program, library }, { entry: entry.source.path, files, standard, ...rest }, report)
  })
  return {
    diagnostics: all.flatMap(({ diagnostics }) => diagnostics).filter(({ code }) => !of_the_command.has(code)),
    compiled: all.find(({ model }) => model !== null) ?? null,
  }
}
