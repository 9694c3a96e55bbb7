import type { ClassSymbol, ClusterSymbol, ServiceSymbol } from "../names/symbol.ts"
import type { Span } from "../text/source.ts"
import type { Frame, Place } from "./frame.ts"
import type { Value } from "./value.ts"

/**
 * A cluster after expansion: every `for` and `if` unfolded, each thing with its identity. Fields are not evaluated until they are
 * read, once each; reading one that needs a wire or an address before `facts` has it is a cycle, and reported as one. The phases
 * after expansion (wiring, addresses, placement) read what they need and set `facts`; then everything may be read.
 */
export type Model = {
  /** The deployed name. */
  readonly deployed: string
  readonly cluster: ClusterThing
  /** The deployed cluster and all that are in it, each before those inside of it. */
  readonly clusters: readonly ClusterThing[]
  /** Every host that an appliance may stand on or is tied to. */
  readonly hosts: readonly HostThing[]
  /** Those of clusters, and those of files, which belong to the cluster only where something stands on them. */
  readonly networks: readonly NetworkThing[]
  /** Those that are inserted, too. */
  readonly appliances: readonly ApplianceThing[]
  readonly inserts: readonly InsertThing[]
  readonly moves: readonly MoveThing[]
  readonly publishes: readonly PublishThing[]
  readonly allows: readonly AllowThing[]
  readonly outputs: readonly OutputThing[]
  /** What the phases after expansion found; evaluation of fields reads it. */
  readonly facts: Facts
  /** The body of the cluster, for what is asked of it afterwards. */
  readonly inside: { readonly place: Place; readonly frame: Frame }
  /** The values of secrets that were given for params, by the name of the reference that stands for each. Never part of anything plain. */
  readonly secrets: ReadonlyMap<string, string>
  /** Evaluates every `assert` that was left until fields may be read, and whatever was never read, so that all is checked. */
  finish(): void
}

/** Written by wiring and addresses, read by evaluation. An entry that is not there yet is "too early". */
export type Facts = {
  /** The same for the needs of clusters inside others, found from the outermost inward; `unmet` was reported. */
  clusterWires: Map<ClusterThing, Map<string, Provided | readonly Provided[] | "unmet" | null>> | null
  /** The provider(s) behind `needs` and `uses`, by appliance and name; null for an optional one that nobody provides. */
  wires: Map<ApplianceThing, Map<string, Provided | readonly Provided[] | null>> | null
  /** All nics of an appliance, in order, with their addresses. */
  nics: Map<ApplianceThing, readonly PlannedNic[]> | null
  /** The provider's nic that a consumer talks to: on the first network both are on, else on the one that is routed. */
  towards: ((consumer: ApplianceThing, provider: ApplianceThing) => PlannedNic | null) | null
  /** What may pass and what is published through each gateway, for the templates of firewalls. */
  gateways: Map<ApplianceThing, Value> | null
}

export type PlannedNic = {
  readonly device: string
  readonly network: NetworkThing | null
  /** Unsigned numbers of 32 bits. */
  readonly address: number
  readonly prefix: number
  readonly mac: string
  readonly gateway: number | null
  readonly peer: number | null
}

type Thing = {
  /** The path of names and keys from the deployed cluster on: `web[1]`, `room[klein].web[1]`. */
  readonly id: string
  /** The cluster that it stands in; null for the deployed cluster, and for what stands at the top of a file. */
  readonly within: ClusterThing | null
  readonly name: string
  readonly key: string | number | null
  /** The name where it is declared: where a diagnostic about the whole thing points. */
  readonly span: Span
  /** The value of a built-in field or param, evaluated once, of its declared type; `undefined` when nobody gave one. */
  field(name: string): Value | undefined
  /** Where that value was written: the instance, else its class, else the default; `span` when nowhere. */
  fieldSpan(name: string): Span
}

