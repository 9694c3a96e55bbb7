import type { Program, Unit } from "../names/symbol.ts"
import type { Spanned } from "../syntax/tree.ts"

/**
 * The file whose tree a node stands in. Types carry expressions (the defaults of fields) without their file, and only their few
 * defaults are ever looked for, so a search will do.
 */
export function unitOf(program: Program, node: Spanned): Unit {
  return program.units.find((unit) => holds(unit.tree, node)) ?? program.entry
}

function holds(inside: unknown, node: Spanned): boolean {
  if (inside === node) return true
  if (typeof inside !== "object" || inside === null) return false
  if (Array.isArray(inside)) return inside.some((element) => holds(element, node))
  const { start, end } = inside as Partial<Spanned>
  if (start === undefined || end === undefined || start > node.start || end < node.end) return false
  return Object.values(inside).some((child) => holds(child, node))
}
