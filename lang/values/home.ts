import type { ThingSymbol } from "../names/symbol.ts"
import { allItems } from "../syntax/items.ts"
import type * as tree from "../syntax/tree.ts"
import type { Cluster } from "./cluster-thing.ts"
import { expandItem } from "./expand.ts"
import type { Expansion } from "./expansion.ts"
import { type Evaluation, type Frame, fail, spanOf } from "./frame.ts"
import type { Inner } from "./layout.ts"
import type { HostThing, NetworkThing, OutputThing } from "./model.ts"
import type { Appliance, Network } from "./things.ts"
import type { Value } from "./value.ts"

/** What a declaration makes. */
export type Made = Appliance | Network | HostThing | Cluster
export type Family = Map<string | number | null, Made>

/** The items of a body, and which of them declare a thing or an output: known once for all clusters that have this body. */
export type HomePlan = {
  readonly place: Inner
  readonly items: readonly tree.Item[]
  readonly things: ReadonlyMap<ThingSymbol, readonly number[]>
  readonly outputs: ReadonlyMap<string, readonly number[]>
}

/** What `items` declare, those inside of `for`, `if` and `match` too. */
export function homePlan(place: Inner, items: readonly tree.Item[]): HomePlan {
  const things = new Map<ThingSymbol, number[]>()
  const outputs = new Map<string, number[]>()
  for (const [index, item] of items.entries())
    for (const inner of allItems([item])) {
      if (inner.kind === "output") note(outputs, inner.name.text, index)
      const symbol = place.evaluation.bindings.declared.get(inner as tree.Declaration)
      if (symbol?.kind === "thing") note(things, symbol, index)
    }
  return { place, items, things, outputs }
}

/**
 * What stands in one cluster, or at the top of one file. Things are read by their symbols, also before the item that declares them was
 * unfolded: then it is unfolded first.
 */
export class Home {
  readonly plan: HomePlan
  readonly frame: Frame
  /** Null at the top of a file. */
  readonly cluster: Cluster | null
  readonly families = new Map<ThingSymbol, Family>()
  readonly outputs = new Map<string, OutputThing>()
  readonly hosts: HostThing[] = []
  readonly networks: NetworkThing[] = []
  readonly #expansion: Expansion
  readonly #states: ("waiting" | "running" | "done")[]
  readonly #values = new Map<ThingSymbol, Value>()

  constructor(expansion: Expansion, plan: HomePlan, frame: Frame, cluster: Cluster | null) {
    this.#expansion = expansion
    this.plan = plan
    this.frame = frame
    this.cluster = cluster
    this.#states = plan.items.map(() => "waiting")
  }

  /** What a symbol stands for: the thing, or null when its `if` is not taken; a family as a map by key. */
  read(symbol: ThingSymbol): Value {
    const known = this.#values.get(symbol)
    if (known !== undefined) return known
    for (const index of this.plan.things.get(symbol) ?? []) {
      if (this.#states[index] === "running") return reportUnfolding(this.plan.place.evaluation, symbol)
      this.#run(index)
    }
    const value = standsFor(symbol, this.families.get(symbol))
    this.#values.set(symbol, value)
    return value
  }

  /** An output by its name; null when its `if` is not taken. */
  output(name: string): OutputThing | null {
    for (const index of this.plan.outputs.get(name) ?? []) this.#run(index)
    return this.outputs.get(name) ?? null
  }

  /** Unfolds whatever nobody asked for. */
  expandAll(): void {
    for (const index of this.plan.items.keys()) this.#run(index)
  }

  #run(index: number): void {
    if (this.#states[index] !== "waiting") return
    this.#states[index] = "running"
    const { place, items } = this.plan
    if (!place.evaluation.stopped) expandItem(this.#expansion, items[index]!, this, place, this.frame)
    this.#states[index] = "done"
  }
}

function note<K>(into: Map<K, number[]>, key: K, index: number): void {
  const known = into.get(key)
  if (known === undefined) into.set(key, [index])
  else if (known.at(-1) !== index) known.push(index)
}

function standsFor(symbol: ThingSymbol, family: Family | undefined): Value {
  if (!symbol.keyed) {
    const only = family?.get(null)
    return only === undefined ? null : { kind: "reference", to: only }
  }
  const entries = new Map<string | number, Value>()
  for (const [key, thing] of family ?? []) if (key !== null) entries.set(key, { kind: "reference", to: thing })
  return { kind: "map", entries }
}

function reportUnfolding(evaluation: Evaluation, symbol: ThingSymbol): Value {
  const span = spanOf(symbol.unit, symbol.declaration.name)
  return fail(evaluation, "A0709", span, `\`${symbol.name}\` is read by the \`for\` or \`if\` that makes it`, {
    hint: "which things there are cannot depend on the things themselves",
  })
}
