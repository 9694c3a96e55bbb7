import type { AnySymbol, ClassSymbol, ClusterSymbol, ThingSymbol } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import { typeOfSymbol as symbolType } from "../types/symbols.ts"
import type { Type } from "../types/type.ts"
import { allItems } from "./nodes.ts"
import type { Snapshot } from "./snapshot.ts"

/** The type of what a symbol stands for; null for what is no value, and where nothing is known. */
export function typeOfSymbol(snapshot: Snapshot, symbol: AnySymbol): Type | null {
  const type = symbolType(snapshot.check, symbol)
  return type?.kind === "unknown" ? null : type
}

/** One of a family, or the thing itself when it has no key. */
export function typeOfOne(snapshot: Snapshot, symbol: ThingSymbol): Type | null {
  const type = typeOfSymbol(snapshot, symbol)
  return symbol.keyed && type?.kind === "map" ? type.value : type
}

/** The cluster that a name or a path of members stands for. */
export function clusterNamed(view: Pick<Snapshot, "symbolOf">, expression: tree.Expression): ClusterSymbol | null {
  const name = expression.kind === "name" ? expression : expression.kind === "member" ? expression.name : null
  const symbol = name && view.symbolOf(name)
  return symbol?.kind === "cluster" ? symbol : null
}

/** A class and those that it specialises, itself first. */
export function lineOf(snapshot: Snapshot, symbol: ClassSymbol): readonly ClassSymbol[] {
  const line: ClassSymbol[] = []
  for (let at: ClassSymbol | undefined = symbol; at !== undefined && !line.includes(at); ) {
    line.push(at)
    at = snapshot.bindings.bases.get(at)
  }
  return line
}

/** What a class or cluster declares, by name; a class has what it inherits as well, a cluster its outputs too. */
export function declaredIn(snapshot: Snapshot, owner: ClassSymbol | ClusterSymbol): ReadonlyMap<string, AnySymbol> {
  const members = new Map(snapshot.bindings.members.get(owner))
  if (owner.kind === "class") return members
  for (const item of allItems(owner.declaration.body.items)) {
    const symbol = item.kind === "output" ? snapshot.bindings.declared.get(item) : undefined
    if (symbol !== undefined && !members.has(symbol.name)) members.set(symbol.name, symbol)
  }
  return members
}

/** A type without `?`, `late` and `Secret`. */
export function bare(type: Type | null): Type | null {
  let at = type
  while (at !== null && (at.kind === "optional" || at.kind === "late" || at.kind === "secret")) at = at.of
  return at
}

/** The values that one alternative of a union builds. */
export function variantType(snapshot: Snapshot, symbol: AnySymbol & { kind: "variant" }): Type | null {
  const union = snapshot.declaredType(symbol.union.declaration.type)
  if (union?.kind !== "union") return null
  return { ...union, variants: union.variants.filter((variant) => variant.name === symbol.name) }
}
