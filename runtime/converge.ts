import type { DesiredHost, DesiredState, ImagePins } from "../lang/index.ts"
import { type Holding, hold } from "./apply/holding.ts"
import { retried } from "./apply/retries.ts"
import { resultOn } from "./apply/run-result.ts"
import { redacted, secretsFor } from "./apply/secrets.ts"
import { type StepResult, walk } from "./apply/walk.ts"
import type { Abilities, Driver } from "./drivers/driver.ts"
import type { Event } from "./model/event.ts"
import type { Failure, Outcome } from "./model/failure.ts"
import type { Observed } from "./model/observed.ts"
import { loadRecordSchema } from "./model/schema.ts"
import { knownPins, withKnown } from "./plan/pins.ts"
import type { Plan } from "./plan/plan.ts"
import { type Repairing, repairPlan, withoutLost } from "./plan/repair.ts"
import type { Selection } from "./plan/selection.ts"
import { secretsWanted } from "./plan/settle.ts"
import { type Excuse, excusedHosts } from "./plan/silent.ts"
import { isEmpty, plan } from "./plan/steps.ts"
import { unsupportedOf } from "./plan/unsupported.ts"
import { unsettled } from "./plan/verify.ts"
import { withVolumesDeleted } from "./plan/volumes.ts"
import { worldDifferences, worldOf } from "./plan/world.ts"
import type { FoundSecret } from "./secrets.ts"
import type { World } from "./world.ts"

export type Options = {
  readonly operation: "apply" | "destroy"
  /** For a destroy: volumes go too, with what is on them. */
  readonly delete_volumes?: true
  /** What of all that there is to do; left out: everything. */
  readonly selection?: Selection
  /** Appliances that shall be made anew although nothing changed: patterns as of a selection. */
  readonly replace?: readonly string[]
  /** Hosts that are left alone: neither looked at nor changed. */
  readonly without?: readonly string[]
  /** Appliances may begin with empty volumes, where those that they had are on a dead host. */
  readonly lose_volumes?: true
  /** Plans from this instead of what was observed. */
  readonly seen?: (observed: Observed) => Observed
}

/** A plan, and what was observed for it. */
export type Planned = { readonly plan: Plan; readonly observed: Observed }

/** How an apply went. */
export type Applied = {
  readonly state: "done" | "failed" | "interrupted"
  /** What was or would have been applied; null when there is none, because of `refusal`. */
  readonly plan: Plan | null
  /** Why nothing was begun, or nothing more after a lease was lost; null when all was tried, or nothing was to do. */
  readonly refusal: Failure | null
  readonly results: readonly StepResult[]
  /** What the hosts still differ in although every step succeeded, and other remarks. */
  readonly warnings: readonly string[]
}

/** Observes and plans. Changes nothing and takes no lease: `--dry-run`, and the question before an apply. */
export async function makePlan(world: World, desired: DesiredState, options: Options): Promise<Outcome<Planned>> {
  return withDrivers(world, reached(desired, options), (opened) => survey(world, opened, desired, options))
}

/** A plan that writes lost and damaged records again from what is there; `set_aside` forgets those of appliances instead. */
export async function makeRepair(world: World, desired: DesiredState, options: Repairing): Promise<Outcome<Plan>> {
  const made = await makePlan(world, desired, { operation: "apply", seen: withoutLost })
  if (!made.ok) return made
  return { ok: true, value: repairPlan(made.value.plan, made.value.observed, options) }
}

/** Applies a plan that was made before, if the world is still the one that it was made for. */
export async function applyPlan(world: World, made: Plan, hosts: readonly DesiredHost[]): Promise<Applied> {
  // Those that did not answer when it was made have no part in it.
  const concerned = hosts.filter((host) => Object.hasOwn(made.world, host.name))
  const ended = await withDrivers(world, { hosts: concerned, excused: new Map() }, ({ drivers }) =>
    withLeases(world, made.cluster, made.operation, drivers, async (holding) => {
      const observed = await observe(world, made.cluster, drivers)
      const stale = worldDifferences(made.world, worldOf(observed))
      if (stale.length > 0) return refused(staleFailure(stale), made)
      return carryOut(world, made, drivers, holding)
    }),
  )
  return ended.ok ? ended.value : refused(ended.failure, made)
}

/**
 * The whole story: observe, plan, apply, observe again. The plan that is applied is made under the lease, so that nothing can have changed in
 * between; an empty one, seen before, takes no lease at all.
 */
export async function converge(world: World, desired: DesiredState, options: Options): Promise<Applied> {
  const ended = await withDrivers(world, reached(desired, options), async (opened): Promise<Outcome<Applied>> => {
    const first = await survey(world, opened, desired, options)
    if (!first.ok) return first
    const drivers = answering(opened.drivers, first.value.plan)
    const silent = silentIn(first.value.observed)
    // A destroy goes on: a cluster without objects may still have a journal and a folder.
    if (isEmpty(first.value.plan) && options.operation === "apply")
      return { ok: true, value: done(first.value.plan, [], []) }
    return withLeases(world, desired.cluster, options.operation, drivers, async (holding) => {
      const planned = await survey(world, { ...opened, drivers, silent }, desired, options)
      return planned.ok ? carryOut(world, planned.value.plan, drivers, holding) : refused(planned.failure, null)
    })
  })
  return ended.ok ? ended.value : refused(ended.failure, null)
}

