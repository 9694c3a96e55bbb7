import { type DesiredState, showOrigin } from "../../lang/index.ts"
import { showBytes } from "../model/bytes.ts"
import type { Failure, FailureKind } from "../model/failure.ts"
import { fieldsOf } from "../model/fields.ts"
import { overlaps } from "../model/networks.ts"
import type { ManagedObject } from "../model/object.ts"
import type { HostFacts, Observed, Reachable } from "../model/observed.ts"
import { readRecord } from "../model/schema.ts"
import { type Change, reason } from "./changes.ts"
import { lackingOf } from "./features.ts"
import type { PlanInput } from "./steps.ts"

/** Why a cluster cannot be planned on what was observed, before anything is compared; null when it can. */
export function refusalOf(input: PlanInput): Failure | null {
  const { desired, observed, excused } = input
  return (
    unreachable(observed, excused) ??
    damaged(observed) ??
    inLine(desired) ??
    unsuitable(desired, observed) ??
    lacking(input) ??
    missing(input)
  )
}

/** Why changes must not be made although they are what the source asks for: protection and things of others; null when they may. */
export function objectionTo(changes: readonly Change[], observed: Observed): Failure | null {
  return shrinking(changes, observed) ?? protectedOnes(changes) ?? conflicts(changes, observed)
}

/** One failure for several findings: the first as its message when it is alone, else all as output. */
function failure(kind: FailureKind, findings: readonly string[], title: string, remedy: string | null): Failure | null {
  if (findings.length === 0) return null
  if (findings.length === 1) return { kind, message: findings[0]!, remedy, output: [] }
  return { kind, message: title, remedy, output: findings }
}

/**
 * An unreachable host may be well and full of appliances: nothing is concluded from its silence. One that can be mended, since its key is
 * not trusted or it does not let us in, says how.
 */
function unreachable(observed: Observed, excused: PlanInput["excused"]): Failure | null {
  const silent = Object.entries(observed.hosts).flatMap(([host, seen]) =>
    seen.kind === "unreachable" && excused?.has(host) !== true ? [{ host, ...seen }] : [],
  )
  const mendable = silent.flatMap(({ failure }) => failure ?? [])
  if (silent.length === 1 && mendable.length === 1) return mendable[0]!
  const findings = silent.map(({ host, why, failure }) => failure?.message ?? `host ${host} does not answer: ${why}`)
  const remedies = [...new Set(mendable.flatMap(({ remedy }) => remedy ?? []))]
  return failure(
    mendable[0]?.kind ?? "host-unreachable",
    findings,
    `${findings.length} hosts ${mendable.length === 0 ? "do not answer" : "cannot be worked on"}`,
    remedies.length > 0
      ? remedies.join("; ")
      : "mend the connection and try again; nothing was changed. When it is dead: `appl host fence`; to go on without it: --without",
  )
}

/** A record that a newer appl wrote, or that was written by hand or cut short: what it says cannot be compared, and guessing could replace what runs well. */
function damaged(observed: Observed): Failure | null {
  const unread = reachable(observed).flatMap(([host, seen]) =>
    seen.objects.flatMap(({ address, record }) => {
      const read = record === null ? null : readRecord(record)
      return read === null || read.ok ? [] : [{ what: `the record of ${address} on host ${host}`, ...read.failure }]
    }),
  )
  const newer = unread.filter(({ remedy }) => remedy !== null)
  const findings = (newer.length > 0 ? newer : unread).map(({ what, message }) =>
    newer.length > 0 ? `${what} cannot be read: ${message}` : `${what} is damaged: ${message}`,
  )
  return failure(
    "host-unsuitable",
    findings,
    `${findings.length} records ${newer.length > 0 ? "cannot be read" : "are damaged"}`,
    newer[0]?.remedy ?? "appl repair FILE rebuilds records from what is there",
  )
}

/** Beside what it is put before, it would see nothing of what it is there for. */
function inLine(desired: DesiredState | null): Failure | null {
  const findings = (desired?.inserts ?? []).map(
    ({ appliance, before, network, origin }) =>
      `${showOrigin(origin)}: ${appliance} is put in line before ${before.join(", ") || "nothing"} on ${network}, which cannot be run yet`,
  )
  return failure(
    "host-unsuitable",
    findings,
    `${findings.length} appliances are put in line before others, which cannot be run yet`,
    "take the `insert` away until a version that runs it; `appl check` and `appl graph` know it already",
  )
}

function unsuitable(desired: DesiredState | null, observed: Observed): Failure | null {
  const findings = (desired?.appliances ?? []).flatMap(({ id, host, form }) => {
    const seen = observed.hosts[host]
    if (seen?.kind !== "reachable" || seen.facts.forms.includes(form)) return []
    return [`host ${host} cannot run ${id} as a ${form}; it runs ${seen.facts.forms.join(", ") || "nothing"}`]
  })
  return failure(
    "host-unsuitable",
    findings,
    `${findings.length} appliances have a form that their host cannot run`,
    "run `appl doctor` to see what is missing, or choose another form",
  )
}

