import type { ClusterSymbol, ServiceSymbol } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import type { Span } from "../text/source.ts"
import type { Expansion } from "./expansion.ts"
import { type Code, type Frame, fail, type Place, spanOf } from "./frame.ts"
import type { Home } from "./home.ts"
import type { ClusterThing, HostThing, NeedThing, NetworkThing, OfferThing, Provided, Traced } from "./model.ts"
import { countOf } from "./services.ts"
import { isObject } from "./show.ts"
import type { Identity } from "./things.ts"
import { invalid, type Value } from "./value.ts"

/** A value for a param or a need, given where a cluster is put into another one, or from outside. */
export type GivenField = {
  /** Runs in the frame of the cluster that it is given to. */
  readonly code: Code
  readonly span: Span
  readonly trace: () => Traced
  /** Where it is written, in the frame around the cluster; null when it came from outside. */
  readonly written: { readonly place: Place; readonly expression: tree.Expression; readonly frame: Frame } | null
}

/** What a cluster declares that all its copies have in common. */
export type ClusterParts = {
  readonly cluster: ClusterSymbol
  readonly params: readonly tree.Param[]
  /** The value of a param, in the frame of the cluster. */
  readonly param: (frame: Frame, name: string) => Value | undefined
}

/** A cluster: the deployed one, or one inside of another. */
export class Cluster implements ClusterThing {
  readonly kind = "cluster"
  readonly cluster: ClusterSymbol
  readonly name: string
  readonly key: string | number | null
  readonly id: string
  readonly hostname: string
  readonly within: ClusterThing | null
  readonly span: Span
  /** What the identities of all in it begin with: empty for the deployed one, else `room[klein].`. */
  readonly path: string
  readonly given: ReadonlyMap<string, GivenField>
  readonly parts: ClusterParts
  readonly #expansion: Expansion
  /** Set as soon as its frame is there. */
  home!: Home
  readonly needs: NeedThing[] = []
  readonly offers: OfferThing[] = []
  hosts: readonly HostThing[] = []
  networks: readonly NetworkThing[] = []

  constructor(
    expansion: Expansion,
    parts: ClusterParts,
    identity: Identity & { readonly hostname: string; readonly path: string },
    span: Span,
    given: ReadonlyMap<string, GivenField>,
  ) {
    this.#expansion = expansion
    this.parts = parts
    this.cluster = parts.cluster
    this.name = identity.name
    this.key = identity.key
    this.id = identity.id
    this.hostname = identity.hostname
    this.within = identity.within
    this.path = identity.path
    this.span = span
    this.given = given
  }

  addNeed(item: tree.Needs, service: ServiceSymbol): void {
    const given = this.given.get(item.name.text)
    this.needs.push({
      how: item.how,
      name: item.name.text,
      service,
      count: countOf(item.type),
      met: this.within,
      pick: () => given?.code.run(this.home.frame),
      span: given?.span ?? this.span,
      declaration: spanOf(this.cluster.unit, item.name),
    })
  }

  /** `read` gives the service that is handed on; null where it is the only one inside. */
  addOffer(item: tree.Provides, service: ServiceSymbol, read: (() => Value) | null): void {
    this.offers.push(new Offer(this, item, service, read))
  }

  field(name: string): Value | undefined {
    return this.parts.param(this.home.frame, name)
  }

  fieldSpan(name: string): Span {
    const item = this.parts.params.find((param) => param.name.text === name)
    return this.given.get(name)?.span ?? spanOf(this.cluster.unit, item?.value ?? item ?? this.cluster.declaration.name)
  }

  member(name: string): Value | undefined {
    const { evaluation } = this.#expansion
    const { outputs, members } = evaluation.bindings
    if (outputs.get(this.cluster)?.has(name)) return this.home.output(name)?.value() ?? null
    const symbol = members.get(this.cluster)?.get(name)
    switch (symbol?.kind) {
      case "param":
        return this.field(name)
      case "thing":
        return this.home.read(symbol)
      case "needs":
        return this.#readNeed(name)
      case "provides":
        return this.#readOffer(name)
      default:
        return name === "name" ? this.hostname : undefined
    }
  }

  #readOffer(name: string): Value {
    this.home.expandAll()
    const offer = this.offers.find((one) => one.name === name)
    if (offer === undefined) return null
    const provided = offer.provided()
    return provided === null ? invalid : { kind: "provided", provided }
  }

  #readNeed(name: string): Value {
    const { evaluation } = this.#expansion
    this.home.expandAll()
    const need = this.needs.find((one) => one.name === name)
    if (need === undefined) return null
    const wire = evaluation.facts.clusterWires?.get(this)?.get(name)
    if (wire === undefined)
      return fail(
        evaluation,
        "A0710",
        need.declaration,
        `who provides \`${name}\` to \`${this.id}\` is not known yet`,
        {
          hint: "counts, names, keys, conditions around things, and the fields of networks are worked out before wires and addresses",
        },
      )
    if (wire === "unmet") return invalid
    if (wire === null) return null
    if ("kind" in wire) return { kind: "provided", provided: wire }
    return wire.map((provided) => ({ kind: "provided", provided }))
  }

  get expansion(): Expansion {
    return this.#expansion
  }
}

class Offer implements OfferThing {
  readonly #cluster: Cluster
  readonly #item: tree.Provides
  readonly #read: (() => Value) | null
  readonly service: ServiceSymbol
  #known: Provided | null | undefined

  constructor(cluster: Cluster, item: tree.Provides, service: ServiceSymbol, read: (() => Value) | null) {
    this.#cluster = cluster
    this.#item = item
    this.#read = read
    this.service = service
  }

  get name(): string {
    return this.#item.name.text
  }

  get span(): Span {
    return spanOf(this.#cluster.cluster.unit, this.#item.name)
  }

  provided(): Provided | null {
    if (this.#known === undefined) this.#known = this.#find()
    return this.#known
  }

  #find(): Provided | null {
    if (this.#read !== null) {
      const value = this.#read()
      return isObject(value) && value.kind === "provided" ? value.provided : null
    }
    const inside = this.#inside()
    if (inside.length === 1) return inside[0]!
    this.#report(inside)
    return null
  }

  /** All that provide the service in this cluster, and what the clusters in it offer. */
  #inside(): readonly Provided[] {
    const cluster = this.#cluster
    const { expansion, home } = cluster
    home.expandAll()
    const own = expansion.appliances.filter((one) => one.within === cluster).flatMap((one) => one.provides)
    const handed = expansion.clusters.filter((one) => one.within === cluster).flatMap((one) => one.offers)
    return [
      ...own.filter((one) => one.service === this.service),
      ...handed.filter((one) => one.service === this.service).flatMap((one) => one.provided() ?? []),
    ]
  }

  #report(inside: readonly Provided[]): void {
    const { evaluation } = this.#cluster.expansion
    const { name } = this.service
    const [first] = inside
    const message =
      first === undefined
        ? `nothing in ${this.#cluster.cluster.name} provides the ${name} that it offers`
        : `${inside.length} appliances of ${this.#cluster.cluster.name} provide the ${name} that it offers`
    fail(evaluation, first === undefined ? "A0501" : "A0502", this.span, message, {
      related: inside
        .slice(0, 5)
        .map((one) => ({ message: `${one.appliance.id} provides it`, span: one.appliance.span })),
      hint:
        first === undefined
          ? "add an appliance that provides it"
          : `say which one: \`provides ${this.name}: ${name} = ${first.appliance.name}.${first.name}\``,
    })
  }
}
