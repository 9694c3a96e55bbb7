import type { Report } from "../report/diagnostic.ts"
import { firstTime } from "../report/once.ts"
import type { Span } from "../text/source.ts"
import type { ApplianceThing, Model, NetworkThing } from "../values/model.ts"
import { isList, isObject } from "../values/show.ts"
import type { NicValue, Value } from "../values/value.ts"
import { readSegments, type Segment } from "./segments.ts"

/** Which appliances stand on which networks, before anything has an address. */
export type Topology = {
  /** Networks whose `cidr` was reported as wrong are not in it. */
  readonly segments: ReadonlyMap<NetworkThing, Segment>
  /** The networks of an appliance in the order of its devices. */
  readonly places: ReadonlyMap<ApplianceThing, readonly Place[]>
}

/** One nic as asked for: `address` is null where any will do. */
export type Place = { readonly network: NetworkThing; readonly address: number | null; readonly span: Span }

/** Reads networks and the `on` of every appliance, and checks that they fit together. */
export function readTopology(model: Model, report: Report): Topology {
  const places = new Map<ApplianceThing, readonly Place[]>()
  const used = new Set<NetworkThing>(model.networks.filter((network) => network.within !== null))
  for (const appliance of model.appliances) {
    const own = placesOf(appliance, model, report)
    for (const place of own) used.add(place.network)
    places.set(appliance, own)
  }
  const segments = readSegments(model.networks, used, report)
  const topology = { segments, places }
  for (const segment of segments.values()) checkGateway(segment, topology, report)
  return topology
}

/** The networks that `appliance` is on. */
export function networksOf(topology: Topology, appliance: ApplianceThing): readonly NetworkThing[] {
  return (topology.places.get(appliance) ?? []).map((place) => place.network)
}

function placesOf(appliance: ApplianceThing, model: Model, report: Report): readonly Place[] {
  const on = appliance.field("on")
  const span = appliance.fieldSpan("on")
  if (on === undefined || on === null) return onlyNetwork(appliance, model, report)
  const places: Place[] = []
  for (const value of isList(on) ? on : [on]) {
    const place = placeOf(value, span)
    if (place === null) continue
    const other = places.find((before) => before.network === place.network)
    if (other === undefined) places.push(place)
    else if (firstTime(report, "A0406", place.span))
      report.add("A0406", place.span, `${appliance.id} stands on ${place.network.id} twice`, {
        hint: "an appliance has one nic in a network; leave one of them out",
      })
  }
  if (places.length === 0 && isList(on) && on.length === 0 && firstTime(report, "A0405", span))
    report.add("A0405", span, `${appliance.id} stands on no network`, {
      hint: networkHint(networksFor(appliance, model)),
    })
  return places
}

function placeOf(value: Value, span: Span): Place | null {
  if (!isObject(value)) return null
  if (value.kind === "nic") return nicPlace(value)
  if (value.kind === "reference" && value.to.kind === "network") return { network: value.to, address: null, span }
  return null
}

function nicPlace(nic: NicValue): Place {
  return { network: nic.network, address: nic.address?.address ?? null, span: nic.addressSpan }
}

function onlyNetwork(appliance: ApplianceThing, model: Model, report: Report): readonly Place[] {
  const networks = networksFor(appliance, model)
  const [only, ...more] = networks
  if (only !== undefined && more.length === 0) return [{ network: only, address: null, span: appliance.span }]
  if (firstTime(report, "A0405", appliance.span)) {
    const message =
      only === undefined
        ? `${appliance.id} needs a network, and the cluster has none`
        : `${appliance.id} does not say on which network it stands`
    report.add("A0405", appliance.span, message, { hint: networkHint(networks) })
  }
  return []
}

/** Those of its cluster. */
function networksFor(appliance: ApplianceThing, model: Model): readonly NetworkThing[] {
  return (appliance.within ?? model.cluster).networks
}

function networkHint(networks: readonly NetworkThing[]): string {
  const names = networks.map((network) => network.name)
  if (names.length === 0) return "declare one: network lan { cidr = 10.20.0.0/24 }"
  if (names.length > 8) return `say one of the cluster's networks: on = ${names[0]}`
  return `say one of the cluster's networks: ${names.map((name) => `on = ${name}`).join(" or ")}`
}

function checkGateway(segment: Segment, topology: Topology, report: Report): void {
  const gateway = segment.gateway
  if (gateway === null) return
  const places = topology.places.get(gateway)
  if (places === undefined || places.length === 0 || places.some((place) => place.network === segment.network)) return
  const span = segment.network.fieldSpan("gateway")
  report.add("A0407", span, `${gateway.id} is the gateway of ${segment.network.id} and does not stand on it`, {
    label: gateway.id,
    related: [
      {
        message: `stands on ${places.map((place) => place.network.id).join(", ")}`,
        span: places[0]!.span,
      },
    ],
    hint: `let it stand on both: on = [${[...places.map((place) => place.network.id), segment.network.id].join(", ")}]`,
  })
}
