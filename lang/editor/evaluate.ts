import { type Checked, realise } from "../realise.ts"
import { makeReport } from "../report/report.ts"
import type { Files } from "../text/files.ts"
import type { Evaluated } from "./snapshot.ts"

/** How many things and elements an evaluation in the editor may make: more takes longer than a pause in typing. */
const limit = 50_000

/** The only cluster of the entry, evaluated with the defaults of its params; null when there is none, or an error in it. */
export function evaluate(checked: Checked, files: Files, standard: string): Omit<Evaluated, "current"> | null {
  const entry = checked.program.entry.path
  const input = { entry, files, standard, cluster: null, deployed: null, params: [], lock: null, limit }
  const { model, desired } = realise(checked, input, makeReport())
  return model === null ? null : { model, desired }
}
