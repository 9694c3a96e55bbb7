import { planAddresses } from "./addresses/plan.ts"
import { readTopology } from "./addresses/topology.ts"
import { desire } from "./desired/desire.ts"
import type { DesiredState } from "./desired/desired-state.ts"
import { type Lock, lockSection } from "./desired/lock.ts"
import { eldestNames, followMoves, settleMoves } from "./desired/moves.ts"
import { nextLock } from "./desired/next-lock.ts"
import { vetAppliances } from "./desired/vet.ts"
import { chooseCluster, deployedName } from "./names/choose.ts"
import type { Bindings, Program } from "./names/symbol.ts"
import { checkLinks, checkMachines } from "./placement/machines.ts"
import { placeModel } from "./placement/model.ts"
import type { Diagnostic, Report } from "./report/diagnostic.ts"
import type { Files } from "./text/files.ts"
import type { Types } from "./types/type.ts"
import type { Library } from "./values/content.ts"
import { expand, expandFile } from "./values/evaluate.ts"
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
  /** Which cluster of the file; null: its only one. */
  readonly cluster: string | null
  /** The deployed name (`--as`); null: the cluster's own. */
  readonly deployed: string | null
  /** Values for params, strongest first: `--set`, environment, `--params`. */
  readonly params: readonly ParamInput[]
  readonly lock: Lock | null
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
export function realise({ program, bindings, types, library }: Checked, input: Input, report: Report): Compiled {
  const stopped: Compiled = { desired: null, lock: null, diagnostics: report.diagnostics, model: null }
  const cluster = chooseCluster(program, bindings, input.cluster, report)
  const deployed = cluster === null ? null : deployedName(cluster, input.deployed, report)
  const { params, limit } = input
  if (cluster === null && !report.failed) expandFile({ program, bindings, types, library, limit }, report)
  if (cluster === null || deployed === null || report.failed) return stopped

  const locked = lockSection(input.lock, deployed)
  const model = expand({ program, bindings, types, library, cluster, deployed, params, limit }, report)
  if (model === null || report.failed) return stopped

  const moves = settleMoves(model, report)
  const names = eldestNames(moves, locked)
  const kept = followMoves(locked, moves)
  const topology = readTopology(model, report)
  const inserts = lineUp(model, topology, report)
  const wires = wire(model, topology, standardProviders(input.standard, input.files), report)
  const order = startOrder(model, wires, report)
  const { nics, locked: addresses } = planAddresses(model, topology, kept, names, report)
  checkMachines(model, report)
  const placed = placeModel(model, kept?.placement ?? {}, report)
  checkLinks(model, nics, placed, report)
  if (report.failed) return stopped

  model.facts.nics = nics
  model.facts.towards = (consumer, provider) => pathBetween(consumer, provider, nics, topology)?.to ?? null
  checkPorts(model, report)
  const flows = openFlows(model, topology, wires.wires, report)
  model.facts.gateways = gatewayFacts(topology, nics, flows)
  model.finish()
  vetAppliances(model, report)
  if (report.failed) return stopped

  const found = { model, file: input.entry, topology, wires: wires.wires, order, nics, flows, placed, inserts, moves }
  const desired = desire({ ...found, lock: locked })
  return report.failed
    ? stopped
    : { desired, lock: nextLock(input.lock, desired, addresses, names), diagnostics: report.diagnostics, model }
}
