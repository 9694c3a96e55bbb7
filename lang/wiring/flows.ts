import type { Topology } from "../addresses/topology.ts"
import type { PortSpan } from "../desired/desired-state.ts"
import type { Report } from "../report/diagnostic.ts"
import { entryOf } from "../text/entry.ts"
import type { Span } from "../text/source.ts"
import type { ApplianceThing, Model, NetworkThing, Provided } from "../values/model.ts"
import type { CidrValue } from "../values/value.ts"
import { openAllows } from "./allows.ts"
import { portsOf } from "./ports.ts"
import { openPublishes, type PlannedPublish } from "./publishes.ts"
import { nameOf } from "./unmet.ts"
import type { ResolvedWire } from "./wire.ts"

/** One end of a flow. */
export type FlowEnd =
  | { readonly kind: "appliance"; readonly appliance: ApplianceThing }
  | { readonly kind: "network"; readonly network: NetworkThing }
  | { readonly kind: "cidr"; readonly cidr: CidrValue }
  | { readonly kind: "outside" }

/** Something that may pass, with what opened it. */
export type Opening = {
  readonly from: FlowEnd
  readonly to: FlowEnd
  readonly ports: readonly PortSpan[]
  readonly cause: string
  readonly span: Span
}

/** Everything that may pass, and what is reachable from outside. */
export type Openings = { readonly openings: readonly Opening[]; readonly publishes: readonly PlannedPublish[] }

/** What wires, publishes and allows open, in this order. Reads ports, so `facts.wires` must be there. */
export function openFlows(model: Model, topology: Topology, wires: readonly ResolvedWire[], report: Report): Openings {
  const openings: Opening[] = []
  const ports = new Map<Provided, readonly PortSpan[]>()
  for (const wire of wires) for (const provided of wire.providers) openings.push(...openWire(wire, provided, ports))
  const publishes = openPublishes(model, report)
  for (const publish of publishes) openings.push(publish.opening)
  openings.push(...openAllows(model, topology, openings, report))
  return { openings, publishes }
}

function openWire(wire: ResolvedWire, provided: Provided, known: Map<Provided, readonly PortSpan[]>): Opening[] {
  const ports = entryOf(known, provided, () => portsOf(provided))
  if (ports.length === 0) return []
  const { consumer, need } = wire
  return [
    {
      from: { kind: "appliance", appliance: consumer },
      to: { kind: "appliance", appliance: provided.appliance },
      ports,
      cause: `${consumer.id} ${need.how} ${need.name}: ${nameOf(provided)}`,
      span: need.span,
    },
  ]
}
