import type { DesiredState, Flow, ImagePins, PlacementRow } from "../../lang/index.ts"
import type { Abilities } from "../drivers/driver.ts"
import { showBytes } from "../model/bytes.ts"
import type { Outcome } from "../model/failure.ts"
import { fieldsOf } from "../model/fields.ts"
import type { ManagedObject, ObjectRecord } from "../model/object.ts"
import type { Observed } from "../model/observed.ts"
import { versionsOf } from "../model/secrets.ts"
import type { FoundSecret } from "../secrets.ts"
import { type Change, changeOf, reason } from "./changes.ts"
import { flowKey } from "./firewall.ts"
import { uncarried, withMoves } from "./moves.ts"
import { toObjects } from "./objects.ts"
import { interruptionOf, operationsOf, previousOf, recordedBefore } from "./operations.ts"
import { dependenciesOf, sorted } from "./order.ts"
import { buildsOf, causesOf } from "./parts.ts"
import { packageChanges } from "./pins.ts"
import type { Chosen, Plan, PlannedSecret, Rollout, Step } from "./plan.ts"
import { fileDiffs } from "./reasons.ts"
import { factsOf, objectionTo, refusalOf } from "./refusals.ts"
import { renamedOver, takenOver } from "./renames.ts"
import { type Replacing, withReplacements } from "./replacing.ts"
import { type Dependencies, type Rolling, rolloutsOf, turnBackOf, watched, withBatches } from "./rollouts.ts"
import { type Selection, select } from "./selection.ts"
import { type SettledState, secretsWanted, settle } from "./settle.ts"
import { madeFrom } from "./show.ts"
import {
  type Excuse,
  heldBack,
  lostVolumes,
  rememberedUnderlays,
  silenceWarnings,
  withFencedReasons,
} from "./silent.ts"
import { placeOf, situationsOf } from "./situation.ts"
import { trafficOf } from "./traffic.ts"
import { linkFailure, underlaysOf } from "./underlay.ts"
import { type UnusedVolume, unusedAfter } from "./volumes.ts"
import { worldOf } from "./world.ts"

export type PlanInput = {
  /** What shall be; null: nothing of the cluster shall be left. */
  readonly desired: DesiredState | null
  readonly cluster: string
  readonly file: string
  /** The resolved packages of every image of `desired`, by its id. */
  readonly pins: Readonly<Record<string, ImagePins>>
  readonly observed: Observed
  /** The secrets that `desired` names, those without a value are made by apply; left out when there are none. */
  readonly secrets?: ReadonlyMap<string, FoundSecret>
  /** What of all that is to be done; left out: everything. */
  readonly selection?: Selection
  /** What shall be made anew although nothing changed, and who says so. */
  readonly replace?: Replacing
  /** The hosts that may be silent, and why; left out: none. */
  readonly excused?: ReadonlyMap<string, Excuse>
  /** Whether appliances may begin with empty volumes, where those that they had are on a dead host. */
  readonly lose_volumes?: true
  /** What the driver of each observed host can do. */
  readonly abilities: Readonly<Record<string, Abilities>>
}

/**
 * From what shall be and what is to what has to be done. Touches no host: all that it knows was observed before. Fails, without a part
 * of a plan, when a host is silent, lacks something, holds a protected object that would go, or others hold what the cluster wants.
 */
export function plan(input: PlanInput): Outcome<Plan> {
  // A host that is silent or lacks something: nothing can be said about the rest.
  const refusal = refusalOf(input)
  if (refusal !== null) return { ok: false, failure: refusal }

  // What only the hosts know, and which value of each secret is meant.
  const settled = settledOf(input)
  if (!settled.ok) return settled

  // What shall exist, as one flat list of objects; each beside what is there under its name, and what that asks for.
  const made = objectsOf(settled.value, input)
  if (!made.ok) return made
  const silence = { ...input, excused: input.excused ?? new Map() }
  const held = heldBack(made.value, silence)
  const objects = made.value.filter((object) => !held.has(object))
  const ending = input.desired === null ? "the cluster is destroyed" : `it is no longer in ${input.file}`
  const situations = situationsOf(objects, input.observed)
  const decided = situations.map((situation) => changeOf(situation, input.abilities[situation.host]!, ending))
  const joined = withMoves(withRestartsOfReplacedNetworks(decided), input.desired)
  const asked = withReplacements(withFencedReasons(joined, silence), input.replace)
  if (!asked.ok) return asked
  const selected = selectedOf(asked.value, input)
  if (!selected.ok) return selected
  const { changes, chosen, after } = selected.value

  // What must not be done, although it is asked for.
  const lost = input.lose_volumes === true ? null : lostVolumes(changes, silence)
  const objection =
    lost ??
    uncarried(changes, input.abilities) ??
    renamedOver(changes, takenOver(changes)) ??
    objectionTo(changes, input.observed)
  if (objection !== null) return { ok: false, failure: objection }

  // The order, and the plan with all that a reader wants to know about it.
  const direct = dependenciesOf(changes, situations)
  const rolling = rolloutsOf(sorted(changes, direct), policiesOf(input))
  const dependencies = withBatches(direct, rolling)
  const named = withImageNames(sorted(changes, dependencies), input, situations)
  const { steps, rollouts } = toSteps(named, dependencies, rolling)
  return {
    ok: true,
    value: {
      version: 2,
      cluster: input.cluster,
      operation: input.desired === null ? "destroy" : "apply",
      file: input.file,
      world: worldOf(input.observed),
      steps,
      rollouts,
      kept: joined.length - changes.length - (chosen?.left.length ?? 0),
      causes: causesOf(steps),
      chosen,
      builds: buildsOf(steps),
      flows: flowChanges(input.desired, after),
      placement: placementOf(input),
      packages: packageChanges(after, input.pins),
      pins: input.pins,
      outputs: settled.value?.outputs ?? [],
      secrets: plannedSecrets(steps, input),
      warnings: [...silenceWarnings(held, silence), ...warningsOf(input, changes)],
    },
  }
}

