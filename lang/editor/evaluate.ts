import { type Checked, realise } from "../realise.ts"
import { makeReport } from "../report/report.ts"
import type { Files } from "../text/files.ts"
import type { Model } from "../values/model.ts"

/** How many things and elements an evaluation in the editor may make: more takes longer than a pause in typing. */
const limit = 50_000

/** The only cluster of the entry, evaluated with the defaults of its params; null when there is none, or an error in it. */
export function evaluate(checked: Checked, files: Files, standard: string): Model | null {
  const entry = checked.program.entry.path
  const input = { entry, files, standard, cluster: null, deployed: null, params: [], lock: null, limit }
  return realise(checked, input, makeReport()).model
}
