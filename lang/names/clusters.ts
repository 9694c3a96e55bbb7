import { shortestCycle, topologicalOrder } from "../graph/graph.ts"
import { allItems } from "../syntax/items.ts"
import type * as tree from "../syntax/tree.ts"
import type { Here } from "./bind-items.ts"
import { bindValue } from "./bind-values.ts"
import { type Binder, describe, type Scope, spanOf, whereDeclared } from "./scope.ts"
import type { AnySymbol, Bindings, ClusterSymbol, ParamsSymbol, Unit } from "./symbol.ts"

/** The cluster that `cluster room: shop { }` makes another of; null when its name was reported. */
export function clusterOf(bindings: Bindings, item: tree.ClusterInstance): ClusterSymbol | null {
  const name = lastName(item.cluster)
  const symbol = name === null ? undefined : bindings.uses.get(name)
  return symbol?.kind === "cluster" ? symbol : null
}

/** The clusters beside a set of params that have all params which it gives values to. */
export function clustersOfSet(bindings: Bindings, set: ParamsSymbol): readonly ClusterSymbol[] {
  const given = allItems(set.declaration.body.items).flatMap((item) => (item.kind === "field" ? [item.name.text] : []))
  return set.unit.tree.items.flatMap((item) => {
    const symbol = item.kind === "cluster" ? bindings.declared.get(item) : undefined
    if (symbol?.kind !== "cluster") return []
    const members = bindings.members.get(symbol)
    return given.every((name) => members?.get(name)?.kind === "param") ? [symbol] : []
  })
}

/** What a name stands for where clusters are values: a cluster, or the one that a set of params is for; null for all else. */
export function deployable(
  bindings: Bindings,
  symbol: AnySymbol | undefined,
): { readonly cluster: ClusterSymbol; readonly set: ParamsSymbol | null } | null {
  if (symbol?.kind === "cluster") return { cluster: symbol, set: null }
  if (symbol?.kind !== "params") return null
  const [cluster, ...others] = clustersOfSet(bindings, symbol)
  return cluster === undefined || others.length > 0 ? null : { cluster, set: symbol }
}

/** The clusters that the items of a body make, those under `for`, `if` and `match` too. */
export function innerClusters(items: readonly tree.Item[]): readonly tree.ClusterInstance[] {
  return allItems(items).filter((item) => item.kind === "cluster-instance")
}

/** Binds the name of an inner cluster's definition; what is no cluster is A0214. */
export function bindInnerCluster(item: tree.ClusterInstance, here: Here): void {
  const { binder, unit } = here
  bindValue(item.cluster, { ...here, wanted: "thing" })
  const name = lastName(item.cluster)
  const symbol = name === null ? undefined : binder.uses.get(name)
  if (symbol?.kind === "cluster" || (name !== null && symbol === undefined)) return
  const hidden = name === null ? null : hiddenCluster(here.scope, name.text)
  if (hidden !== null) {
    // That one hides the other is reported already (A0204).
    binder.uses.set(name!, hidden)
    return
  }
  const span = spanOf(unit, item.cluster)
  if (symbol === undefined) {
    binder.report.add("A0214", span, "a cluster is named here, as in `cluster room: shop { }`")
    return
  }
  binder.report.add("A0214", span, `${describe(symbol)} is no cluster`, {
    related: whereDeclared(symbol, "declared here"),
    hint: symbol.kind === "class" ? `an appliance is declared with \`appliance ${item.name.text}: …\`` : undefined,
  })
  binder.uses.delete(name!)
}

/** The cluster that a name means in some scope around, where a nearer one has something else of that name. */
function hiddenCluster(scope: Scope, name: string): ClusterSymbol | null {
  for (let at: Scope | null = scope; at !== null; at = at.parent) {
    const symbol = at.names.get(name)
    if (symbol?.kind === "cluster") return symbol
  }
  return null
}

/** Reports A0216 for clusters of some files that would contain themselves, each loop once; a loop leads through files that use each other. */
export function reportNestedInItself(binder: Binder, units: readonly Unit[]): void {
  const inner = new Map<ClusterSymbol, ReadonlySet<ClusterSymbol>>()
  for (const declaration of units.flatMap((unit) => unit.tree.items)) {
    const symbol = declaration.kind === "cluster" ? binder.declared.get(declaration) : undefined
    if (symbol?.kind !== "cluster") continue
    const items = innerClusters(symbol.declaration.body.items)
    inner.set(symbol, new Set(items.map((item) => clusterOf(binder, item)).filter((found) => found !== null)))
  }
  const next = (symbol: ClusterSymbol) => inner.get(symbol) ?? []
  const order = topologicalOrder({ nodes: [...inner.keys()], next })
  for (const component of order.kind === "cyclic" ? order.components : []) {
    const loop = shortestCycle({ nodes: component, next })!
    const [first] = loop
    const item = innerClusters(first!.declaration.body.items).find(
      (one) => clusterOf(binder, one) === (loop[1] ?? first),
    )!
    const shown = [...loop, first!].map((symbol) => symbol.name).join(" → ")
    binder.report.add("A0216", spanOf(first!.unit, item.cluster), `${first!.name} would contain itself: ${shown}`, {
      related: loop.map((symbol) => whereDeclared(symbol, `${symbol.name} is declared here`)[0]!),
      hint: "a cluster that contains itself has no end",
    })
  }
}

function lastName(value: tree.Expression): tree.Name | null {
  if (value.kind === "name") return value.text === "" ? null : value
  return value.kind === "member" ? value.name : null
}