function lacking(input: PlanInput): Failure | null {
  const found = lackingOf(input)
  const findings = found.map(({ finding }) => finding)
  const remedy = [...new Set(found.map(({ remedy }) => remedy))].join("; ")
  return failure("host-unsuitable", findings, "appliances ask for what their host cannot give", remedy)
}

function missing({ desired, observed }: PlanInput): Failure | null {
  const findings = reachable(observed).flatMap(([host, seen]) => {
    const concerned = seen.objects.length > 0 || desired?.appliances.some((appliance) => appliance.host === host)
    if (!concerned || seen.facts.missing.length === 0) return []
    return [`host ${host} lacks ${seen.facts.missing.join(", ")}`]
  })
  return failure(
    "package-missing",
    findings,
    `${findings.length} hosts lack packages`,
    "run `appl host prepare`, which installs them",
  )
}

/** Protection is remembered by the record, so that deleting the line does not lift it; saying `protect = false` does. */
function protectedOnes(changes: readonly Change[]): Failure | null {
  const findings = changes.flatMap(({ action, situation, reasons, superseded }) => {
    const record = situation.current?.record
    if (superseded !== undefined) return []
    if ((action !== "delete" && action !== "replace") || record?.kind !== "appliance") return []
    const holder = situation.object ?? record
    if (!fieldsOf(record, "appliance").protect || !fieldsOf(holder, "appliance").protect) return []
    return [`${situation.address} is protected and would be ${action}d: ${(reasons[0] ?? reason("it changed")).what}`]
  })
  return failure(
    "protected",
    findings,
    `${findings.length} protected appliances would be lost`,
    "set `protect = false` there and apply, then try again",
  )
}

/** A volume that became smaller would have to lose something: whoever wants that copies it. */
function shrinking(changes: readonly Change[], observed: Observed): Failure | null {
  const findings = changes.flatMap(({ situation: { object, address, host } }) => {
    const seen = observed.hosts[host]
    if (object?.kind !== "appliance" || seen?.kind !== "reachable") return []
    const place = object.origins.volumes ?? object.origin
    return fieldsOf(object, "appliance").volumes.flatMap(({ name, size_bytes }) => {
      const there = seen.volumes.find((volume) => `appliance/${volume.appliance}` === address && volume.name === name)
      // The least that a host makes is larger than what was asked for.
      const has = there?.size_bytes ?? 0
      if (has <= Math.max(size_bytes, least_bytes)) return []
      return [
        `${showOrigin(place)}: the volume ${name} of ${address.slice("appliance/".length)} has ${showBytes(has)} and would shrink to ${showBytes(size_bytes)}`,
      ]
    })
  })
  return failure(
    "conflict",
    findings,
    `${findings.length} volumes would shrink`,
    "volumes only grow: keep the size, or make another volume beside it, copy what is to be kept, and take this one away",
  )
}

/** Only what would be made or altered can conflict: what runs already has proven that it does not. */
function conflicts(changes: readonly Change[], observed: Observed): Failure | null {
  const findings = changes.flatMap(({ action, situation, touched }) => {
    const { object, host } = situation
    const seen = observed.hosts[host]
    if (object === null || seen?.kind !== "reachable" || action === "keep") return []
    if (object.kind === "publish" && action === "create") return portConflicts(object, seen)
    const new_range = action === "create" || action === "replace" || touched.fields.includes("cidr")
    if (object.kind === "network" && new_range) return networkConflicts(object, seen, fieldsOf(object, "network").cidr)
    if (object.kind === "appliance" && (action === "create" || action === "move" || touched.fields.includes("nics")))
      return uplinkConflicts(object, seen)
    return []
  })
  return failure(
    "conflict",
    findings,
    `${findings.length} conflicts with what others have here`,
    "choose another network or port, for example with `--set`, or remove what holds it",
  )
}

function portConflicts(object: ManagedObject, seen: Reachable): string[] {
  const { port, protocol } = fieldsOf(object, "publish")
  return seen.foreign.ports
    .filter((taken) => taken.port === port && taken.protocol === protocol)
    .map(({ owner }) => `port ${port}/${protocol} of host ${object.host} is taken by ${owner}`)
}

function networkConflicts(object: ManagedObject, seen: Reachable, cidr: string): string[] {
  return seen.foreign.networks
    .filter((taken) => !taken.cidr.endsWith("/0") && overlaps(cidr, taken.cidr))
    .map((taken) => `${object.address} is ${cidr}, and host ${object.host} has ${taken.cidr} already: ${taken.owner}`)
}

function uplinkConflicts(object: ManagedObject, seen: Reachable): string[] {
  return fieldsOf(object, "appliance")
    .nics.filter((nic) => nic.network === null)
    .flatMap((nic) => networkConflicts(object, seen, `${nic.address}/${nic.prefix}`))
}

/** The least that a file system takes. */
const least_bytes = 8 * 2 ** 20

function reachable(observed: Observed): [string, Reachable][] {
  return Object.entries(observed.hosts).flatMap(([host, seen]) =>
    seen.kind === "reachable" ? [[host, seen] as [string, Reachable]] : [],
  )
}

/** The facts of the hosts that answered, by name. */
export function factsOf(observed: Observed): ReadonlyMap<string, HostFacts> {
  return new Map(reachable(observed).map(([host, seen]) => [host, seen.facts]))
}
