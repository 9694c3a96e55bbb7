import type * as tree from "../syntax/tree.ts"

/** The names that a file declares at its top, with the name that declares each. */
export function declaredNames(file: tree.File): ReadonlyMap<string, tree.Name> {
  const names = new Map<string, tree.Name>()
  for (const item of file.items) {
    switch (item.kind) {
      case "let":
      case "function":
      case "type":
      case "service":
      case "appliance-class":
      case "cluster":
      case "host":
      case "network":
      case "params":
        if (item.name.text !== "" && !names.has(item.name.text)) names.set(item.name.text, item.name)
        if (item.kind === "type" && item.type.kind === "union-type") addVariants(item.type, names)
        if (item.kind === "type" && item.type.kind === "variant-type") names.set(item.type.name.text, item.type.name)
    }
  }
  return names
}

function addVariants(union: tree.UnionType, names: Map<string, tree.Name>): void {
  for (const alternative of union.alternatives) {
    if (alternative.kind === "variant-type") names.set(alternative.name.text, alternative.name)
  }
}