/** True when there is nothing to do. */
export function isEmpty(plan: Plan): boolean {
  return plan.steps.length === 0
}

/** What is done of all changes, and all changes as they are then, with what stays as it is. */
function selectedOf(
  all: readonly Change[],
  { selection, desired, abilities }: PlanInput,
): Outcome<{ changes: readonly Change[]; chosen: Chosen | null; after: readonly Change[] }> {
  if (selection === undefined || selection.targets.length + selection.excludes.length === 0) {
    const changes = all.filter((change) => change.action !== "keep")
    return { ok: true, value: { changes, chosen: null, after: all } }
  }
  const selected = select(all, desired?.wires ?? [], selection, abilities)
  if (!selected.ok) return selected
  return { ok: true, value: { ...selected.value, after: selected.value.changes } }
}

function settledOf({ desired, observed, secrets }: PlanInput): Outcome<SettledState | null> {
  if (desired === null) return { ok: true, value: null }
  const versions = new Map([...(secrets ?? [])].map(([name, { version }]) => [name, version]))
  return settle(desired, factsOf(observed), versions)
}

/** What shall exist on which host, and how the networks go on between them. Fails when they cannot. */
function objectsOf(settled: SettledState | null, { pins, observed }: PlanInput): Outcome<ManagedObject[]> {
  if (settled === null) return { ok: true, value: [] }
  const facts = factsOf(observed)
  const underlays = rememberedUnderlays(underlaysOf(settled.hosts, facts), observed)
  const traffic = trafficOf(settled)
  const failure = linkFailure(settled, traffic, underlays, facts)
  return failure === null
    ? { ok: true, value: toObjects(settled, pins, underlays, traffic, (host) => facts.has(host)) }
    : { ok: false, failure }
}

/** The secrets that the steps put in place. */
function plannedSecrets(steps: readonly Step[], { desired, secrets }: PlanInput): readonly PlannedSecret[] {
  const wanted = desired === null ? new Map<string, number | null>() : secretsWanted(desired)
  const used = steps.flatMap(({ object }) =>
    object?.kind === "appliance" ? [...versionsOf(fieldsOf(object, "appliance"))] : [],
  )
  return [...new Map(used)].map(([name, version]) => ({
    name,
    version,
    length: secrets?.get(name)?.value === null ? (wanted.get(name) ?? null) : null,
  }))
}

/** An appliance on a network that is made anew has lost its link: it restarts at least, to join the new one. */
function withRestartsOfReplacedNetworks(changes: readonly Change[]): Change[] {
  const replaced = new Set(
    changes.filter(({ action, situation }) => action === "replace" && situation.object?.kind === "network").map(place),
  )
  return changes.map((change): Change => {
    const { object, host } = change.situation
    const gentle = change.action === "keep" || change.action === "update" || change.action === "reload"
    const network = object?.after.find((address) => replaced.has(placeOf(host, address)))
    if (!gentle || object?.kind !== "appliance" || network === undefined) return change
    return { ...change, action: "restart", reasons: [...change.reasons, reason(`${network} is made anew`)] }
  })
}

function place({ situation }: Change): string {
  return placeOf(situation.host, situation.address)
}

/** How the changes of each appliance reach it, by its id. */
function policiesOf({ desired }: PlanInput) {
  return new Map(
    (desired?.appliances ?? []).flatMap(({ id, update }) => (update === null ? [] : [[id, update] as const])),
  )
}