type Drivers = Readonly<Record<string, Driver>>

/** Hosts to open, and those among them that may stay silent. */
type Reached = { readonly hosts: readonly DesiredHost[]; readonly excused: ReadonlyMap<string, Excuse> }
/** The drivers of those that could be opened, and why the others could not. */
type Opened = { readonly drivers: Drivers; readonly excused: Reached["excused"]; readonly silent: Observed["hosts"] }

/** All hosts that may hold something of a cluster, but those that shall be left alone. */
function reached(desired: DesiredState, { without = [] }: Options): Reached {
  const hosts = [...desired.hosts, ...(desired.former ?? [])].filter(({ name }) => !without.includes(name))
  return { hosts, excused: excusedHosts(desired, without) }
}

/** Those that did not answer then are not asked again: without their lease, what they say now could not be acted on. */
function silentIn({ hosts }: Observed): Observed["hosts"] {
  return Object.fromEntries(Object.entries(hosts).filter(([, seen]) => seen.kind === "unreachable"))
}

/** Those that answered when the plan was made. */
function answering(drivers: Drivers, { world }: Plan): Drivers {
  return Object.fromEntries(Object.entries(drivers).filter(([host]) => Object.hasOwn(world, host)))
}

/** Observe, find out the packages of images that nobody knows, plan. */
async function survey(
  world: World,
  { drivers, excused, silent }: Opened,
  desired: DesiredState,
  {
    operation,
    delete_volumes,
    selection,
    replace = [],
    seen = (observed) => observed,
    without = [],
    lose_volumes,
  }: Options,
): Promise<Outcome<Planned>> {
  const unsupported = operation === "apply" ? unsupportedOf(desired) : null
  if (unsupported !== null) return { ok: false, failure: unsupported }
  const secrets = operation === "apply" ? await secretsOf(world, desired) : noSecrets
  if (!secrets.ok) return secrets
  const answers = await observe(world, desired.cluster, quiet(drivers, valuesIn(secrets.value)))
  const left = without.map((host) => [host, { kind: "unreachable", why: "it is left alone" }] as const)
  const observed: Observed = { hosts: { ...Object.fromEntries(left), ...silent, ...answers.hosts } }
  const pins =
    operation === "apply" ? await resolve(world, drivers, desired, seen(observed)) : { ok: true as const, value: {} }
  if (!pins.ok) return pins
  tell(world, { kind: "phase", phase: "plan" })
  const made = plan({
    desired: operation === "apply" ? desired : null,
    cluster: desired.cluster,
    file: desired.file,
    pins: pins.value,
    observed: seen(observed),
    secrets: secrets.value,
    selection,
    replace: { patterns: replace, by: `${world.holder.user}@${world.holder.machine}` },
    excused,
    lose_volumes,
    abilities: abilitiesOf(drivers),
  })
  if (!made.ok) return made
  return { ok: true, value: { plan: delete_volumes ? withVolumesDeleted(made.value, observed) : made.value, observed } }
}

type FoundSecrets = ReadonlyMap<string, FoundSecret>
const noSecrets: { readonly ok: true; readonly value: FoundSecrets } = { ok: true, value: new Map() }

/** The secrets that a cluster asks for. One that nobody knows is told now, before anything is touched. */
async function secretsOf(world: World, desired: DesiredState): Promise<Outcome<FoundSecrets>> {
  const wanted = secretsWanted(desired)
  return wanted.size === 0 ? noSecrets : world.secrets.find(wanted)
}

function valuesIn(secrets: FoundSecrets): readonly string[] {
  return [...secrets.values()].flatMap(({ value }) => (value === null ? [] : [value]))
}

/** The drivers, which from now on say nothing that holds one of these values. */
function quiet(drivers: Drivers, values: readonly string[]): Drivers {
  if (values.length === 0) return drivers
  return Object.fromEntries(Object.entries(drivers).map(([host, driver]) => [host, redacted(driver, values)]))
}

/** All hosts at once. While they answer, what will check their records is made ready. */
async function observe(world: World, cluster: string, drivers: Drivers): Promise<Observed> {
  tell(world, { kind: "phase", phase: "observe" })
  const answers = Object.entries(drivers).map(async ([host, driver]) => [host, await driver.observe(cluster)] as const)
  loadRecordSchema()
  return { hosts: Object.fromEntries(await Promise.all(answers)) }
}

