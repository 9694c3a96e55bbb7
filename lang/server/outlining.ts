import {
  type CallHierarchyItem,
  type DocumentSymbol,
  SymbolKind,
  type WorkspaceSymbol,
} from "vscode-languageserver/node"
import { documentSymbols, type OutlineItem, type OutlineKind, workspaceSymbols } from "../editor/outline.ts"
import type { Snapshot } from "../editor/snapshot.ts"
import { consumersOf, prepareWires, providersOf, type WireItem, type WireStep } from "../editor/wires.ts"
import { answerAt, askedOf, locationOf, rangeOfPlace } from "./asked.ts"
import { guard } from "./guard.ts"
import { uriOf } from "./places.ts"
import type { AddFeature, Served } from "./served.ts"

/** How many symbols of a workspace are told at once: nobody reads more, and the client asks again with more letters. */
const most_symbols = 500

/** What a file and the workspace declare, and who needs whom. */
export const addOutline: AddFeature = (served) => {
  const { connection, log, workspace } = served
  connection.onDocumentSymbol(
    guard("symbols", log, ({ textDocument }) => {
      const asked = askedOf(served, textDocument)
      if (asked === null) return null
      return documentSymbols(asked.snapshot, asked.path).map((item) => symbolOf(asked.snapshot, item))
    }),
  )
  connection.onWorkspaceSymbol(
    guard("symbols", log, ({ query }): WorkspaceSymbol[] =>
      [...workspace.analyses]
        .map((analysis) => analysis.snapshot())
        .flatMap((snapshot) =>
          workspaceSymbols(snapshot, query).map(({ name, kind, selection, within }) => ({
            name,
            kind: kinds[kind],
            location: locationOf(snapshot, selection),
            containerName: within ?? undefined,
          })),
        )
        .slice(0, most_symbols),
    ),
  )
  addWires(served)
  return { documentSymbolProvider: true, workspaceSymbolProvider: true, callHierarchyProvider: true }
}

/** The hierarchy of calls is one of wires here: who needs an appliance "calls" it. */
function addWires(served: Served): void {
  const { connection, log } = served
  const { callHierarchy } = connection.languages
  callHierarchy.onPrepare(
    guard("wires", log, (parameters) =>
      answerAt(served, parameters, (snapshot, path, offset) =>
        prepareWires(snapshot, path, offset).map((item) => hierarchyItem(snapshot, item)),
      ),
    ),
  )
  const steps = (item: CallHierarchyItem, find: (snapshot: Snapshot, item: WireItem) => readonly WireStep[]) => {
    const asked = askedOf(served, { uri: item.uri })
    const known = item.data as WireItem
    if (asked === null) return null
    return find(asked.snapshot, known).map((step) => ({
      item: hierarchyItem(asked.snapshot, step.item, step.needs.join(", ")),
      ranges: [rangeOfPlace(asked.snapshot, step.item.selection)],
    }))
  }
  callHierarchy.onIncomingCalls(
    guard(
      "wires",
      log,
      ({ item }) => steps(item, consumersOf)?.map((step) => ({ from: step.item, fromRanges: step.ranges })) ?? null,
    ),
  )
  callHierarchy.onOutgoingCalls(
    guard(
      "wires",
      log,
      ({ item }) =>
        // Where the need arises is in the appliance that was asked about.
        steps(item, providersOf)?.map((step) => ({ to: step.item, fromRanges: [item.selectionRange] })) ?? null,
    ),
  )
}

function hierarchyItem(snapshot: Snapshot, item: WireItem, needs?: string): CallHierarchyItem {
  return {
    name: item.name,
    detail: needs === undefined ? item.detail : `${needs} · ${item.detail}`,
    kind: SymbolKind.Object,
    uri: uriOf(item.place.path),
    range: rangeOfPlace(snapshot, item.place),
    selectionRange: rangeOfPlace(snapshot, item.selection),
    data: item,
  }
}

function symbolOf(snapshot: Snapshot, { name, detail, kind, place, selection, children }: OutlineItem): DocumentSymbol {
  return {
    // The protocol forbids empty names, which a declaration has while it is typed.
    name: name.trim() === "" ? "…" : name,
    detail: detail ?? undefined,
    kind: kinds[kind],
    range: rangeOfPlace(snapshot, place),
    selectionRange: rangeOfPlace(snapshot, selection),
    children: children.map((child) => symbolOf(snapshot, child)),
  }
}

const kinds: Readonly<Record<OutlineKind, SymbolKind>> = {
  class: SymbolKind.Class,
  cluster: SymbolKind.Module,
  service: SymbolKind.Interface,
  type: SymbolKind.Struct,
  function: SymbolKind.Function,
  value: SymbolKind.Constant,
  appliance: SymbolKind.Object,
  network: SymbolKind.Namespace,
  host: SymbolKind.Package,
  param: SymbolKind.Property,
  output: SymbolKind.Field,
  provided: SymbolKind.Event,
  need: SymbolKind.Key,
  check: SymbolKind.Boolean,
  test: SymbolKind.Method,
  field: SymbolKind.Field,
}
