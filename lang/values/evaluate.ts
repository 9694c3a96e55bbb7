import type { Bindings, ClusterSymbol, Program } from "../names/symbol.ts"
import type { Report } from "../report/diagnostic.ts"
import type * as tree from "../syntax/tree.ts"
import type { Types } from "../types/type.ts"
import { addDeployed } from "./cluster.ts"
import { checksByAppliance } from "./cluster-checks.ts"
import type { Clusters } from "./compiled.ts"
import type { Library } from "./content.ts"
import { addEverywhere } from "./every.ts"
import { makeExpansion } from "./expansion.ts"
import { finishModel } from "./finish.ts"
import type { Evaluation } from "./frame.ts"
import { addGlobals } from "./globals.ts"
import type { ParamInput } from "./inputs.ts"
import { memo } from "./lets.ts"
import type { Model } from "./model.ts"
import { checkPatterns } from "./patterns.ts"
import { hostsOf, settleClusters } from "./settle.ts"

/** What evaluation starts from: a program without errors. */
export type FileInput = {
  readonly program: Program
  readonly bindings: Bindings
  readonly types: Types
  readonly library: Library
  /** How many things, elements and entries may be made. */
  readonly limit: number
  /** What compiles the clusters of a test. */
  readonly clusters?: Clusters
}

/** What expansion starts from: the program, a cluster of it, and what comes in from outside. */
export type ExpandInput = FileInput & {
  readonly cluster: ClusterSymbol
  /** The deployed name; null: the cluster's own. */
  readonly deployed: string | null
  /** Values for params, strongest first. */
  readonly params: readonly ParamInput[]
  /** The set of params that gives what `params` does not; without it none. */
  readonly set?: tree.Params | null
}

/**
 * Unfolds a cluster: params, lets, `for` and `if`, each thing with its identity. Fields are worked out when they are read. Null when a
 * param has no value, or one that does not fit: then nothing more can be said. Reports A0301, A0701 to A0718, A0730, A0731, A08 and A0901 to A0904.
 */
export function expand(input: ExpandInput, report: Report): Model | null {
  const evaluation = makeEvaluation(input, report)
  checkPatterns(evaluation)
  const expansion = makeExpansion(evaluation)
  addGlobals(expansion)
  evaluation.givenAt = (frame, name) => expansion.bodies.get(frame)?.given.get(name) ?? null
  const cluster = addDeployed(expansion, input)
  if (cluster === null) return null
  cluster.home.expandAll()
  evaluation.clusterChecks = memo(() => checksByAppliance(expansion))
  settleClusters(expansion)
  addEverywhere(expansion)
  return {
    deployed: input.deployed ?? input.cluster.name,
    cluster,
    clusters: expansion.clusters,
    hosts: hostsOf(expansion),
    networks: expansion.networks,
    appliances: expansion.appliances,
    inserts: expansion.inserts,
    moves: expansion.moves,
    publishes: expansion.publishes,
    allows: expansion.allows,
    outputs: [...cluster.home.outputs.values()],
    facts: evaluation.facts,
    inside: { place: cluster.home.plan.place, frame: cluster.home.frame },
    secrets: evaluation.secrets,
    finish: () => finishModel(expansion),
  }
}

/** Works out what stands at the top of a file without a cluster, so that its lets and assertions are checked all the same. */
export function expandFile(input: FileInput, report: Report): void {
  const expansion = makeExpansion(makeEvaluation(input, report))
  checkPatterns(expansion.evaluation)
  addGlobals(expansion)
  finishModel(expansion)
}

/** All that the evaluation of one cluster, file or test shares; nothing in it is known yet. */
export function makeEvaluation(input: FileInput, report: Report): Evaluation {
  const { program, bindings, types, library, limit } = input
  return {
    program,
    bindings,
    types,
    library,
    report,
    limit,
    clusters: input.clusters ?? null,
    facts: { clusterWires: null, wires: null, nics: null, towards: null, gateways: null },
    reads: [],
    reported: new Set(),
    globals: new Map(),
    given: new Map(),
    secrets: new Map(),
    generated: new Map(),
    givenAt: () => null,
    blocks: new Map(),
    clusterChecks: () => new Map(),
    steps: 0,
    things: 0,
    depth: 0,
    nesting: 0,
    stopped: false,
  }
}
