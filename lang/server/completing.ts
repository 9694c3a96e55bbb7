import { type CompletionItem, CompletionItemKind, InsertTextFormat, MarkupKind } from "vscode-languageserver/node"
import { type Candidate, type CandidateKind, type Completion, completion } from "../editor/completion.ts"
import type { Snapshot } from "../editor/snapshot.ts"
import { answerAt, rangeOfPlace } from "./asked.ts"
import { guard } from "./guard.ts"
import type { AddFeature } from "./served.ts"

/** What could be written at the cursor. Doc comments are told when the reader looks at one of them. */
export const addCompletion: AddFeature = (served) => {
  const { connection, log } = served
  let last: readonly Candidate[] = []
  connection.onCompletion(
    guard("completion", log, (parameters) =>
      answerAt(served, parameters, (snapshot, path, offset) => {
        const found = completion(snapshot, path, offset)
        last = found.candidates
        return found.candidates.map((one, index) => itemOf(one, index, found, snapshot, served.client.snippets))
      }),
    ),
  )
  connection.onCompletionResolve(
    guard("completion", log, (item) => {
      const doc = typeof item.data === "number" ? last[item.data] : undefined
      if (doc?.label !== item.label || doc.doc === null) return item
      return { ...item, documentation: { kind: MarkupKind.Markdown, value: doc.doc } }
    }),
  )
  return { completionProvider: { triggerCharacters: [".", '"', "/", "<", "(", "{"], resolveProvider: true } }
}

function itemOf(
  candidate: Candidate,
  index: number,
  { path, start, end }: Completion,
  snapshot: Snapshot,
  snippets: "understood" | "plain",
): CompletionItem {
  const { label, kind, detail, text, snippet, rank, more } = candidate
  const isSnippet = snippet && snippets === "understood"
  return {
    label,
    kind: kinds[kind],
    detail: detail ?? undefined,
    sortText: `${rank} ${label}`,
    insertTextFormat: isSnippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    textEdit: {
      range: rangeOfPlace(snapshot, { path, start, end }),
      newText: snippet && !isSnippet ? withoutPlaces(text) : text,
    },
    additionalTextEdits: more.map((edit) => ({ range: rangeOfPlace(snapshot, edit), newText: edit.text })),
    data: index,
  }
}

/** `${1:name}` is its example, `$0` nothing. */
function withoutPlaces(snippet: string): string {
  return snippet.replace(/\$\{\d+:([^}]*)\}|\$\d+/g, (_, example: string | undefined) => example ?? "")
}

const kinds: Readonly<Record<CandidateKind, CompletionItemKind>> = {
  field: CompletionItemKind.Field,
  param: CompletionItemKind.Property,
  class: CompletionItemKind.Class,
  service: CompletionItemKind.Interface,
  type: CompletionItemKind.Struct,
  variant: CompletionItemKind.EnumMember,
  cluster: CompletionItemKind.Module,
  params: CompletionItemKind.Struct,
  thing: CompletionItemKind.Variable,
  provided: CompletionItemKind.Event,
  need: CompletionItemKind.Reference,
  value: CompletionItemKind.Constant,
  function: CompletionItemKind.Function,
  enum: CompletionItemKind.EnumMember,
  unit: CompletionItemKind.Unit,
  keyword: CompletionItemKind.Keyword,
  snippet: CompletionItemKind.Snippet,
  module: CompletionItemKind.Module,
  file: CompletionItemKind.File,
  folder: CompletionItemKind.Folder,
  key: CompletionItemKind.Value,
}
