import type { DesiredState } from "../../lang/index.ts"
import type { Failure } from "../model/failure.ts"
import { fieldsOf } from "../model/fields.ts"
import { overlaps } from "../model/networks.ts"
import type { ManagedObject } from "../model/object.ts"
import type { Observed } from "../model/observed.ts"
import { type Change, reason } from "./changes.ts"
import { tunnel_overhead_bytes, type Underlays } from "./underlay.ts"

/**
 * Why a plan is made although a host does not answer: it is no longer in the file, it is dead by somebody's word, or somebody said to leave it
 * alone.
 */
export type Excuse = "left" | "fenced" | "without"

export type Silence = {
  /** Hosts that may be silent, answer or not. */
  readonly excused: ReadonlyMap<string, Excuse>
  readonly observed: Observed
  readonly desired: DesiredState | null
}

/** The hosts that a plan can do without, by why. */
export function excusedHosts(desired: DesiredState, without: readonly string[]): ReadonlyMap<string, Excuse> {
  const away = Object.entries(desired.away ?? {}).filter(([, why]) => why === "fenced")
  return new Map<string, Excuse>([
    ...(desired.former ?? []).map(({ name }) => [name, "left"] as const),
    ...without.map((name) => [name, "without"] as const),
    ...away.map(([name]) => [name, "fenced"] as const),
  ])
}

/**
 * The appliances that must not be started now: they were placed before, are on no host that answers, and may be on one that does not. A fenced
 * host counts as empty: that is what fencing says.
 */
export function heldBack(objects: readonly ManagedObject[], silence: Silence): ReadonlySet<ManagedObject> {
  const { desired, observed } = silence
  if (silentHosts(silence).every(({ excuse }) => excuse === "fenced")) return new Set()
  const there = recorded(observed)
  const before = new Map((desired?.moved ?? []).map(({ from, to }) => [to, from]))
  return new Set(
    objects.filter(({ kind, address, host }) => {
      const id = address.slice("appliance/".length)
      if (kind !== "appliance" || observed.hosts[host]?.kind !== "reachable") return false
      const old = before.get(id)
      const known = desired?.last !== undefined && Object.hasOwn(desired.last, id)
      return known && !there.has(address) && (old === undefined || !there.has(`appliance/${old}`))
    }),
  )
}

/** What a person has to know of hosts that do not answer: what may be on each, and what is not done because of that. */
export function silenceWarnings(held: ReadonlySet<ManagedObject>, silence: Silence): string[] {
  const { desired } = silence
  const hosts = silentHosts(silence).map(({ host, excuse, why }) => {
    const on = Object.entries(desired?.last ?? {}).flatMap(([id, at]) => (at === host ? [id] : []))
    const holds = on.length === 0 ? "things of this cluster" : listed(on)
    if (excuse === "fenced")
      return `host ${host} is fenced: when it comes back, its ${holds} must go before it is returned`
    const what =
      excuse === "left" ? `is no longer in ${desired?.file ?? "the file"} and does not answer (${why})` : "is left out"
    return `host ${host} ${what}: it may still hold ${holds}`
  })
  const waiting = [...held].map(({ address }) => address.slice("appliance/".length))
  if (waiting.length === 0) return hosts
  return [
    ...hosts,
    `not started, since they may run there: ${listed(waiting)}; \`appl host fence\` says that a host is off`,
  ]
}

/** Appliances with volumes whose host is dead: they would begin with empty ones. Null when there are none, or when that was asked for. */
export function lostVolumes(changes: readonly Change[], silence: Silence): Failure | null {
  const findings = changes.filter((change) => fencedHostOf(change, silence) !== null && volumesOf(change).length > 0)
  if (findings.length === 0) return null
  const lines = findings.map((change) => {
    const id = change.situation.address.slice("appliance/".length)
    return `${id} would begin without what is on ${volumesOf(change).join(", ")}, on host ${fencedHostOf(change, silence)}`
  })
  return {
    kind: "protected",
    message: lines.length === 1 ? lines[0]! : `${lines.length} appliances would begin without what is on their volumes`,
    remedy: "bring the host back, or apply with --lose-volumes and restore them from a backup",
    output: lines.length === 1 ? [] : lines,
  }
}

/** The same changes, where what a dead host had says so. */
export function withFencedReasons(changes: readonly Change[], silence: Silence): Change[] {
  return changes.map((change) => {
    const host = fencedHostOf(change, silence)
    if (host === null) return change
    const origin = change.situation.object!.origin
    const lost = volumesOf(change).length > 0 ? "; restore its volumes from a backup" : ""
    return { ...change, reasons: [reason(`it was on host ${host}, which is fenced${lost}`, { origin, drift: true })] }
  })
}

/**
 * The addresses of hosts that do not answer, as those that do were told them last: what is left alone keeps its links. Their prefix is that of
 * whoever shares it.
 */
export function rememberedUnderlays(known: Underlays, observed: Observed): Underlays {
  const all = new Map(known)
  for (const seen of Object.values(observed.hosts)) {
    for (const { record } of seen.kind === "reachable" ? seen.objects : []) {
      if (record?.kind !== "network") continue
      const { link, mtu } = fieldsOf(record, "network")
      for (const { host, address } of link?.peers ?? []) {
        if (all.has(host) || observed.hosts[host]?.kind !== "unreachable") continue
        const near = [...known.values()].find((one) => overlaps(`${one.address}/${one.prefix}`, address))
        const prefix = near?.prefix ?? 32
        all.set(host, { address, prefix, device: "", mtu: mtu + tunnel_overhead_bytes, why: "outside" })
      }
    }
  }
  return all
}

function fencedHostOf({ action, situation }: Change, silence: Silence): string | null {
  const id = situation.address.slice("appliance/".length)
  if (action !== "create" || situation.current !== null || situation.object?.kind !== "appliance") return null
  const last = silence.desired?.last
  const host = last !== undefined && Object.hasOwn(last, id) ? last[id]! : null
  return host !== null && silentHosts(silence).some((one) => one.host === host && one.excuse === "fenced") ? host : null
}

function volumesOf({ situation }: Change): readonly string[] {
  return fieldsOf(situation.object!, "appliance").volumes.map(({ name }) => name)
}

function silentHosts({ excused, observed }: Silence): { host: string; excuse: Excuse; why: string }[] {
  return [...excused].flatMap(([host, excuse]) => {
    const seen = observed.hosts[host]
    return seen?.kind === "unreachable" ? [{ host, excuse, why: seen.why }] : []
  })
}

function recorded(observed: Observed): ReadonlySet<string> {
  return new Set(
    Object.values(observed.hosts).flatMap((seen) =>
      seen.kind === "reachable"
        ? seen.objects.filter(({ record }) => record !== null).map(({ address }) => address)
        : [],
    ),
  )
}

function listed(names: readonly string[]): string {
  const [shown, more] = [names.slice(0, 8).join(", "), names.length - 8]
  return more > 0 ? `${shown} and ${more} more` : shown
}
