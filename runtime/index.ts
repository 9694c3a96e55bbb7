/** The only door of `runtime/`: what the commands and the console may know of it. */

export type { Holder, Lease } from "./apply/lease.ts"
export { quietDriver, secretHider } from "./apply/secrets.ts"
export { type Applied, applyPlan, converge, makePlan, makeRepair, type Options, type Planned } from "./converge.ts"
export { discardVolume } from "./discard.ts"
export type { Driver, Entering, Started } from "./drivers/driver.ts"
export type { Finding } from "./drivers/linux/doctor.ts"
export type { Machine } from "./drivers/linux/machine.ts"
export { makeOpener, type Opener } from "./drivers/registry.ts"
export type { SimulatedHosts, Store } from "./drivers/simulated/state.ts"
export { systemClock } from "./hosts/clock.ts"
export { isAlive, localHolder } from "./hosts/local.ts"
export type { Stranger } from "./hosts/ssh/stranger.ts"
export { showBytes } from "./model/bytes.ts"
export type { Event } from "./model/event.ts"
export type { Failure, Outcome } from "./model/failure.ts"
export { type ApplianceFields, fieldsOf } from "./model/fields.ts"
export { mergeRuns, type Run } from "./model/history.ts"
export type { Address } from "./model/object.ts"
export type { HostObserved, ObservedObject } from "./model/observed.ts"
export { type Action, signs } from "./plan/action.ts"
export type { Plan, Step } from "./plan/plan.ts"
export { plan_schema, readPlan } from "./plan/schema.ts"
export type { Selection } from "./plan/selection.ts"
export { settledOutputs } from "./plan/settle.ts"
export { nameOf, showEnd, showPlan, showPorts, titleOf } from "./plan/show.ts"
export { isEmpty } from "./plan/steps.ts"
export { unusedVolumes } from "./plan/volumes.ts"
export {
  type FoundSecret,
  memorySecrets,
  missingSecrets,
  newSecret,
  newVersion,
  type Secrets,
  unknownSecrets,
} from "./secrets.ts"
export type { Clock, World } from "./world.ts"
