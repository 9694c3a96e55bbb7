import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { type Drawing, drawDot, drawText } from "../lang/graph/drawing.ts"
import { type Graph, reachable, shortestCycle, topologicalOrder } from "../lang/graph/graph.ts"
import { layersOf } from "../lang/graph/layers.ts"
import { drawSvg } from "../lang/graph/svg.ts"

function graph(edges: Record<string, string[]>): Graph<string> {
  return { nodes: Object.keys(edges), next: (node) => edges[node] ?? [] }
}

describe("the order of a graph", () => {
  test("puts what is pointed to first, and keeps the given order else", () => {
    const order = topologicalOrder(graph({ web: ["names"], names: ["edge"], edge: [], solo: [] }))
    expect(order).toEqual({ kind: "order", nodes: ["edge", "names", "web", "solo"] })
  })

  test("of a chain of 100,000 nodes does not run out of stack", () => {
    const nodes = Array.from({ length: 100_000 }, (_, index) => index)
    const order = topologicalOrder({ nodes, next: (node) => (node + 1 < nodes.length ? [node + 1] : []) })
    expect(order.kind === "order" && order.nodes[0]).toBe(99_999)
  })

  test("gives every node after all that it points to, or names a component with a cycle", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(9), fc.nat(9)), { maxLength: 25 }), (pairs) => {
        const nodes = Array.from({ length: 10 }, (_, index) => index)
        const next = (node: number) => pairs.filter(([from]) => from === node).map(([, to]) => to)
        const order = topologicalOrder({ nodes, next })
        if (order.kind === "order") {
          for (const [from, to] of pairs) expect(order.nodes.indexOf(to)).toBeLessThan(order.nodes.indexOf(from))
          expect([...order.nodes].sort((a, b) => a - b)).toEqual(nodes)
          expect(shortestCycle({ nodes, next })).toBeNull()
        } else
          for (const component of order.components) {
            const loop = shortestCycle({ nodes: component, next })!
            for (const [index, node] of loop.entries()) expect(next(node)).toContain(loop[(index + 1) % loop.length])
          }
      }),
    )
  })
})

describe("the shortest cycle", () => {
  test("is found beside a longer one", () => {
    const edges = { a: ["b"], b: ["c"], c: ["d", "b"], d: ["a"] }
    expect(shortestCycle(graph(edges))).toEqual(["b", "c"])
  })

  test("may be a node that points to itself", () => {
    expect(shortestCycle(graph({ a: ["b"], b: ["b"] }))).toEqual(["b"])
    expect(topologicalOrder(graph({ a: ["b"], b: ["b"] })).kind).toBe("cyclic")
  })
})

test("reachable follows edges, not backwards, and leaves out strangers", () => {
  const edges = { a: ["b", "stranger"], b: ["c"], c: ["a"], d: ["a"] }
  expect([...reachable(graph(edges), ["b"])].sort()).toEqual(["a", "b", "c"])
})

const drawing: Drawing = {
  title: "office",
  nodes: [
    { id: "1", label: "web", detail: 'says "hi" & <more>', shape: "box" },
    { id: "2", label: "names", detail: "Dnsmasq", shape: "box" },
    { id: "3", label: "dmz", detail: "10.30.0.0/24", shape: "cloud" },
  ],
  edges: [
    { from: "1", to: "2", label: "needs dns", line: "solid" },
    { from: "2", to: "3", label: "", line: "dotted" },
    { from: "1", to: "3", label: "10.30.0.3", line: "dotted" },
  ],
}

describe("a drawing", () => {
  test("as text names what each node points to", () => {
    expect(drawText(drawing)).toContain("  web  says")
    expect(drawText(drawing)).toContain("    -> names  needs dns\n")
    expect(drawText(drawing)).toContain("    -- dmz\n")
  })

  test("as DOT quotes what is not its own", () => {
    expect(drawDot(drawing)).toContain('"1" [label="web\\nsays \\"hi\\" & <more>", shape=box]')
  })

  test("as SVG escapes what is not its own", () => {
    expect(drawSvg(drawing)).toContain("says &quot;hi&quot; &amp; &lt;more&gt;")
  })

  test("stands in columns from left to right", () => {
    expect(layersOf(drawing).map((layer) => layer.map((node) => node.label))).toEqual([["web"], ["names"], ["dmz"]])
  })

  test("with a cycle still has every node once", () => {
    const edges = [...drawing.edges, { from: "3", to: "1", label: "", line: "solid" as const }]
    const cyclic = { ...drawing, edges }
    expect(layersOf(cyclic).flat().length).toBe(3)
    expect(drawSvg(cyclic)).toContain("</svg>")
  })
})
