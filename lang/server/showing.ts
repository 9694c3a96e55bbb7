import {
  FoldingRangeKind,
  InlayHintKind,
  MarkupKind,
  type SelectionRange,
  type SemanticTokens,
  SemanticTokensBuilder,
} from "vscode-languageserver/node"
import { inlayHints } from "../editor/hints.ts"
import { foldingRanges, selectionRanges } from "../editor/ranges.ts"
import { signatureHelp } from "../editor/signature.ts"
import { semanticTokens, tokenModifiers, tokenTypes } from "../editor/tokens.ts"
import { type Asked, answerAt, askedOf } from "./asked.ts"
import { guard } from "./guard.ts"
import { offsetOf, rangeOf } from "./places.ts"
import type { AddFeature, Served } from "./served.ts"

/** What an editor draws into and around the text: colours, hints, folds, growing selections, what a call takes. */
export const addShowing: AddFeature = (served) => {
  addColours(served)
  addHints(served)
  const { connection, log } = served
  connection.onFoldingRanges(
    guard("folding", log, ({ textDocument }) => {
      const asked = askedOf(served, textDocument)
      if (asked === null) return null
      return foldingRanges(asked.snapshot, asked.path).map(({ first, last, kind }) => ({
        startLine: first - 1,
        endLine: last - 1,
        kind: FoldingRangeKind[kind === "comment" ? "Comment" : kind === "imports" ? "Imports" : "Region"],
      }))
    }),
  )
  connection.onSelectionRanges(
    guard("selection", log, ({ textDocument, positions }) => {
      const asked = askedOf(served, textDocument)
      if (asked === null) return null
      return positions.map((position) => selectionAt(asked, offsetOf(asked.source, position)))
    }),
  )
  connection.onSignatureHelp(
    guard("signature", log, (parameters) =>
      answerAt(served, parameters, (snapshot, path, offset) => {
        const found = signatureHelp(snapshot, path, offset)
        if (found === null) return null
        const { label, doc, active } = found
        const documentation = doc === null ? undefined : { kind: MarkupKind.Markdown, value: doc }
        const of = found.parameters.map(({ start, end }) => ({ label: [start, end] as [number, number] }))
        return { signatures: [{ label, documentation, parameters: of }], activeSignature: 0, activeParameter: active }
      }),
    ),
  )
  return {
    foldingRangeProvider: true,
    selectionRangeProvider: true,
    inlayHintProvider: true,
    signatureHelpProvider: { triggerCharacters: ["(", ","] },
    semanticTokensProvider: {
      legend: { tokenTypes: [...tokenTypes], tokenModifiers: [...tokenModifiers] },
      full: { delta: true },
      range: true,
    },
  }
}

function addColours(served: Served): void {
  const { connection, log, documents } = served
  const builders = new Map<string, SemanticTokensBuilder>()
  documents.onDidClose(({ document }) => builders.delete(document.uri))
  const builderOf = (uri: string): SemanticTokensBuilder => {
    const builder = builders.get(uri) ?? new SemanticTokensBuilder()
    builders.set(uri, builder)
    return builder
  }
  const { semanticTokens: tokens } = connection.languages
  tokens.on(
    guard("colours", log, ({ textDocument }): SemanticTokens => {
      const builder = builderOf(textDocument.uri)
      // Begins a result with an id of its own, to which a later delta refers.
      builder.previousResult("")
      const asked = askedOf(served, textDocument)
      if (asked !== null) build(builder, asked, 0, Number.POSITIVE_INFINITY)
      return builder.build()
    }),
  )
  tokens.onDelta(
    guard("colours", log, ({ textDocument, previousResultId }) => {
      const builder = builderOf(textDocument.uri)
      builder.previousResult(previousResultId)
      const asked = askedOf(served, textDocument)
      if (asked !== null) build(builder, asked, 0, Number.POSITIVE_INFINITY)
      return builder.buildEdits()
    }),
  )
  tokens.onRange(
    guard("colours", log, ({ textDocument, range }): SemanticTokens => {
      const asked = askedOf(served, textDocument)
      const builder = new SemanticTokensBuilder()
      if (asked !== null) build(builder, asked, offsetOf(asked.source, range.start), offsetOf(asked.source, range.end))
      return builder.build()
    }),
  )
}

function build(builder: SemanticTokensBuilder, { snapshot, path, source }: Asked, from: number, to: number): void {
  for (const { start, end, type, modifiers } of semanticTokens(snapshot, path, from, to)) {
    const { line, character } = rangeOf({ source, start, end }).start
    const bits = modifiers.reduce((sum, modifier) => sum | (1 << tokenModifiers.indexOf(modifier)), 0)
    builder.push(line, character, end - start, tokenTypes.indexOf(type), bits)
  }
}

function addHints(served: Served): void {
  const { connection, log } = served
  connection.languages.inlayHint.on(
    guard("hints", log, ({ textDocument, range }) => {
      const asked = askedOf(served, textDocument)
      if (asked === null) return null
      const { snapshot, path, source } = asked
      const [from, to] = [offsetOf(source, range.start), offsetOf(source, range.end)]
      return inlayHints(snapshot, path, from, to).map(({ offset, text, kind }) => ({
        position: rangeOf({ source, start: offset, end: offset }).start,
        label: text,
        kind: kind === "parameter" ? InlayHintKind.Parameter : InlayHintKind.Type,
        paddingLeft: kind !== "parameter",
        paddingRight: kind === "parameter",
      }))
    }),
  )
}

function selectionAt({ snapshot, path, source }: Asked, offset: number): SelectionRange {
  const here: SelectionRange = { range: rangeOf({ source, start: offset, end: offset }) }
  const ranges = selectionRanges(snapshot, path, offset)
  const whole = ranges.reduceRight<SelectionRange | undefined>(
    (parent, { start, end }) => ({ range: rangeOf({ source, start, end }), parent }),
    undefined,
  )
  return whole ?? here
}
