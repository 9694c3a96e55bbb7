import { planAddresses } from "./addresses/plan.ts"
import { readTopology } from "./addresses/topology.ts"
import { desire } from "./desired/desire.ts"
import type { DesiredState } from "./desired/desired-state.ts"
import { type Lock, lockSection } from "./desired/lock.ts"
import { nextLock } from "./desired/next-lock.ts"
import { vetAppliances } from "./desired/vet.ts"
import { checkLinks, checkMachines } from "./placement/machines.ts"
import { placeModel } from "./placement/model.ts"
import type { Report } from "./report/diagnostic.ts"
import type { Files } from "./text/files.ts"
import { type ExpandInput, expand } from "./values/evaluate.ts"
import type { Model } from "./values/model.ts"
import { openFlows } from "./wiring/flows.ts"
import { gatewayFacts } from "./wiring/gateways.ts"
import { checkPorts } from "./wiring/ports.ts"
import { pathBetween } from "./wiring/reach.ts"
import { standardProviders } from "./wiring/standard.ts"
import { startOrder } from "./wiring/start-order.ts"
import { wire } from "./wiring/wire.ts"

/** A cluster of a program that was checked, and all that decides what becomes of it. */
export type Realisable = ExpandInput & {
  readonly deployed: string
  /** The `.appl` file, as people name it. */
  readonly file: string
  readonly files: Files
  /** The folder of the standard modules. */
  readonly standard: string
  readonly lock: Lock | null
}

/** A cluster with every address, wire and place; its fields may be read. */
export type Realised = { readonly model: Model; readonly desired: DesiredState; readonly lock: Lock }

/** From a checked cluster to its desired state: expanded, wired, addressed, placed. Null when there was an error, which is reported. */
export function realise(input: Realisable, report: Report): Realised | null {
  const locked = lockSection(input.lock, input.deployed)
  const model = expand(input, report)
  if (model === null || report.failed) return null

  const topology = readTopology(model, report)
  const wires = wire(model, topology, standardProviders(input.standard, input.files), report)
  const order = startOrder(model, wires, report)
  const { nics, locked: addresses } = planAddresses(model, topology, locked, report)
  checkMachines(model, report)
  const placed = placeModel(model, locked?.placement ?? {}, report)
  checkLinks(model, nics, placed, report)
  if (report.failed) return null

  model.facts.nics = nics
  model.facts.towards = (consumer, provider) => pathBetween(consumer, provider, nics, topology)?.to ?? null
  checkPorts(model, report)
  const flows = openFlows(model, topology, wires, report)
  model.facts.gateways = gatewayFacts(topology, nics, flows)
  model.finish()
  vetAppliances(model, report)
  if (report.failed) return null

  const desired = desire({ model, file: input.file, topology, wires, order, nics, flows, placed, lock: locked })
  return report.failed ? null : { model, desired, lock: nextLock(input.lock, desired, addresses) }
}
