import type { Node } from "./tree.ts"

/**
 * Calls `visit` with each node directly below `node`, in the order of the text. The source, offsets and texts of a node
 * are no children; the value of a short field, which is its name again, is left out.
 */
export function eachChild(node: Node, visit: (child: Node) => void): void {
  for (const [key, value] of Object.entries(node)) {
    if (key === "source" || (key === "value" && node.kind === "field" && node.short)) continue
    if (isNode(value)) visit(value)
    else if (Array.isArray(value)) for (const element of value) if (isNode(element)) visit(element)
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "kind" in value && "start" in value
}