/** The packages of all images: from the lock, the hosts' records, or else resolved on a host that will run the image. */
async function resolve(
  world: World,
  drivers: Drivers,
  desired: DesiredState,
  observed: Observed,
): Promise<Outcome<Record<string, ImagePins>>> {
  const { known, unknown } = knownPins(desired, observed)
  const pins = { ...known }
  if (unknown.length === 0) return { ok: true, value: pins }
  tell(world, { kind: "phase", phase: "resolve" })
  for (const image of unknown) {
    const users = desired.appliances.filter((appliance) => appliance.image === image.id)
    // Planning says which hosts are silent; asking them for packages would only say it worse.
    const host = users.find((one) => observed.hosts[one.host]?.kind === "reachable")?.host
    if (host === undefined) continue
    const { clock, random, stop } = world
    const progress = (message: string) => world.emit({ kind: "waiting", at_ms: clock.now(), host, message })
    const answer = await retried(() => drivers[host]!.resolve(image), { clock, random, stop, progress })
    if (!answer.ok) return answer
    pins[image.id] = withKnown(image, answer.value, observed)
  }
  return { ok: true, value: pins }
}

/** Walk the steps, then look whether the hosts are as they should be. A cluster without objects leaves nothing of itself behind. */
async function carryOut(world: World, made: Plan, open: Drivers, holding: Holding): Promise<Applied> {
  const secrets = await secretsFor(world, made)
  if (!secrets.ok) return refused(secrets.failure, made)
  const drivers = quiet(open, [...secrets.value.values()])
  tell(world, { kind: "phase", phase: "apply" })
  const tokenOf = (host: string) => holding.leaseOf(host).token
  const { lost, run_id } = holding
  const results = await walk({ plan: made, world, drivers, secrets: secrets.value, tokenOf, run_id, lost })
  tellFinished(world, results)
  if (results.some((result) => result.state !== "done")) return unfinished(made, results, world, holding)

  tell(world, { kind: "phase", phase: "verify" })
  const observed = await observe(world, made.cluster, drivers)
  const warnings = unsettled(made, observed, abilitiesOf(drivers))
  for (const [host, seen] of Object.entries(observed.hosts)) {
    if (seen.kind === "unreachable" || seen.objects.length > 0) continue
    const forgotten = await drivers[host]!.forget(made.cluster, holding.leaseOf(host))
    if (!forgotten.ok)
      warnings.push(`host ${host} still holds the folder of ${made.cluster}: ${forgotten.failure.message}`)
  }
  return done(made, results, warnings)
}

async function withDrivers<T>(
  world: World,
  { hosts, excused }: Reached,
  work: (opened: Opened) => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  const silent: Record<string, Observed["hosts"][string]> = {}
  const drivers: Record<string, Driver> = {}
  try {
    for (const host of hosts) {
      const opened = await world.open(host)
      if (opened.ok) drivers[host.name] = opened.value
      else if (excused.has(host.name)) silent[host.name] = { kind: "unreachable", why: opened.failure.message }
      else return opened
    }
    return await work({ drivers, excused, silent })
  } finally {
    await Promise.all(Object.values(drivers).map((driver) => driver.close()))
  }
}

async function withLeases(
  world: World,
  cluster: string,
  operation: string,
  drivers: Drivers,
  work: (holding: Holding) => Promise<Applied>,
): Promise<Outcome<Applied>> {
  const holding = await hold(world, cluster, operation, drivers)
  if (!holding.ok) return holding
  let applied: Applied | null = null
  try {
    applied = await work(holding.value)
    return { ok: true, value: applied }
  } finally {
    const went = applied
    await holding.value.release(went === null ? undefined : (host) => resultOn(host, went))
  }
}

function abilitiesOf(drivers: Drivers): Readonly<Record<string, Abilities>> {
  return Object.fromEntries(Object.entries(drivers).map(([host, driver]) => [host, driver.abilities]))
}

function done(made: Plan, results: readonly StepResult[], warnings: readonly string[]): Applied {
  return { state: "done", plan: made, refusal: null, results, warnings: [...made.warnings, ...warnings] }
}

function refused(failure: Failure, made: Plan | null): Applied {
  const state = failure.kind === "interrupted" ? "interrupted" : "failed"
  return { state, plan: made, refusal: failure, results: [], warnings: [] }
}

function unfinished(made: Plan, results: readonly StepResult[], world: World, { lost }: Holding): Applied {
  const failed = results.some((result) => result.state === "failed" && result.failure.kind !== "interrupted")
  const state = world.stop.aborted && !failed ? "interrupted" : "failed"
  const refusal = lost.aborted ? (lost.reason as Failure) : null
  return { state, plan: made, refusal, results, warnings: made.warnings }
}

function staleFailure(differences: readonly string[]): Failure {
  return {
    kind: "plan-stale",
    message: "the hosts have changed since this plan was made",
    remedy: "plan again",
    output: differences,
  }
}

function tell(
  world: World,
  event: { readonly kind: "phase"; readonly phase: (Event & { kind: "phase" })["phase"] },
): void {
  world.emit({ ...event, at_ms: world.clock.now() })
}

function tellFinished(world: World, results: readonly StepResult[]): void {
  const count = (state: StepResult["state"]) => results.filter((result) => result.state === state).length
  world.emit({
    kind: "finished",
    at_ms: world.clock.now(),
    done: count("done"),
    failed: count("failed"),
    blocked: count("blocked"),
    left: count("left"),
    turned_back: count("turned-back"),
  })
}
