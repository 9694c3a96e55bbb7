import type { KeptRun } from "../../model/history.ts"
import { readLease, readRunEnd } from "../../model/schema.ts"
import { parseJson } from "./records.ts"

/** What `appl_history` answers: the lines of the file, and the token of the lease that somebody holds now, else 0. */
export type SeenHistory = { readonly lines: readonly string[]; readonly holding: number }

/** The runs that stand in the lines. A line that was cut off, or that somebody damaged, is left out. */
export function runsOf({ lines, holding }: SeenHistory): KeptRun[] {
  const runs = new Map<number, KeptRun>()
  for (const line of lines) {
    const [, word, rest] = /^(begin|end) (.*)$/.exec(line) ?? []
    if (word === "begin") {
      const lease = readLease(parseJson(rest!))
      if (!lease.ok) continue
      const { token, holder, operation, since_ms } = lease.value
      runs.set(token, { operation, holder, since_ms, ended: null, working: token === holding })
    } else if (word === "end") {
      const [, token, until_ms, result] = /^(\d+) (\d+) (\{.*)$/.exec(rest!) ?? []
      const begun = runs.get(Number(token))
      const parsed = parseJson(result ?? "")
      const end = readRunEnd(typeof parsed === "object" ? { ...parsed, until_ms: Number(until_ms) } : parsed)
      if (begun !== undefined && end.ok) runs.set(Number(token), { ...begun, ended: end.value, working: false })
    }
  }
  return [...runs.values()]
}
