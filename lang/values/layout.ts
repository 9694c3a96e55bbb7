import type { ClassSymbol, ServiceSymbol, Unit } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import type { Span } from "../text/source.ts"
import type { Type } from "../types/type.ts"
import type { Drawing } from "./drawing.ts"
import type { Code, Frame, Place, Scope, Slot } from "./frame.ts"
import type { ClusterThing } from "./model.ts"
import type { Tracer } from "./trace.ts"
import type { Value } from "./value.ts"

/** How the appliances of one declaration are made. */
export type InstancePlan = {
  readonly class: ClassSymbol
  readonly levels: ClassLevels
  readonly body: { readonly place: Inner; readonly items: readonly tree.Item[] }
  /** What stands outside of `for` and `if`: all there is, where `unfolds` is false. */
  readonly layout: () => Layout
  readonly unfolds: boolean
  /** The layouts with what `every` adds, by which of them. */
  readonly extended: Map<string, Layout>
}

/** A class with those that it specialises, its bases first; the frames of each level are the parents of the next one's. */
export type ClassLevels = readonly { readonly place: Inner; readonly items: readonly tree.Item[] }[]
export type Inner = Place & { readonly scope: Scope }

/** The body of an `every`, as a level above the instance's, and the cluster that it stands in. */
export type Addition = {
  readonly place: Inner
  readonly items: readonly tree.Item[]
  readonly cluster: ClusterThing | null
}

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
  readonly written: { readonly place: Place; readonly expression: tree.Expression }
  /** Whether an `every` adds it: then it replaces nothing. */
  readonly isAdded: boolean
}
/** The frame of a body: that of a level of the class (its bases first), of the instance, or one that an `if` or `for` made. */
export type FrameOf = { readonly level: number } | { readonly frame: Frame }

export type NeedPlan = {
  readonly item: tree.Needs
  readonly service: ServiceSymbol
  readonly unit: Unit
  /** The cluster of the `every` that adds it; null for a need of the class, which is met where the appliance stands. */
  readonly met: ClusterThing | null
}
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
