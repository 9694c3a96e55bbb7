import { networksOf, type Topology } from "../addresses/topology.ts"
import type { PortSpan } from "../desired/desired-state.ts"
import type { Report } from "../report/diagnostic.ts"
import { firstTime } from "../report/once.ts"
import { entryOf } from "../text/entry.ts"
import type { AllowThing, Model } from "../values/model.ts"
import { display, isList, isObject } from "../values/show.ts"
import type { Value } from "../values/value.ts"
import type { FlowEnd, Opening } from "./flows.ts"
import { covers, portSpans, showPort } from "./ports.ts"
import { areRouted } from "./reach.ts"

/** What is open between two ends, by their keys. */
type Opened = Map<string, { readonly port: PortSpan; readonly cause: string }[]>

/**
 * The flows of every `allow`, of the cluster and of its appliances. One that opens nothing that `before` has not opened is a warning;
 * for those that one line makes many of, only when all of them open nothing.
 */
export function openAllows(
  model: Model,
  topology: Topology,
  before: readonly Opening[],
  report: Report,
): readonly Opening[] {
  const allows = [...model.allows, ...model.appliances.flatMap((appliance) => appliance.allows)]
  if (allows.length === 0) return []
  const opened: Opened = new Map()
  for (const opening of before) note(opening, opened)
  const lines = new Map<string, { readonly allow: AllowThing; outcome: Outcome; readonly by: string | null }>()
  const openings: Opening[] = []
  for (const allow of allows) {
    const line = `${allow.span.source.path} ${allow.span.start}`
    const { outcome, added, by } = openAllow(allow, topology, opened, report)
    const known = lines.get(line)
    if (known === undefined) lines.set(line, { allow, outcome, by })
    else known.outcome = strongest(known.outcome, outcome)
    openings.push(...added)
  }
  for (const { allow, outcome, by } of lines.values()) warn(allow, outcome, by, report)
  return openings
}

type Outcome = "opens" | "known" | "empty" | "wrong"

const strength: readonly Outcome[] = ["empty", "known", "wrong", "opens"]

function strongest(left: Outcome, right: Outcome): Outcome {
  return strength.indexOf(left) < strength.indexOf(right) ? right : left
}

function openAllow(
  allow: AllowThing,
  topology: Topology,
  opened: Opened,
  report: Report,
): { outcome: Outcome; added: readonly Opening[]; by: string | null } {
  const from = endsOf(allow.from())
  const to = endsOf(allow.to())
  const ports = portSpans(allow.ports())
  if (from === null || to === null || ports.length === 0) return { outcome: "wrong", added: [], by: null }
  const added: Opening[] = []
  let outcome: Outcome = "empty"
  let by: string | null = null
  for (const source of from)
    for (const target of to) {
      if (isSame(source, target) || isUnused(source, topology) || isUnused(target, topology)) continue
      if (!hasRoute(source, target, topology)) {
        reportNoRoute(allow, source, target, report)
        outcome = "wrong"
        continue
      }
      const opening = { from: source, to: target, ports, cause: causeOf(source, target, ports), span: allow.span }
      const known = openedBy(opening, opened, topology)
      outcome = strongest(outcome, known === null ? "opens" : "known")
      by ??= known
      if (known !== null) continue
      note(opening, opened)
      added.push(opening)
    }
  return { outcome, added, by }
}

/** The ends that a value stands for; a family or a list stands for all its members. Null where something was reported. */
function endsOf(value: Value): readonly FlowEnd[] | null {
  if (isList(value)) return allEnds(value)
  if (value === null) return []
  if (!isObject(value)) return null
  switch (value.kind) {
    case "map":
      return allEnds([...value.entries.values()])
    case "outside":
      return [{ kind: "outside" }]
    case "cidr":
      return [{ kind: "cidr", cidr: value }]
    case "ip":
      return [{ kind: "cidr", cidr: { kind: "cidr", address: value.address, prefix: 32 } }]
    case "provided":
      return [{ kind: "appliance", appliance: value.provided.appliance }]
    case "reference":
      if (value.to.kind === "appliance") return [{ kind: "appliance", appliance: value.to }]
      return value.to.kind === "network" ? [{ kind: "network", network: value.to }] : null
    default:
      return null
  }
}

