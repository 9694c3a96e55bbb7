import { type CodeAction, CodeActionKind, type Range, type WorkspaceEdit } from "vscode-languageserver/node"
import { codeActions } from "../editor/actions.ts"
import type { Snapshot } from "../editor/snapshot.ts"
import type { Diagnostic, Fix } from "../report/diagnostic.ts"
import { changesOf } from "./asked.ts"
import { guard } from "./guard.ts"
import { offsetOf, pathOf, rangeOf, uriOf } from "./places.ts"
import { tell } from "./report.ts"
import type { AddFeature } from "./served.ts"

const fix_all = `${CodeActionKind.SourceFixAll}.appl`

/** What mends a diagnostic: each fix where it is offered, and all those of a file at once. */
export const addCodeActions: AddFeature = ({ connection, workspace, log }) => {
  connection.onCodeAction(
    guard("code actions", log, ({ textDocument, range, context }): CodeAction[] => {
      const path = pathOf(textDocument.uri)
      const snapshot = path === null ? null : workspace.snapshotOf(path)
      if (path === null || snapshot === null) return []
      const wants = (kind: string) => context.only === undefined || context.only.some((one) => isBelow(kind, one))
      const found = snapshot.diagnostics(path)
      const actions = wants(CodeActionKind.QuickFix) ? quickFixes(snapshot, path, found, range) : []
      actions.push(...changes(snapshot, path, range).filter(({ kind }) => wants(kind!)))
      const all = fixAll(snapshot, found)
      if (all !== null && wants(fix_all)) actions.push(all)
      return actions
    }),
  )
  return { codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.Refactor, fix_all] } }
}

function quickFixes(snapshot: Snapshot, path: string, found: readonly Diagnostic[], range: Range): CodeAction[] {
  const source = snapshot.units.get(path)?.source
  if (source === undefined) return []
  const [start, end] = [offsetOf(source, range.start), offsetOf(source, range.end)]
  const near = found.filter(({ span }) => span.start <= end && span.end >= start)
  return near.flatMap((diagnostic) =>
    diagnostic.fix === undefined
      ? []
      : [
          {
            title: diagnostic.fix.title,
            kind: CodeActionKind.QuickFix,
            diagnostics: [tell(diagnostic, (span) => snapshot.pathOf(span.source))],
            isPreferred: near.length === 1,
            edit: editOf(snapshot, [diagnostic.fix]),
          },
        ],
  )
}

/** What else makes sense where something is selected. */
function changes(snapshot: Snapshot, path: string, range: Range): CodeAction[] {
  const source = snapshot.units.get(path)?.source
  if (source === undefined) return []
  const [start, end] = [offsetOf(source, range.start), offsetOf(source, range.end)]
  return codeActions(snapshot, path, start, end).map(({ title, kind, edits }) => ({
    title,
    kind,
    edit: { changes: changesOf(snapshot, edits) },
  }))
}

/** The fixes of a file that do not touch each other, as one action. */
function fixAll(snapshot: Snapshot, found: readonly Diagnostic[]): CodeAction | null {
  const taken: Fix[] = []
  for (const { fix } of found) {
    if (fix !== undefined && !taken.some((other) => clash(fix, other))) taken.push(fix)
  }
  if (taken.length === 0) return null
  return { title: "mend all that can be mended by machine", kind: fix_all, edit: editOf(snapshot, taken) }
}

function clash(left: Fix, right: Fix): boolean {
  return left.edits.some((one) =>
    right.edits.some(
      ({ span }) => span.source === one.span.source && span.start <= one.span.end && span.end >= one.span.start,
    ),
  )
}

function editOf(snapshot: Snapshot, fixes: readonly Fix[]): WorkspaceEdit {
  const changes: NonNullable<WorkspaceEdit["changes"]> = {}
  for (const { span, text } of fixes.flatMap(({ edits }) => edits)) {
    const uri = uriOf(snapshot.pathOf(span.source))
    changes[uri] ??= []
    changes[uri].push({ range: rangeOf(span), newText: text })
  }
  return { changes }
}

/** Whether `kind` is `asked` or one of its kinds: `source.fixAll.appl` is one of `source.fixAll`. */
function isBelow(kind: string, asked: string): boolean {
  return kind === asked || kind.startsWith(`${asked}.`)
}
