import type { AnySymbol, Unit } from "../names/symbol.ts"
import { makeReport } from "../report/report.ts"
import { parse } from "../syntax/parse.ts"
import type * as tree from "../syntax/tree.ts"
import { builtins } from "../types/functions.ts"
import type { Type } from "../types/type.ts"
import { memberNamed } from "./members.ts"
import { nodesAt, nodeWith } from "./nodes.ts"
import { visibleAt } from "./scope.ts"
import type { Snapshot } from "./snapshot.ts"
import { bare, typeOfSymbol } from "./types.ts"

/** A file as an answer looks at it: its tree, and what its names and values are. */
export type View = {
  readonly snapshot: Snapshot
  readonly unit: Unit
  readonly file: tree.File
  readonly text: string
  symbolOf(name: tree.Name): AnySymbol | null
  /** What a name declares or takes with `use`; null where that was not analysed. */
  declaredAt(name: tree.Name): AnySymbol | null
  /** The type of a place that has one written. */
  declaredType(type: tree.TypeExpression): Type | null
  /** Null where nothing is known. */
  typeOf(expression: tree.Expression): Type | null
}

/** The file as it was analysed. */
export function viewOf(snapshot: Snapshot, unit: Unit): View {
  return {
    snapshot,
    unit,
    file: unit.tree,
    text: unit.source.text,
    symbolOf: (name) => snapshot.symbolOf(name),
    declaredAt: (name) => snapshot.symbolOf(name),
    declaredType: (type) => known(snapshot.declaredType(type)),
    typeOf: (expression) => known(snapshot.typeOf(expression)),
  }
}

/**
 * The file with `word` in the place of the text from `start` to `end`, so that a text which is being written has a tree in which a
 * name stands at the cursor. What lies elsewhere is found in the file as it was analysed; what recovery had to leave out there is
 * worked out from names alone.
 */
export function viewWith(snapshot: Snapshot, unit: Unit, start: number, end: number, word: string): View {
  const before = unit.source.text
  const text = before.slice(0, start) + word + before.slice(end)
  const file = parse({ path: unit.source.path, text }, makeReport())
  const moved = word.length - (end - start)
  const twinOf = <Found extends tree.Node>(node: Found): Found | null => {
    const shift = node.start >= start + word.length ? -moved : 0
    if (shift === 0 && node.end > start && moved !== 0) return null
    const twin = { kind: node.kind, start: node.start + shift, end: node.end + shift }
    return nodeWith(unit.tree, twin) as Found | null
  }
  const view: View = {
    snapshot,
    unit,
    file,
    text,
    symbolOf: (name) => view.declaredAt(name) ?? visibleAt(view, nodesAt(file, name.start)).get(name.text) ?? null,
    declaredAt(name) {
      const twin = twinOf(name)
      return twin === null || twin.text !== name.text ? null : snapshot.symbolOf(twin)
    },
    declaredType(type) {
      const twin = twinOf(type)
      return twin === null ? null : known(snapshot.declaredType(twin))
    },
    typeOf(expression) {
      const twin = twinOf(expression)
      const found = twin === null || twin.kind === "missing" ? null : known(snapshot.typeOf(twin))
      return found ?? inferred(view, expression)
    },
  }
  return view
}

/** The type of an expression that was not checked, from the names in it. */
function inferred(view: View, expression: tree.Expression): Type | null {
  const { snapshot } = view
  switch (expression.kind) {
    case "name": {
      const symbol = view.symbolOf(expression)
      return symbol === null ? null : typeOfSymbol(snapshot, symbol)
    }
    case "member":
      return memberNamed(snapshot, view.typeOf(expression.of), expression.name.text)?.type ?? null
    case "index": {
      const of = bare(view.typeOf(expression.of))
      return of?.kind === "map" ? of.value : of?.kind === "list" ? of.of : null
    }
    case "call": {
      const symbol = expression.callee.kind === "name" ? view.symbolOf(expression.callee) : null
      if (symbol?.kind === "function") return snapshot.declaredType(symbol.declaration.result)
      if (expression.callee.kind !== "name") return null
      return known(builtins.get(expression.callee.text)?.result ?? null)
    }
    case "amend":
      return view.typeOf(expression.of)
    default:
      return null
  }
}

function known(type: Type | null): Type | null {
  return type?.kind === "unknown" ? null : type
}
