import type { AnySymbol, ClassSymbol } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import { declaredIn } from "./types.ts"
import type { View } from "./view.ts"

const self: AnySymbol = { kind: "self", name: "self" }
const outside: AnySymbol = { kind: "outside", name: "outside" }

/** The names that may be used at the end of a chain of nodes, the innermost first. */
export function visibleAt(view: View, chain: readonly tree.Node[]): ReadonlyMap<string, AnySymbol> {
  const names = new Map<string, AnySymbol>()
  const add = (name: tree.Name | undefined) => {
    const symbol = name === undefined || names.has(name.text) ? null : declared(view, name)
    if (symbol !== null) names.set(name!.text, symbol)
  }
  for (let at = chain.length - 1; at >= 0; at--) addFrom(view, chain[at]!, chain[at + 1] ?? null, names, add)
  if (!names.has("outside")) names.set("outside", outside)
  return names
}

/** The class that `self` is of at the end of a chain: that of the instance around it, else the class itself. */
export function selfAt(view: View, chain: readonly tree.Node[]): ClassSymbol | null {
  for (let at = chain.length - 1; at >= 0; at--) {
    const node = chain[at]!
    if ((node.kind === "instance" || node.kind === "insert") && node.body === chain[at + 1]) {
      const named = view.symbolOf(node.class.path.at(-1)!)
      return named?.kind === "class" ? named : null
    }
    if (node.kind === "appliance-class") {
      const symbol = declared(view, node.name)
      return symbol?.kind === "class" ? symbol : null
    }
  }
  return null
}

type Add = (name: tree.Name | undefined) => void

function addFrom(view: View, node: tree.Node, below: tree.Node | null, names: Map<string, AnySymbol>, add: Add): void {
  switch (node.kind) {
    case "body":
    case "record":
      return addLets(node.items, add)
    case "for":
    case "element-for":
    case "map-for":
      if (below !== node.head) for (const name of node.head.names) add(name)
      return
    case "for-head":
      if (below === node.filter) for (const name of node.names) add(name)
      return
    case "item-arm":
    case "value-arm":
      if (node.pattern.kind === "variant-pattern") add(node.pattern.binding)
      return
    case "function":
      for (const parameter of node.parameters) add(parameter.name)
      return
    case "every":
      add(node.name)
      return
    case "instance":
    case "insert":
      if (node.body === below) names.set("self", names.get("self") ?? self)
      return
    case "appliance-class":
    case "cluster":
      return addMembers(view, node, names)
    case "file":
      return addTop(view, node, names, add)
  }
}

function addLets(items: readonly tree.Item[], add: Add): void {
  for (const item of items) if (item.kind === "let") add(item.name)
}

function addMembers(view: View, node: tree.ApplianceClass | tree.Cluster, names: Map<string, AnySymbol>): void {
  const owner = declared(view, node.name)
  if (owner?.kind !== "class" && owner?.kind !== "cluster") return
  for (const [name, symbol] of declaredIn(view.snapshot, owner)) {
    if (owner.kind === "cluster" && symbol.kind === "output") continue
    if (!names.has(name)) names.set(name, symbol)
  }
  if (owner.kind === "class" && !names.has("self")) names.set("self", self)
}

function addTop(view: View, file: tree.File, names: Map<string, AnySymbol>, add: Add): void {
  for (const item of file.items) {
    if (item.kind === "use") {
      add(item.namespace)
      for (const used of item.names) addUsed(view, used, names)
    } else if ("name" in item && item.name?.kind === "name") {
      add(item.name)
      if (item.kind === "type") addVariants(item.type, add)
    }
  }
}

function addUsed(view: View, used: tree.UsedName, names: Map<string, AnySymbol>): void {
  const symbol = declared(view, used.name)
  const local = (used.alias ?? used.name).text
  if (symbol === null || names.has(local)) return
  names.set(local, symbol)
  if (symbol.kind !== "type") return
  for (const variant of variantNames(symbol.declaration.type)) {
    const found = view.snapshot.symbolOf(variant)
    if (found !== null && !names.has(variant.text)) names.set(variant.text, found)
  }
}

function addVariants(type: tree.TypeExpression, add: Add): void {
  for (const name of variantNames(type)) add(name)
}

function variantNames(type: tree.TypeExpression): readonly tree.Name[] {
  const alternatives = type.kind === "union-type" ? type.alternatives : [type]
  return alternatives.flatMap((alternative) => (alternative.kind === "variant-type" ? [alternative.name] : []))
}

/** A declared name is never looked up among the visible ones, which would look for it again. */
function declared(view: View, name: tree.Name): AnySymbol | null {
  return name.text === "" ? null : view.declaredAt(name)
}