function allEnds(values: readonly Value[]): readonly FlowEnd[] | null {
  const ends: FlowEnd[] = []
  for (const value of values) {
    const found = endsOf(value)
    if (found === null) return null
    ends.push(...found)
  }
  return ends
}

/** How an end is named to people and in keys: `web[1]`, `dmz`, `10.0.0.0/8`, `outside`. */
export function showEnd(end: FlowEnd): string {
  if (end.kind === "appliance") return end.appliance.id
  if (end.kind === "network") return end.network.id
  return end.kind === "cidr" ? display(end.cidr) : "outside"
}

function causeOf(from: FlowEnd, to: FlowEnd, ports: readonly PortSpan[]): string {
  return `allow ${showEnd(from)} -> ${showEnd(to)} on ${ports.map(showPort).join(", ")}`
}

function isSame(from: FlowEnd, to: FlowEnd): boolean {
  return from.kind === "appliance" && to.kind === "appliance" && from.appliance === to.appliance
}

/** A network of a file on which nothing of the cluster stands is no part of it. */
function isUnused(end: FlowEnd, topology: Topology): boolean {
  return end.kind === "network" && !topology.segments.has(end.network)
}

function hasRoute(from: FlowEnd, to: FlowEnd, topology: Topology): boolean {
  const sources = networksAt(from, topology)
  const targets = networksAt(to, topology)
  if (sources === null || targets === null) return true
  return sources.some((source) => targets.some((target) => areRouted(source, target, topology)))
}

/** The networks that an end is on; null where it is outside of all. */
function networksAt(end: FlowEnd, topology: Topology): ReturnType<typeof networksOf> | null {
  if (end.kind === "appliance") return networksOf(topology, end.appliance)
  return end.kind === "network" ? [end.network] : null
}

function keyOf(from: string, to: string): string {
  return `${from} > ${to}`
}

function note(opening: Opening, opened: Opened): void {
  const key = keyOf(showEnd(opening.from), showEnd(opening.to))
  entryOf(opened, key, () => []).push(...opening.ports.map((port) => ({ port, cause: opening.cause })))
}

/** What has opened every port already, for the very ends or for networks that they are on; null when a port is not open yet. */
function openedBy(opening: Opening, opened: Opened, topology: Topology): string | null {
  const sources = [showEnd(opening.from), ...(networksAt(opening.from, topology) ?? []).map((network) => network.id)]
  const targets = [showEnd(opening.to), ...(networksAt(opening.to, topology) ?? []).map((network) => network.id)]
  const open = sources.flatMap((from) => targets.flatMap((to) => opened.get(keyOf(from, to)) ?? []))
  const openers = opening.ports.map((port) => open.find((other) => covers(other.port, port)))
  return openers.every((opener) => opener !== undefined) ? (openers[0]?.cause ?? null) : null
}

function reportNoRoute(allow: AllowThing, from: FlowEnd, to: FlowEnd, report: Report): void {
  if (!firstTime(report, "A0507", allow.span)) return
  const spans = [from, to].flatMap((end) => {
    if (end.kind === "appliance") return [{ message: `${end.appliance.id} stands here`, span: end.appliance.span }]
    return end.kind === "network" ? [{ message: `${end.network.id} is here`, span: end.network.span }] : []
  })
  report.add("A0507", allow.span, `there is no route from ${showEnd(from)} to ${showEnd(to)}`, {
    related: spans,
    hint: "let both stand on one network, or give their networks the same gateway",
  })
}

function warn(allow: AllowThing, outcome: Outcome, by: string | null, report: Report): void {
  if (outcome === "known")
    report.add("A0511", allow.span, `this allow opens nothing new: \`${by}\` has opened it already`, {
      hint: "leave it out: what a wire, a publish or another allow opens needs no second one",
    })
  if (outcome === "empty")
    report.add("A0512", allow.span, "this allow stands between nothing", {
      hint: "one of its ends has no members, or both are the same appliance",
    })
}
