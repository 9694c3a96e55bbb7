/** A directed graph over any nodes, compared by identity. Knows nothing of appliances. */
export type Graph<Node> = {
  readonly nodes: readonly Node[]
  /** The nodes that `node` points to, in a stable order; ones that are not in `nodes` are passed over. */
  readonly next: (node: Node) => Iterable<Node>
}

/** Either all nodes, each after those that it points to, or the nodes that no order exists for. */
export type Order<Node> =
  | { readonly kind: "order"; readonly nodes: readonly Node[] }
  | { readonly kind: "cyclic"; readonly components: readonly (readonly Node[])[] }

/**
 * An order in which every node comes after all that it points to; nodes that nothing orders keep the order of `graph.nodes`. When there
 * are cycles, the strongly connected components that hold one. R. Tarjan, "Depth-first search and linear graph algorithms", 1972, with a
 * stack of its own, since a chain may be longer than the machine's.
 */
export function topologicalOrder<Node>(graph: Graph<Node>): Order<Node> {
  const order: Node[] = []
  const cyclic: Node[][] = []
  for (const component of components(graph)) {
    const only = component[0]!
    if (component.length > 1 || pointsTo(graph, only, only)) cyclic.push(component)
    else order.push(only)
  }
  return cyclic.length > 0 ? { kind: "cyclic", components: cyclic } : { kind: "order", nodes: order }
}

/**
 * The shortest cycle, as its nodes in order without the first one again; null when there is none. Of equally short ones that which starts
 * first in `graph.nodes`. Breadth first from every node: meant for the few nodes of one component.
 */
export function shortestCycle<Node>(graph: Graph<Node>): readonly Node[] | null {
  let best: readonly Node[] | null = null
  for (const start of graph.nodes) {
    const found: readonly Node[] | null = shortestPathBack(
      graph,
      start,
      best === null ? Number.POSITIVE_INFINITY : best.length,
    )
    if (found !== null) best = found
    if (best !== null && best.length <= 2) break
  }
  return best
}

/** All nodes that can be reached from `starts`, those included. */
export function reachable<Node>(graph: Graph<Node>, starts: Iterable<Node>): ReadonlySet<Node> {
  const known = new Set(graph.nodes)
  const seen = new Set<Node>()
  const open = [...starts].filter((node) => known.has(node))
  while (open.length > 0) {
    const node = open.pop()!
    if (seen.has(node)) continue
    seen.add(node)
    for (const next of graph.next(node)) if (known.has(next) && !seen.has(next)) open.push(next)
  }
  return seen
}

type Frame<Node> = { readonly node: Node; readonly rest: Iterator<Node> }
type Mark = { index: number; low: number; open: boolean }

/** The strongly connected components, each after those that it points to; what stands in no cycle is one of its own. */
export function components<Node>(graph: Graph<Node>): Node[][] {
  const known = new Set(graph.nodes)
  const marks = new Map<Node, Mark>()
  const stack: Node[] = []
  const found: Node[][] = []
  for (const root of graph.nodes) {
    if (marks.has(root)) continue
    const frames: Frame<Node>[] = [enter(root)]
    while (frames.length > 0) {
      const { node, rest }: Frame<Node> = frames.at(-1)!
      const mark: Mark = marks.get(node)!
      const step = rest.next()
      if (step.done === true) {
        frames.pop()
        const parent = frames.at(-1)
        if (parent !== undefined) lower(marks.get(parent.node)!, mark.low)
        if (mark.low === mark.index) found.push(close(node))
      } else if (known.has(step.value)) {
        const other = marks.get(step.value)
        if (other === undefined) frames.push(enter(step.value))
        else if (other.open) lower(mark, other.index)
      }
    }
  }
  return found

  function enter(node: Node): Frame<Node> {
    marks.set(node, { index: marks.size, low: marks.size, open: true })
    stack.push(node)
    return { node, rest: graph.next(node)[Symbol.iterator]() }
  }

  function close(root: Node): Node[] {
    const component = stack.splice(stack.lastIndexOf(root))
    for (const node of component) marks.get(node)!.open = false
    return component
  }
}

function lower(mark: Mark, to: number): void {
  if (to < mark.low) mark.low = to
}

function pointsTo<Node>(graph: Graph<Node>, from: Node, to: Node): boolean {
  for (const next of graph.next(from)) if (next === to) return true
  return false
}

/** The shortest way from `start` back to itself with fewer than `limit` nodes; null when there is none. */
function shortestPathBack<Node>(graph: Graph<Node>, start: Node, limit: number): readonly Node[] | null {
  const known = new Set(graph.nodes)
  const before = new Map<Node, Node | null>([[start, null]])
  let row: Node[] = [start]
  for (let length = 1; row.length > 0 && length < limit; length++) {
    const below: Node[] = []
    for (const node of row) {
      for (const next of graph.next(node)) {
        if (next === start) return pathTo(node, before)
        if (!known.has(next) || before.has(next)) continue
        before.set(next, node)
        below.push(next)
      }
    }
    row = below
  }
  return null
}

function pathTo<Node>(last: Node, before: ReadonlyMap<Node, Node | null>): Node[] {
  const path: Node[] = []
  for (let node: Node | null = last; node !== null; node = before.get(node) ?? null) path.unshift(node)
  return path
}
