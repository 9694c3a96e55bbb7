import type { ClassSymbol, Unit } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import type { Cluster } from "./cluster-thing.ts"
import type { Evaluation, Frame, Scope } from "./frame.ts"
import type { Home } from "./home.ts"
import type { AssertPlan, ClassLevels, Inner, InstancePlan } from "./layout.ts"
import type { AllowThing, CheckThing, HostThing, InsertThing, MoveThing, PublishThing } from "./model.ts"
import type { Appliance, Network } from "./things.ts"

/** Everything that expansion makes. Lists are in the order in which things were made. */
export type Expansion = {
  readonly evaluation: Evaluation
  /** What stands at the top of each file. */
  readonly files: Map<Unit, Home>
  /** The cluster whose body a frame is that of. */
  readonly bodies: Map<Frame, Cluster>
  readonly clusters: Cluster[]
  readonly appliances: Appliance[]
  readonly networks: Network[]
  readonly hosts: HostThing[]
  readonly publishes: PublishThing[]
  readonly allows: AllowThing[]
  readonly inserts: InsertThing[]
  readonly moves: MoveThing[]
  readonly everys: EveryThing[]
  readonly checks: CheckThing[]
  readonly asserts: { readonly plan: AssertPlan; readonly frame: Frame }[]
  /** The frames whose lets `finish` reads. */
  readonly frames: { readonly scope: Scope; readonly frame: Frame }[]
  readonly hostnames: Map<string, Appliance>
  readonly classes: Map<ClassSymbol, ClassLevels>
  readonly instances: Map<tree.Instance | tree.Insert, InstancePlan>
  /** What is compiled once for a declaration or a cluster. */
  readonly compiled: Map<object, object>
}

/** An `every`, with where it stands. */
export type EveryThing = {
  readonly item: tree.Every
  readonly place: Inner
  readonly frame: Frame
  readonly cluster: Cluster | null
}

/** An expansion that has made nothing yet. */
export function makeExpansion(evaluation: Evaluation): Expansion {
  return {
    evaluation,
    files: new Map(),
    bodies: new Map(),
    clusters: [],
    appliances: [],
    networks: [],
    hosts: [],
    publishes: [],
    allows: [],
    inserts: [],
    moves: [],
    everys: [],
    checks: [],
    asserts: [],
    frames: [],
    hostnames: new Map(),
    classes: new Map(),
    instances: new Map(),
    compiled: new Map(),
  }
}

/** What is compiled of a declaration, by the node that it is known by, is compiled once, for all its turns. */
export function once<T extends object>(expansion: Expansion, key: object, make: () => T): T {
  const known = expansion.compiled.get(key) as T | undefined
  if (known !== undefined) return known
  const made = make()
  expansion.compiled.set(key, made)
  return made
}
