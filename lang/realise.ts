import { type EldestNames, planAddresses } from "./addresses/plan.ts"
import { readTopology } from "./addresses/topology.ts"
import { desire, type Findings } from "./desired/desire.ts"
import type { DesiredState } from "./desired/desired-state.ts"
import { formerHosts } from "./desired/former.ts"
import { type Lock, lockSection } from "./desired/lock.ts"
import { eldestNames, followMoves, settleMoves } from "./desired/moves.ts"
import { nextLock } from "./desired/next-lock.ts"
import { vetAppliances } from "./desired/vet.ts"
import { vetElastic } from "./desired/vet-elastic.ts"
import { chooseCluster, chooseSet, deployedName } from "./names/choose.ts"
import type { Bindings, Program } from "./names/symbol.ts"
import { checkMachines } from "./placement/machines.ts"
import { type Discovered, hostsOf, placeModel } from "./placement/model.ts"
import type { Diagnostic, Report } from "./report/diagnostic.ts"
import type { Files } from "./text/files.ts"
import type { Types } from "./types/type.ts"
import type { Library } from "./values/content.ts"
import { type ExpandInput, expand, expandFile } from "./values/evaluate.ts"
import type { ParamInput } from "./values/inputs.ts"
import type { Model } from "./values/model.ts"
import { openFlows } from "./wiring/flows.ts"
import { gatewayFacts } from "./wiring/gateways.ts"
import { lineUp } from "./wiring/inserts.ts"
import { checkPorts } from "./wiring/ports.ts"
import { pathBetween } from "./wiring/reach.ts"
import { standardProviders } from "./wiring/standard.ts"
import { startOrder } from "./wiring/start-order.ts"
import { wire } from "./wiring/wire.ts"
/** What a compilation starts from. Everything that can change its answer is in here. */
export type Input = {
  /** The `.appl` file, as the user named it. */
  readonly entry: string
  readonly files: Files
  /** The folder of the standard modules: `std/nginx` is `<standard>/nginx`. */
  readonly standard: string
  /** The folder of all fetched modules; null or absent: none is here. */
  readonly modules?: string | null
  /** Which cluster of the file; null: its only one. */
  readonly cluster: string | null
  /** The deployed name (`--as`); null: the cluster's own. */
  readonly deployed: string | null
  /** Values for params, strongest first: `--set`, environment, `--params`. */
  readonly params: readonly ParamInput[]
  /** A set of params beside the cluster, which is weaker than all of `params`; without it, or with null, there is none. */
  readonly set?: string | null
  readonly lock: Lock | null
  /** What hosts were found to have, by name: planning says it when they have less than is wanted of them. Absent: nobody has looked. */
  readonly discovered?: Readonly<Record<string, Discovered>>
  /** How many things, elements and entries evaluation may make. */
  readonly limit: number
}

export type Compiled = {
  /** Null when there was an error. */
  readonly desired: DesiredState | null
  /** The lock as it shall be written by apply; null when there was an error. */
  readonly lock: Lock | null
  readonly diagnostics: readonly Diagnostic[]
  /** The cluster as it was evaluated; null when there was an error. */
  readonly model: Model | null
}

/** A program whose names and types are known. */
export type Checked = {
  readonly program: Program
  readonly bindings: Bindings
  readonly types: Types
  readonly library: Library
}

/**
 * From a checked program to a desired state: the cluster is chosen, unfolded, wired, addressed and placed. The second half of `compile`,
 * which the editor does after a pause. Nothing is tried after an error.
 */
export function realise(checked: Checked, input: Input, report: Report): Compiled {
  const chosen = choose(checked, input, report)
  const realised = chosen === null ? null : realiseCluster(chosen, report)
  const { diagnostics } = report
  return realised === null ? { desired: null, lock: null, diagnostics, model: null } : { ...realised, diagnostics }
}