function toSteps(
  changes: readonly Change[],
  dependencies: Dependencies,
  rolling: readonly Rolling[],
): Pick<Plan, "steps" | "rollouts"> {
  const several = new Set(changes.map((change) => change.situation.host)).size > 1
  const id = ({ action, situation }: Change) =>
    `${action} ${situation.address}${several ? ` on ${situation.host}` : ""}`
  const ids = new Map(changes.map((change) => [place(change), id(change)]))
  const policies = new Map(
    rolling.flatMap(({ policy, batches }) => batches.flat().map((change) => [place(change), policy] as const)),
  )
  const steps = changes.map((change): Step => {
    const policy = policies.get(place(change))
    return {
      id: id(change),
      action: change.action,
      address: change.situation.address,
      host: change.situation.host,
      after: [...(dependencies.get(place(change)) ?? [])].map((before) => ids.get(before)!),
      reasons: change.reasons,
      diffs: fileDiffs(
        change.from === undefined ? change.situation : { ...change.situation, current: change.from.current },
      ),
      operations: policy === undefined ? operationsOf(change) : watched(operationsOf(change), policy),
      object: change.situation.object,
      previous: policy?.turn_back === true ? recordedBefore(change) : previousOf(change),
      interruption: interruptionOf(change),
    }
  })
  const rollouts = rolling.map(({ family, policy, batches }): Rollout => {
    const back = batches.flat().flatMap((change) => {
      const operations = turnBackOf(change)
      return operations === null ? [] : [[id(change), operations] as const]
    })
    return {
      family,
      batches: batches.map((batch) => batch.map(id)),
      healthy_ms: policy.healthy_ms,
      back: policy.turn_back ? Object.fromEntries(back) : null,
    }
  })
  return { steps, rollouts }
}

/** An image is called by a digest; its suite and packages say more. */
function withImageNames(
  changes: readonly Change[],
  { desired }: PlanInput,
  situations: readonly Change["situation"][],
): Change[] {
  const names = new Map<string, string>()
  for (const { current } of situations) {
    if (current?.record.kind !== "image") continue
    const { source, packages } = fieldsOf(current.record, "image")
    names.set(current.address.slice("image/".length), [madeFrom(source), ...packages].join(" "))
  }
  for (const { id, source, packages } of desired?.images ?? []) names.set(id, [madeFrom(source), ...packages].join(" "))
  return changes.map((change) => ({
    ...change,
    reasons: change.reasons.map((reason) => {
      if (reason.what !== "`image` changed" || reason.from === null || reason.to === null) return reason
      if (reason.from === reason.to)
        return { ...reason, what: "its image has other package versions", from: null, to: null }
      return { ...reason, from: names.get(reason.from) ?? reason.from, to: names.get(reason.to) ?? reason.to }
    }),
  }))
}

/** Flows that the firewalls' records do not have yet, and those that only they have. */
function flowChanges(desired: DesiredState | null, changes: readonly Change[]): Plan["flows"] {
  const recorded = new Map<string, Flow>()
  for (const { situation } of changes) {
    const record = situation.current?.record
    if (record?.kind === "firewall") for (const flow of flowsOf(record)) recorded.set(flowKey(flow), flow)
  }
  const enforced = new Set<string>()
  for (const { situation } of changes) {
    if (situation.object?.kind === "firewall") for (const key of Object.keys(situation.object.causes)) enforced.add(key)
  }
  return {
    opened: (desired?.flows ?? []).filter((flow) => enforced.has(flowKey(flow)) && !recorded.has(flowKey(flow))),
    closed: [...recorded.entries()].filter(([key]) => !enforced.has(key)).map(([, flow]) => flow),
  }
}

function flowsOf(record: ObjectRecord): Flow[] {
  return fieldsOf(record, "firewall").rules.map(({ from, to, ports, cause }) => {
    const flow = { from: from.end, to: to.end, ports, cause }
    return { ...flow, origin: record.causes[flowKey(flow)]?.[0]?.origin ?? record.origin }
  })
}

/** The table that decided the placement, with what was not declared filled in from what the hosts really have. */
function placementOf({ desired, observed }: PlanInput): PlacementRow[] {
  const facts = factsOf(observed)
  return (desired?.placement ?? []).map((row) => {
    const fact = facts.get(row.host)
    if (row.capacity !== null) return { ...row, source: row.source ?? "declared" }
    if (fact === undefined) return row
    const capacity = { cpus: fact.cpus, memory: fact.memory_bytes, disk: fact.disk_free_bytes }[row.resource]
    return { ...row, capacity, free: capacity - row.wanted, source: "discovered" }
  })
}

function unusedWarning({ host, volume: { appliance, name, used_bytes } }: UnusedVolume): string {
  return `the volume ${name} of ${appliance} is kept on host ${host} (${showBytes(used_bytes)}), and nobody uses it any more: \`appl volume delete\` takes it away`
}

function warningsOf(input: PlanInput, changes: readonly Change[]): string[] {
  const short = placementOf(input)
    .filter((row) => row.resource === "memory" && row.free !== null && row.free < 0)
    .map((row) => `host ${row.host} has less memory than its appliances may use together`)
  const volumes = changes
    .filter(({ action, situation }) => action === "delete" && situation.current?.record.kind === "appliance")
    .filter(({ situation }) => fieldsOf(situation.current!.record, "appliance").volumes.length > 0)
    .map(({ situation }) => `the volumes of ${situation.address} stay`)
  return [...short, ...volumes, ...unusedAfter(input.desired, input.observed).map(unusedWarning)]
}
