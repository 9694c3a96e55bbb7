import { components } from "../graph/graph.ts"
import type { Unit } from "../names/symbol.ts"
import { type Causes, type Findings, noFindings } from "./problems.ts"
import type { Trace } from "./tables.ts"

/** Units that use each other, in most cases one alone: what is bound and checked together. */
export type Part = {
  readonly units: readonly Unit[]
  /** The parts that its units use. */
  uses: readonly Part[]
  readonly findings: Findings
  causes: Causes
  bound: Trace | null
  checked: Trace | null
  /** The files beside the sources that checking it has asked for. */
  readonly read: Set<string>
}

/**
 * The parts of a program, each after those that it uses. A part of `before` with the same units is the same one; what becomes of the
 * others is the caller's affair.
 */
export function partsOf(units: readonly Unit[], before: readonly Part[]): readonly Part[] {
  const known = new Map(before.map((part) => [part.units[0]!, part]))
  const partOf = new Map<Unit, Part>()
  const parts: Part[] = []
  for (const component of components({ nodes: units, next: (unit) => unit.uses })) {
    const together =
      units.length === 1 || component.length === 1 ? component : units.filter((unit) => component.includes(unit))
    const old = known.get(together[0]!)
    const isSame =
      old !== undefined && old.units.length === together.length && old.units.every((unit) => together.includes(unit))
    const part = isSame ? old : emptyPart(together)
    part.uses = [...new Set(together.flatMap((unit) => [...unit.uses].map((used) => partOf.get(used))))].filter(
      (used) => used !== undefined && used !== part,
    ) as Part[]
    for (const unit of together) partOf.set(unit, part)
    parts.push(part)
  }
  return parts
}

function emptyPart(units: readonly Unit[]): Part {
  return {
    units,
    uses: [],
    findings: noFindings(),
    causes: { syntax: false, unbound: false, codes: new Set() },
    bound: null,
    checked: null,
    read: new Set(),
  }
}