/** The same for who does not need the desired state: what is reported is the same, and a third of the time is saved. */
export function survey(checked: Checked, input: Input, report: Report): Surveyed {
  const chosen = choose(checked, input, report)
  const settled = chosen === null ? null : settleCluster(chosen, report)
  const { diagnostics } = report
  if (settled === null) return { cluster: null, diagnostics }
  const { model, flows } = settled
  const counts = { appliances: model.appliances.length, networks: model.networks.length, flows: flows.openings.length }
  return { cluster: { name: model.deployed, ...counts }, diagnostics }
}

/** What `appl check` says. */
export type Surveyed = {
  /** Null when there was an error, or no cluster. */
  readonly cluster: {
    readonly name: string
    readonly appliances: number
    readonly networks: number
    readonly flows: number
  } | null
  readonly diagnostics: readonly Diagnostic[]
}

/** Which cluster of the program; null when there is none, or an error. A file without clusters is evaluated here. */
function choose({ program, bindings, types, library }: Checked, input: Input, report: Report): Realisable | null {
  const cluster = chooseCluster(program, bindings, input.cluster, report)
  const deployed = cluster === null ? null : deployedName(cluster, input.deployed, report)
  const { entry, files, standard, lock, params, limit, discovered } = input
  if (cluster === null && !report.failed) expandFile({ program, bindings, types, library, limit }, report)
  if (cluster === null || deployed === null || report.failed) return null
  const set = input.set == null ? null : chooseSet(cluster, bindings, input.set, report)
  if (report.failed) return null
  return {
    program,
    bindings,
    types,
    library,
    cluster,
    deployed,
    params,
    set,
    limit,
    file: entry,
    files,
    standard,
    lock,
    discovered,
  }
}

/** A cluster of a program that was checked, and all that decides what becomes of it. */
export type Realisable = ExpandInput & {
  readonly deployed: string
  /** The `.appl` file, as people name it. */
  readonly file: string
  readonly files: Files
  /** The folder of the standard modules. */
  readonly standard: string
  readonly lock: Lock | null
  readonly discovered?: Input["discovered"]
}

/** A cluster with every address, wire and place; its fields may be read. */
export type Realised = { readonly model: Model; readonly desired: DesiredState; readonly lock: Lock }

/** From a checked cluster to its desired state: expanded, wired, addressed, placed. Null when there was an error, which is reported. */
export function realiseCluster(input: Realisable, report: Report): Realised | null {
  const settled = settleCluster(input, report)
  if (settled === null) return null
  const desired = desire(settled)
  return { model: settled.model, desired, lock: nextLock(input.lock, desired, settled.addresses, settled.names) }
}

/** All that is known of a cluster when nothing can be wrong with it any more. */
type Settled = Findings & {
  readonly addresses: Lock["deployed"][string]["addresses"]
  readonly names: EldestNames
}

function settleCluster(input: Realisable, report: Report): Settled | null {
  const locked = lockSection(input.lock, input.deployed)
  const model = expand(input, report)
  if (model === null || report.failed) return null

  const moves = settleMoves(model, report)
  const names = eldestNames(moves, locked)
  const kept = followMoves(locked, moves)
  const topology = readTopology(model, report)
  const inserts = lineUp(model, topology, report)
  const wires = wire(model, topology, standardProviders(input.standard, input.files), report)
  const order = startOrder(model, wires, report)
  const { nics, further, locked: addresses } = planAddresses(model, topology, kept, names, report)
  checkMachines(model, report)
  const hosts = formerHosts(kept, hostsOf(model))
  const placed = placeModel(model, { ...hosts, discovered: input.discovered ?? {} }, report)
  if (report.failed) return null

  model.facts.nics = nics
  model.facts.towards = (consumer, provider) => pathBetween(consumer, provider, nics, topology)?.to ?? null
  checkPorts(model, report)
  const flows = openFlows(model, topology, wires.wires, report)
  model.facts.gateways = gatewayFacts(topology, nics, flows)
  model.finish()
  vetAppliances(model, report)
  vetElastic(model, topology, placed, report)
  if (report.failed) return null

  const found = { model, file: input.file, topology, wires: wires.wires, order, nics, further, flows, placed }
  return { ...found, inserts, moves, lock: locked, addresses, names, former: hosts }
}
