/** Something to draw, by words that say nothing of what it stands for. */
export type Drawing = {
  readonly title: string
  readonly nodes: readonly DrawingNode[]
  readonly edges: readonly DrawingEdge[]
}
export type DrawingNode = {
  readonly id: string
  readonly label: string
  /** A second, smaller line. */
  readonly detail: string
  readonly shape: "box" | "cloud" | "port"
}
export type DrawingEdge = {
  readonly from: string
  readonly to: string
  readonly label: string
  readonly line: "solid" | "dashed" | "dotted"
}

/** Plain lines: each node with what it points to. */
export function drawText(drawing: Drawing): string {
  const labels = new Map(drawing.nodes.map((node) => [node.id, node.label]))
  const lines = [drawing.title]
  for (const node of drawing.nodes) {
    lines.push(`  ${node.label}  ${node.detail}`)
    for (const edge of drawing.edges)
      if (edge.from === node.id)
        lines.push(`    ${arrowOf(edge)} ${labels.get(edge.to)}${edge.label === "" ? "" : `  ${edge.label}`}`)
  }
  return `${lines.join("\n")}\n`
}

/** The DOT language of Graphviz. */
export function drawDot(drawing: Drawing): string {
  const lines = [`digraph ${quote(drawing.title)} {`, "  rankdir=LR", '  node [fontname="sans-serif", shape=box]']
  for (const node of drawing.nodes)
    lines.push(`  ${quote(node.id)} [label=${quote(`${node.label}\n${node.detail}`)}, shape=${dot_shapes[node.shape]}]`)
  for (const edge of drawing.edges)
    lines.push(`  ${quote(edge.from)} -> ${quote(edge.to)} [label=${quote(edge.label)}, style=${edge.line}]`)
  return `${lines.join("\n")}\n}\n`
}

const dot_shapes = { box: "box", cloud: "ellipse", port: "cds" } as const

function arrowOf(edge: DrawingEdge): string {
  if (edge.line === "solid") return "->"
  return edge.line === "dashed" ? "~>" : "--"
}

/** In a quoted DOT text only the quote and the backslash have a meaning; a line's end is `\n`. */
function quote(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`
}
