import type { Connection, Diagnostic } from "vscode-languageserver/node"
import type { Analysis } from "../editor/analysis.ts"
import type { Snapshot } from "../editor/snapshot.ts"
import type { Diagnostic as Problem } from "../report/diagnostic.ts"
import { attempt, type Log } from "./guard.ts"
import { uriOf } from "./places.ts"
import { tell } from "./report.ts"
import type { Workspace } from "./workspace.ts"

/** Tells the client what is wrong where, as soon as it is known. */
export type Publisher = {
  /** Something changed: diagnostics follow when all that came in together was taken, those of evaluation after a pause. */
  changed(): void
  /** Tells at once what is known so far of all that came in. */
  settled(): null
  stop(): void
}

/** How long nothing has to come in before clusters are evaluated. */
const pause_ms = 300

/** A publisher over a workspace. `versionOf` is the version of an open document, `evaluated` hears of each evaluation. */
export function makePublisher(
  connection: Connection,
  workspace: Workspace,
  versionOf: (uri: string) => number | undefined,
  evaluated: () => unknown,
  log: Log,
): Publisher {
  const told = new Map<string, string>()
  let soon: NodeJS.Immediate | null = null
  let later: NodeJS.Timeout | null = null

  const publish = () => {
    const silent = new Set(told.keys())
    for (const analysis of workspace.analyses) {
      const snapshot = analysis.snapshot()
      for (const [path, found] of withTemplates(snapshot)) {
        silent.delete(path)
        send(
          path,
          found.map((one) => tell(one, (span) => snapshot.pathOf(span.source))),
        )
      }
    }
    for (const path of silent) send(path, [])
  }
  const send = (path: string, diagnostics: Diagnostic[]) => {
    const uri = uriOf(path)
    const text = JSON.stringify(diagnostics)
    if ((told.get(path) ?? "[]") === text) return
    if (diagnostics.length === 0) told.delete(path)
    else told.set(path, text)
    void connection.sendDiagnostics({ uri, version: versionOf(uri), diagnostics })
  }
  const evaluate = (waiting: Analysis[]) => {
    const [analysis, ...rest] = waiting
    if (analysis === undefined) return
    const isMore = analysis.evaluate([...workspace.open])
    publish()
    evaluated()
    // One cluster at a time: what came in meanwhile is served in between.
    later = setTimeout(() => attempt("evaluation", log, () => evaluate(isMore ? waiting : rest)), 0)
  }
  return {
    changed() {
      soon ??= setImmediate(() => {
        soon = null
        attempt("diagnostics", log, publish)
      })
      if (later !== null) clearTimeout(later)
      later = setTimeout(() => attempt("evaluation", log, () => evaluate([...workspace.analyses])), pause_ms)
    },
    settled() {
      attempt("diagnostics", log, publish)
      return null
    },
    stop() {
      if (soon !== null) clearImmediate(soon)
      if (later !== null) clearTimeout(later)
    },
  }
}

/** What is wrong between a template and who passes it variables is told at both ends. */
function withTemplates({ problems, pathOf }: Snapshot): ReadonlyMap<string, readonly Problem[]> {
  const all = new Map<string, readonly Problem[]>(problems)
  for (const one of [...problems.values()].flat()) {
    for (const { span } of one.related) {
      const path = pathOf(span.source)
      if (!path.endsWith(".njk") || span.source === one.span.source) continue
      const mirrored: Problem = { ...one, span, fix: undefined, related: [{ message: "passed here", span: one.span }] }
      all.set(path, [...(all.get(path) ?? []), mirrored])
    }
  }
  return all
}
