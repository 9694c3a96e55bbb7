import type { ServiceSymbol, Unit } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import type { Span } from "../text/source.ts"
import type { Type } from "../types/type.ts"
import type { Drawing } from "./drawing.ts"
import type { Code, Frame, Slot } from "./frame.ts"
import type { Tracer } from "./trace.ts"
import type { Value } from "./value.ts"

/**
 * What a thing is made of, worked out once for all things of one declaration: for each field where its values stand, and what is
 * provided, needed and checked. Where a body has `for` or `if`, each thing has a layout of its own.
 */
export type Layout = {
  readonly slots: ReadonlyMap<string, SlotPlan>
  /** The names of those that somebody wrote. */
  readonly written: readonly string[]
  /** How many values a thing keeps: those that differ from thing to thing. */
  readonly size: number
  /** What an instance gives for a need. */
  readonly picks: ReadonlyMap<string, Entry>
  readonly needs: readonly NeedPlan[]
  readonly provides: readonly ProvidePlan[]
  readonly checks: readonly CheckPlan[]
  readonly allows: readonly AllowPlan[]
  readonly asserts: readonly AssertPlan[]
}

/** A field or param: its type and what gives its value, the weakest first. */
export type SlotPlan = {
  readonly name: string
  readonly type: Type
  readonly entries: readonly Entry[]
  /** The built-in default; `undefined`: none. */
  readonly default: Value | undefined
  /** Where a thing keeps the value; -1: it is the same for all things, or all of a frame, and kept in `shared`. */
  readonly index: number
  readonly shared: SharedValue
  /** How deep its expressions are, together. */
  readonly depth: number
}

/** The value that all things of a declaration have which were made in one frame: what a loop does not change, once for the loop. */
export type SharedValue = { at: Frame | null; value: Slot }

/** A value that is written somewhere, with the frame that its names are read in. */
export type Entry = {
  readonly operator: tree.Operator
  readonly code: Code
  readonly frame: FrameOf
  readonly span: Span
  readonly trace: Tracer
}
/** The frame of a body: that of a level of the class (its bases first), of the instance, or one that an `if` or `for` made. */
export type FrameOf = { readonly level: number } | { readonly frame: Frame }

export type NeedPlan = { readonly item: tree.Needs; readonly service: ServiceSymbol; readonly unit: Unit }
export type ProvidePlan = {
  readonly item: tree.Provides
  readonly unit: Unit
  readonly service: ServiceSymbol
  /** The contract's fields, in its order: what the class says, else the contract's default. */
  readonly fields: ReadonlyMap<string, ProvidedField>
}
export type ProvidedField = { readonly type: Type; readonly entry: Entry | null }
export type CheckPlan = { readonly title: string; readonly entry: Entry }
export type AllowPlan = {
  readonly from: Code
  readonly to: Code
  readonly ports: Code
  readonly frame: FrameOf
  readonly span: Span
}
export type AssertPlan = {
  readonly condition: Code
  readonly message: Code | null
  /** The values in the condition, for when it does not hold. */
  readonly drawing: () => Drawing
  readonly frame: FrameOf
  readonly span: Span
}
