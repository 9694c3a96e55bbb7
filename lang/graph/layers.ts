import { entryOf } from "../text/entry.ts"
import type { Drawing, DrawingNode } from "./drawing.ts"
import { topologicalOrder } from "./graph.ts"

/**
 * Nodes in columns, so that edges lead to the right: a node stands one column after the furthest that points to it. Within a column,
 * nodes stand near those that point to them (the barycentre heuristic of K. Sugiyama, S. Tagawa and M. Toda, "Methods for visual
 * understanding of hierarchical system structures", 1981, one sweep). Edges that close a cycle are passed over.
 */
export function layersOf(drawing: Drawing): readonly (readonly DrawingNode[])[] {
  const next = new Map<string, string[]>()
  for (const edge of drawing.edges) entryOf(next, edge.from, () => []).push(edge.to)
  const ids = drawing.nodes.map((node) => node.id)
  const columns = columnsOf(ids, next)
  const before = new Map<string, string[]>()
  for (const edge of drawing.edges) entryOf(before, edge.to, () => []).push(edge.from)
  const layers: DrawingNode[][] = Array.from({ length: Math.max(0, ...columns.values()) + 1 }, () => [])
  for (const node of drawing.nodes) layers[columns.get(node.id)!]!.push(node)
  const rows = new Map<string, number>()
  return layers.map((layer) => {
    const weighed = layer.map((node, index) => ({ node, weight: weightOf(before.get(node.id), rows) ?? index }))
    weighed.sort((left, right) => left.weight - right.weight)
    for (const [index, { node }] of weighed.entries()) rows.set(node.id, index)
    return weighed.map(({ node }) => node)
  })
}

function columnsOf(ids: readonly string[], next: ReadonlyMap<string, readonly string[]>): Map<string, number> {
  const columns = new Map<string, number>(ids.map((id) => [id, 0]))
  for (const id of sourcesFirst(ids, next))
    for (const target of next.get(id) ?? []) {
      if (target === id || !columns.has(target)) continue
      columns.set(target, Math.max(columns.get(target)!, columns.get(id)! + 1))
    }
  return columns
}

/** Sources first. With a cycle there is no such order, and that of the drawing is as good as any. */
function sourcesFirst(ids: readonly string[], next: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const order = topologicalOrder({ nodes: ids, next: (id) => next.get(id) ?? [] })
  return order.kind === "order" ? [...order.nodes].reverse() : ids
}

function weightOf(neighbours: readonly string[] | undefined, rows: ReadonlyMap<string, number>): number | null {
  const known = (neighbours ?? []).map((id) => rows.get(id)).filter((row) => row !== undefined)
  return known.length === 0 ? null : known.reduce((sum, row) => sum + row, 0) / known.length
}
