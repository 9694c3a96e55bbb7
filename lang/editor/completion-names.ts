import type { AnySymbol } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import { namedTypes } from "../types/named.ts"
import { candidate, kindOf, symbolCandidate } from "./candidates.ts"
import type { Candidate, CandidateKind, Cursor } from "./completion.ts"
import { type Export, exportsOf, importable, importEdit } from "./imports.ts"
import { visibleAt } from "./scope.ts"
import { typeDocs } from "./type-docs.ts"
import { bare } from "./types.ts"

/** The types, classes or services that may be named at the cursor: those in sight, then those that a `use` can bring. */
export function namesOfTypes(cursor: Cursor, named: tree.NamedType): readonly Candidate[] {
  const { view, chain, unit } = cursor
  const parent = chain[chain.indexOf(named) - 1]
  const wanted = kindsFor(parent, named)
  const [first] = named.path
  if (named.path.length > 1 && first !== undefined) {
    const symbol = view.symbolOf(first)
    if (symbol?.kind !== "namespace") return []
    return [...symbol.members].flatMap(([name, of]) =>
      wanted.has(of.kind) ? [symbolCandidate(view.snapshot, name, of, 0)] : [],
    )
  }
  const visible = visibleAt(view, chain)
  const seen = [...visible].flatMap(([name, symbol]) => {
    if (symbol.kind === "namespace") return [symbolCandidate(view.snapshot, name, symbol, 3)]
    if (!wanted.has(symbol.kind) || isSame(symbol, parent, unit.path)) return []
    return [{ ...symbolCandidate(view.snapshot, name, symbol, 0), detail: fromOf(symbol, unit.path) }]
  })
  const others = importable(view.snapshot, unit).flatMap((one) => {
    const kind = exportedKind(one)
    if (kind === null || !wanted.has(kind) || visible.has(one.name)) return []
    return [
      candidate(one.name, kindOf({ kind } as AnySymbol), 5, {
        detail: one.from,
        doc: one.doc,
        more: [importEdit(unit, one.name, one.from)],
      }),
    ]
  })
  return [...seen, ...(wanted.has("language") ? languageTypes() : []), ...others]
}

/** The names that a `use` may still take from its module or file. */
export function namesOfModule({ view, unit }: Cursor, use: tree.Use): readonly Candidate[] {
  const from = use.from.parts[0]
  if (typeof from !== "string") return []
  const taken = new Set(use.names.map(({ name }) => name.text))
  return exportsOf(view.snapshot, unit, from)
    .filter((one) => !taken.has(one.name))
    .map((one) => candidate(one.name, candidateKind(one), 0, { detail: from, doc: one.doc }))
}

/** The alternatives of the union that a `match` looks at. */
export function variantsOf({ view, chain }: Cursor): readonly Candidate[] {
  const match = chain.findLast((node) => node.kind === "match-value" || node.kind === "match")
  if (match?.kind !== "match-value" && match?.kind !== "match") return []
  const type = bare(view.typeOf(match.value))
  const otherwise = candidate("else", "keyword", 3, { text: "else -> " })
  if (type?.kind === "enum") {
    return [
      ...type.values.map((value) =>
        candidate(JSON.stringify(value), "enum", 0, { text: `${JSON.stringify(value)} -> ` }),
      ),
      otherwise,
    ]
  }
  if (type?.kind !== "union") return [otherwise]
  return [...type.variants.map((variant) => candidate(variant.name!, "variant", 0, { detail: type.name })), otherwise]
}

function kindsFor(parent: tree.Node | undefined, named: tree.NamedType): ReadonlySet<string> {
  switch (parent?.kind) {
    case "instance":
    case "insert":
    case "appliance-class":
      return new Set(["class"])
    case "provides":
      return new Set(["service"])
    case "is":
      return new Set(["class", "service", "variant"])
    case "needs":
      return new Set(["service"])
    case "optional-type":
    case "list-type":
    case "ranged-type":
      // Of a need it is a service, of a param any type.
      return named === parent.of ? new Set(["type", "service", "class", "language"]) : new Set()
    default:
      return new Set(["type", "service", "class", "language"])
  }
}

function languageTypes(): readonly Candidate[] {
  const plain = [...namedTypes.keys()].map((name) => candidate(name, "type", 1, { doc: typeDocs.get(name) ?? null }))
  const map = candidate("Map", "type", 1, { doc: typeDocs.get("Map")!, text: "Map<$1, $2>", snippet: true })
  return [...plain, map]
}

/** A class does not specialise itself. */
function isSame(symbol: AnySymbol, parent: tree.Node | undefined, path: string): boolean {
  return (
    symbol.kind === "class" &&
    parent?.kind === "appliance-class" &&
    symbol.unit.path === path &&
    symbol.name === parent.name.text
  )
}

function fromOf(symbol: AnySymbol, path: string): string | null {
  if (!("unit" in symbol) || symbol.unit.path === path) return null
  return symbol.unit.module.name === "" ? symbol.unit.source.path : symbol.unit.module.name
}

function exportedKind(one: Export): "class" | "service" | "type" | null {
  if (one.kind === "appliance-class") return "class"
  return one.kind === "service" || one.kind === "type" ? one.kind : null
}

function candidateKind(one: Export): CandidateKind {
  const kind = exportedKind(one)
  if (kind !== null) return kind
  return one.kind === "function" || one.kind === "cluster" ? one.kind : "value"
}
