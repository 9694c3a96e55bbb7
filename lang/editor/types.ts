import type { AnySymbol, ClassSymbol, ClusterSymbol, ThingSymbol } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import { hostType, intType, networkType, outsideType, textType } from "../types/build.ts"
import type { Type } from "../types/type.ts"
import { allItems, nodesAt } from "./nodes.ts"
import type { Snapshot } from "./snapshot.ts"

/** The type of what a symbol stands for; null for what is no value, and where nothing is known. */
export function typeOfSymbol(snapshot: Snapshot, symbol: AnySymbol): Type | null {
  switch (symbol.kind) {
    case "let":
    case "output":
      return symbol.declaration.type
        ? snapshot.declaredType(symbol.declaration.type)
        : snapshot.typeOf(symbol.declaration.value)
    case "param":
    case "needs":
      return snapshot.declaredType(symbol.declaration.type)
    case "provides": {
      const service = snapshot.symbolOf(symbol.declaration.service.path.at(-1)!)
      return service?.kind === "service" ? { kind: "service", service } : null
    }
    case "thing":
      return typeOfThing(snapshot, symbol)
    case "local":
      return typeOfLocal(snapshot, symbol)
    case "outside":
      return outsideType
    default:
      return null
  }
}

/** One of a family, or the thing itself when it has no key. */
export function typeOfOne(snapshot: Snapshot, symbol: ThingSymbol): Type | null {
  const { declaration } = symbol
  switch (declaration.kind) {
    case "instance":
    case "insert": {
      const named = snapshot.symbolOf(declaration.class.path.at(-1)!)
      return named?.kind === "class" ? { kind: "appliance", class: named } : null
    }
    case "network":
      return networkType
    case "host":
      return hostType
    case "cluster-instance": {
      const cluster = clusterNamed(snapshot, declaration.cluster)
      return cluster === null ? null : { kind: "cluster", cluster }
    }
  }
}

/** The cluster that a name or a path of members stands for. */
export function clusterNamed(snapshot: Snapshot, expression: tree.Expression): ClusterSymbol | null {
  const name = expression.kind === "name" ? expression : expression.kind === "member" ? expression.name : null
  const symbol = name && snapshot.symbolOf(name)
  return symbol?.kind === "cluster" ? symbol : null
}

/** A class and those that it specialises, itself first. */
export function lineOf(snapshot: Snapshot, symbol: ClassSymbol): readonly ClassSymbol[] {
  const line: ClassSymbol[] = []
  for (let at: AnySymbol | null = symbol; at?.kind === "class" && !line.includes(at); ) {
    line.push(at)
    const last: tree.Name | undefined = at.declaration.base?.path.at(-1)
    at = last === undefined ? null : snapshot.symbolOf(last)
  }
  return line
}

/** What a class or cluster declares, by name; a class has what it inherits as well, its own first. */
export function declaredIn(snapshot: Snapshot, owner: ClassSymbol | ClusterSymbol): ReadonlyMap<string, AnySymbol> {
  const members = new Map<string, AnySymbol>()
  const line = owner.kind === "class" ? lineOf(snapshot, owner) : [owner]
  for (const symbol of line) {
    for (const item of allItems(symbol.declaration.body.items)) {
      if (!isMember(item) || members.has(item.name.text)) continue
      const member = snapshot.symbolOf(item.name)
      if (member !== null) members.set(item.name.text, member)
    }
  }
  return members
}

/** A type without `?`, `late` and `Secret`. */
export function bare(type: Type | null): Type | null {
  let at = type
  while (at !== null && (at.kind === "optional" || at.kind === "late" || at.kind === "secret")) at = at.of
  return at
}

/** What one turn over a value of this type gives: the key, where there are keys, and the element. */
export function turnsOf(type: Type | null): { readonly key: Type | null; readonly element: Type | null } {
  const over = bare(type)
  if (over?.kind === "list" || over?.kind === "range") return { key: null, element: over.of }
  return over?.kind === "map" ? { key: over.key, element: over.value } : { key: null, element: null }
}

type MemberItem = tree.Param | tree.Output | tree.Provides | tree.Needs | ThingSymbol["declaration"]

function isMember(item: tree.Item): item is MemberItem {
  switch (item.kind) {
    case "param":
    case "output":
    case "provides":
    case "needs":
    case "instance":
    case "network":
    case "host":
    case "cluster-instance":
    case "insert":
      return true
    default:
      return false
  }
}

function typeOfThing(snapshot: Snapshot, symbol: ThingSymbol): Type | null {
  const type = typeOfOne(snapshot, symbol)
  if (type === null || !symbol.keyed) return type
  return { kind: "map", key: { kind: "either", of: [intType, textType] }, value: type }
}

function typeOfLocal(snapshot: Snapshot, symbol: AnySymbol & { kind: "local" }): Type | null {
  const chain = nodesAt(symbol.unit.tree, symbol.declaration.start)
  const at = chain.indexOf(symbol.declaration)
  const parent = chain[at - 1]
  if (parent?.kind === "parameter") return snapshot.declaredType(parent.type)
  if (parent?.kind === "for-head") {
    const { key, element } = turnsOf(snapshot.typeOf(parent.in))
    if (symbol.role === "key") return key
    return element
  }
  if (parent?.kind === "every") return { kind: "appliance", class: null }
  if (parent?.kind === "variant-pattern") {
    const variant = snapshot.symbolOf(parent.name)
    if (variant?.kind === "variant") return variantType(snapshot, variant)
    return variant?.kind === "class" ? { kind: "appliance", class: variant } : null
  }
  return null
}

/** The values that one alternative of a union builds. */
export function variantType(snapshot: Snapshot, symbol: AnySymbol & { kind: "variant" }): Type | null {
  const union = snapshot.declaredType(symbol.union.declaration.type)
  if (union?.kind !== "union") return null
  return { ...union, variants: union.variants.filter((variant) => variant.name === symbol.name) }
}
