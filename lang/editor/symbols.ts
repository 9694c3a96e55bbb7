import { spanOf } from "../names/scope.ts"
import type { AnySymbol, Unit } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import type { Span } from "../text/source.ts"

/** Where a symbol is declared. */
export type Declared = {
  readonly unit: Unit
  readonly node: tree.Node
  /** Its name there. */
  readonly span: Span
  readonly doc: string | null
}

/** The declaration of a symbol; null for what the language declares, and for a namespace, which its `use` gives. */
export function declarationOf(symbol: AnySymbol): Declared | null {
  switch (symbol.kind) {
    case "self":
    case "outside":
    case "builtin":
      return null
    case "namespace": {
      const use = symbol.unit.tree.items.find((item) => item.kind === "use" && item.namespace?.text === symbol.name)
      if (use?.kind !== "use" || use.namespace === undefined) return null
      return { unit: symbol.unit, node: use, span: spanOf(symbol.unit, use.namespace), doc: null }
    }
    case "local":
      return {
        unit: symbol.unit,
        node: symbol.declaration,
        span: spanOf(symbol.unit, symbol.declaration),
        doc: null,
      }
    default: {
      const { unit, declaration } = symbol
      const doc = "doc" in declaration ? (declaration.doc ?? null) : null
      return { unit, node: declaration, span: spanOf(unit, declaration.name), doc }
    }
  }
}