export type ClusterThing = Thing & {
  readonly kind: "cluster"
  readonly cluster: ClusterSymbol
  /** `room-klein`: what the host names of its appliances begin with; empty for the deployed cluster. */
  readonly hostname: string
  /** Where its appliances may stand: the hosts that it declares, else those of its file, else those of the cluster around it; none: this machine. */
  readonly hosts: readonly HostThing[]
  /** Of which the only one is where its appliances stand that do not say so: its own, else those of its file. */
  readonly networks: readonly NetworkThing[]
  readonly needs: readonly NeedThing[]
  readonly offers: readonly OfferThing[]
  /** What is read of it from outside: an output, else a param, thing, need or offer; `undefined` when it has none of that name. */
  member(name: string): Value | undefined
}
/** What a cluster provides to the one around it. */
export type OfferThing = {
  readonly name: string
  readonly service: ServiceSymbol
  /** The service inside that is handed on; null when there is none or several, which is reported. */
  provided(): Provided | null
  readonly span: Span
}
export type HostThing = Thing & { readonly kind: "host"; readonly connection: () => Value }
export type NetworkThing = Thing & { readonly kind: "network" }

export type ApplianceThing = Thing & {
  readonly kind: "appliance"
  readonly class: ClassSymbol
  /** `web-1`: the name as a host name. */
  readonly hostname: string
  readonly needs: readonly NeedThing[]
  readonly provides: readonly Provided[]
  /** Those of its class, and those of the cluster that ask one of its services. */
  readonly checks: readonly CheckThing[]
  readonly allows: readonly AllowThing[]
  /** What the phases found about the cluster that it is of. */
  readonly facts: Facts
  /** Where the value of a field came from, followed back through names to the place that gave it. */
  trace(field: string): Traced
}

/** The place that gave a value, and the reads on the way to it, nearest first. */
export type Traced = { readonly through: readonly string[]; readonly span: Span }

/** An appliance that is put in line in front of others. */
export type InsertThing = {
  readonly appliance: ApplianceThing
  readonly before: () => readonly ApplianceThing[]
  /** Null where it failed, which was reported. */
  readonly network: () => NetworkThing | null
  readonly span: Span
  readonly beforeSpan: Span
}
/** What was called `from` is called `to` now: paths from the deployed cluster on. */
export type MoveThing = {
  readonly from: string
  readonly to: string
  readonly fromSpan: Span
  readonly toSpan: Span
}

export type NeedThing = {
  readonly how: "needs" | "uses"
  readonly name: string
  readonly service: ServiceSymbol
  /** `one` for `S`, `maybe` for `S?`, `many` for `S[]` with its bounds. */
  readonly count:
    | { readonly kind: "one" | "maybe" }
    | { readonly kind: "many"; readonly least: number; readonly most: number | null }
  /** The value that the instance picked, such as `dns = names.dns`; `undefined` when it picked none. */
  readonly pick: () => Value | undefined
  /** The cluster whose providers meet it: that of the appliance, or where the `every` stands that adds it. */
  readonly met: ClusterThing | null
  /** Where the reader would pick or add a provider: the instance, or its pick. */
  readonly span: Span
  /** Where the class declares the need. */
  readonly declaration: Span
}

/** A provided service: a value with its contract's fields, and `address`, `name` and `appliance`. */
export type Provided = {
  readonly kind: "provided-service"
  readonly appliance: ApplianceThing
  readonly name: string
  readonly service: ServiceSymbol
  field(name: string): Value | undefined
  /** Where that value was written: the class's `provides`, else the contract's default. */
  fieldSpan(name: string): Span
  /** Where it came from, followed back through names to the place that gave it. */
  trace(name: string): Traced
  /** The contract's fields of type Port, in order: each opens a flow. */
  ports(): readonly { readonly name: string; readonly value: Value; readonly span: Span }[]
  readonly span: Span
}

export type CheckThing = { readonly title: string; readonly value: () => Value; readonly span: Span }
export type AllowThing = {
  readonly from: () => Value
  readonly to: () => Value
  readonly ports: () => Value
  /** The class's appliance for `self`; null in a cluster. */
  readonly self: ApplianceThing | null
  readonly span: Span
}
export type PublishThing = {
  readonly port: () => Value
  readonly target: () => Value
  readonly span: Span
  readonly portSpan: Span
  readonly targetSpan: Span
}
export type OutputThing = { readonly name: string; readonly value: () => Value; readonly span: Span }
