import { planAddresses } from "./addresses/plan.ts"
import { readTopology } from "./addresses/topology.ts"
import { desire } from "./desired/desire.ts"
import type { DesiredState } from "./desired/desired-state.ts"
import { type Lock, lockSection } from "./desired/lock.ts"
import { nextLock } from "./desired/next-lock.ts"
import { vetAppliances } from "./desired/vet.ts"
import { bind } from "./names/bind.ts"
import { chooseCluster, deployedName } from "./names/choose.ts"
import { load } from "./names/load.ts"
import { checkLinks, checkMachines } from "./placement/machines.ts"
import { placeModel } from "./placement/model.ts"
import type { Diagnostic } from "./report/diagnostic.ts"
import { makeReport } from "./report/report.ts"
import type { Files } from "./text/files.ts"
import { check } from "./types/check.ts"
import { makeLibrary } from "./values/content.ts"
import { expand, expandFile } from "./values/evaluate.ts"
import type { ParamInput } from "./values/inputs.ts"
import { templateChecker } from "./values/templates.ts"
import { openFlows } from "./wiring/flows.ts"
import { gatewayFacts } from "./wiring/gateways.ts"
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
  /** The values of secrets that were given for params, by the name that stands for each in `desired`. For the runtime alone. */
  readonly secrets: ReadonlyMap<string, string>
}

/** From source text to a desired state. Each phase reports what it finds; what an error makes meaningless is not tried. */
export function compile(input: Input): Compiled {
  const report = makeReport()
  const stopped: Compiled = { desired: null, lock: null, diagnostics: report.diagnostics, secrets: new Map() }

  const program = load(input.entry, input.files, input.standard, report)
  const bindings = bind(program, report)
  const library = makeLibrary(input.files, report)
  const types = check(program, bindings, report, templateChecker(library, report))
  const cluster = chooseCluster(program, bindings, input.cluster, report)
  const deployed = cluster === null ? null : deployedName(cluster, input.deployed, report)
  const { params, limit } = input
  if (cluster === null && !report.failed) expandFile({ program, bindings, types, library, limit }, report)
  if (cluster === null || deployed === null || report.failed) return stopped

  const locked = lockSection(input.lock, deployed)
  const model = expand({ program, bindings, types, library, cluster, deployed, params, limit }, report)
  if (model === null || report.failed) return stopped

  const topology = readTopology(model, report)
  const wires = wire(model, topology, standardProviders(input.standard, input.files), report)
  const order = startOrder(model, wires, report)
  const { nics, locked: addresses } = planAddresses(model, topology, locked, report)
  checkMachines(model, report)
  const placed = placeModel(model, locked?.placement ?? {}, report)
  checkLinks(model, nics, placed, report)
  if (report.failed) return stopped

  model.facts.nics = nics
  model.facts.towards = (consumer, provider) => pathBetween(consumer, provider, nics, topology)?.to ?? null
  checkPorts(model, report)
  const flows = openFlows(model, topology, wires, report)
  model.facts.gateways = gatewayFacts(topology, nics, flows)
  model.finish()
  vetAppliances(model, report)
  if (report.failed) return stopped

  const desired = desire({ model, file: input.entry, topology, wires, order, nics, flows, placed, lock: locked })
  return report.failed
    ? stopped
    : {
        desired,
        lock: nextLock(input.lock, desired, addresses),
        diagnostics: report.diagnostics,
        secrets: model.secrets,
      }
}
