import type { Drawing, DrawingEdge, DrawingNode } from "./drawing.ts"
import { layersOf } from "./layers.ts"

const node_width = 170
const node_height = 46
const column_gap = 110
const row_gap = 22
const margin = 24

type Spot = { readonly x: number; readonly y: number }

/** A drawing as one SVG picture, laid out in columns from left to right. */
export function drawSvg(drawing: Drawing): string {
  const columns = layersOf(drawing)
  const tallest = Math.max(1, ...columns.map((column) => column.length))
  const height = margin * 2 + tallest * node_height + (tallest - 1) * row_gap
  const width = margin * 2 + columns.length * node_width + Math.max(0, columns.length - 1) * column_gap
  const spots = new Map<string, Spot>()
  for (const [column_index, column] of columns.entries()) {
    const used = column.length * node_height + (column.length - 1) * row_gap
    for (const [row, node] of column.entries())
      spots.set(node.id, {
        x: margin + column_index * (node_width + column_gap),
        y: (height - used) / 2 + row * (node_height + row_gap),
      })
  }
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif">`,
    `  <title>${escapeXml(drawing.title)}</title>`,
    '  <rect width="100%" height="100%" fill="#ffffff"/>',
    ...drawing.edges.map((edge) => drawEdge(edge, spots.get(edge.from)!, spots.get(edge.to)!)),
    ...drawing.nodes.map((node) => drawNode(node, spots.get(node.id)!)),
    "</svg>",
  ]
  return `${lines.join("\n")}\n`
}

const fills = { box: "#e8f0fe", cloud: "#eef7ee", port: "#fff4e0" } as const
const corners = { box: 4, cloud: 20, port: 12 } as const
const dashes = { solid: "", dashed: ' stroke-dasharray="6 4"', dotted: ' stroke-dasharray="2 3"' } as const

function drawNode(node: DrawingNode, spot: Spot): string {
  const middle = spot.x + node_width / 2
  return [
    `  <g><title>${escapeXml(`${node.label}: ${node.detail}`)}</title>`,
    `<rect x="${spot.x}" y="${spot.y}" width="${node_width}" height="${node_height}" rx="${corners[node.shape]}" fill="${fills[node.shape]}" stroke="#5f6368"/>`,
    `<text x="${middle}" y="${spot.y + 19}" text-anchor="middle" font-size="13">${escapeXml(short(node.label, 24))}</text>`,
    `<text x="${middle}" y="${spot.y + 36}" text-anchor="middle" font-size="10" fill="#5f6368">${escapeXml(short(node.detail, 34))}</text></g>`,
  ].join("")
}

/** A curve from the right side of one node to the left side of the other; to one in the same column or before, around. */
function drawEdge(edge: DrawingEdge, from: Spot, to: Spot): string {
  const forward = to.x > from.x
  const start = { x: from.x + node_width, y: from.y + node_height / 2 }
  const end = { x: forward ? to.x : to.x + node_width, y: to.y + node_height / 2 }
  const bend = forward ? (end.x - start.x) / 2 : column_gap / 2
  const path = `M${start.x} ${start.y} C${start.x + bend} ${start.y} ${forward ? end.x - bend : end.x + bend} ${end.y} ${end.x} ${end.y}`
  const middle = { x: (start.x + end.x) / 2 + (forward ? 0 : bend * 0.75), y: (start.y + end.y) / 2 - 4 }
  const line = `  <path d="${path}" fill="none" stroke="#5f6368"${dashes[edge.line]}/>`
  if (edge.label === "") return line
  return `${line}<text x="${middle.x}" y="${middle.y}" text-anchor="middle" font-size="9" fill="#3c4043">${escapeXml(edge.label)}</text>`
}

function short(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;")
}
