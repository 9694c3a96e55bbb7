import { parseAddress, parseBlock } from "../lang/addresses/ipv4.ts"
import type { ClassSymbol, ClusterSymbol, ServiceSymbol } from "../lang/names/symbol.ts"
import type { Source, Span } from "../lang/text/source.ts"
import type {
  AllowThing,
  ApplianceThing,
  HostThing,
  Model,
  NeedThing,
  NetworkThing,
  Provided,
  PublishThing,
} from "../lang/values/model.ts"
import type { Value } from "../lang/values/value.ts"

/** A model by hand, for tests of the phases after expansion: no parser, no evaluator. Every thing has a place of its own. */
export type NetworkSpec = { name: string; cidr: string; gateway?: string; dhcp?: [string, string] }
export type ApplianceSpec = {
  id: string
  on?: (string | { network: string; address: string })[]
  needs?: { name: string; service: string; count?: NeedThing["count"]; pick?: string[]; how?: "needs" | "uses" }[]
  provides?: { name: string; service: string; ports: [number, "tcp" | "udp"][] }[]
  fields?: Record<string, Value>
}
export type Spec = {
  networks: NetworkSpec[]
  appliances: ApplianceSpec[]
  hosts?: { name: string; to: "local" | "simulated"; capacity?: Record<string, Value> }[]
  publishes?: { port: [number, "tcp" | "udp"]; target: string }[]
  allows?: { from: string; to: string; port: [number, "tcp" | "udp"] }[]
  deployed?: string
}

const source: Source = { path: "made-by-hand.appl", text: "\n".repeat(100_000) }
const services = new Map<string, ServiceSymbol>()

/** The symbol of a service by its name: the same one for the same name. */
export function service(name: string): ServiceSymbol {
  const known = services.get(name) ?? ({ kind: "service", name, unit: unitOf("") } as unknown as ServiceSymbol)
  services.set(name, known)
  return known
}

/** A model with the things of `spec`. */
export function makeModel(spec: Spec): Model {
  let place = 0
  const span = (): Span => ({ source, start: place, end: ++place })
  const networks = new Map<string, NetworkThing>()
  const appliances = new Map<string, ApplianceThing>()
  const find = (id: string): ApplianceThing => appliances.get(id)!
  const provided = (path: string): Provided =>
    find(path.split(".")[0]!).provides.find((one) => one.name === path.split(".")[1])!
  const end = (name: string): Value => {
    if (name === "outside") return { kind: "outside" }
    if (name.includes("/")) return { kind: "cidr", address: parseBlock(name)!.first, prefix: parseBlock(name)!.prefix }
    return { kind: "reference", to: networks.get(name) ?? find(name) }
  }
  for (const one of spec.networks) networks.set(one.name, makeNetwork(one, span, end))
  for (const one of spec.appliances) appliances.set(one.id, makeAppliance(one, span, networks, provided))
  const hosts = (spec.hosts ?? []).map((host) => makeHost(host, span))
  const cluster = {
    kind: "cluster",
    ...base("c", span),
    cluster: { kind: "cluster", name: "c" } as ClusterSymbol,
    networks: [...networks.values()],
    hosts,
  } as unknown as Model["cluster"]
  return {
    deployed: spec.deployed ?? "c",
    cluster,
    clusters: [],
    inserts: [],
    moves: [],
    hosts,
    networks: [...networks.values()],
    appliances: [...appliances.values()],
    inside: null as unknown as Model["inside"],
    publishes: (spec.publishes ?? []).map(({ port, target }) => {
      const at = span()
      const targetValue = (): Value => ({ kind: "provided", provided: provided(target) })
      return { port: () => portOf(port), target: targetValue, span: at, portSpan: at, targetSpan: at } as PublishThing
    }),
    allows: (spec.allows ?? []).map(
      ({ from, to, port }): AllowThing => ({
        from: () => end(from),
        to: () => end(to),
        ports: () => portOf(port),
        self: null,
        span: span(),
      }),
    ),
    checks: [],
    outputs: [],
    facts: { clusterWires: null, wires: null, nics: null, towards: null, gateways: null },
    secrets: new Map(),
    finish() {},
  } as Model
}

function base(id: string, span: () => Span) {
  const own = span()
  const [name, key] = id.replace("]", "").split("[")
  return {
    id,
    name: name!,
    within: null,
    key: key ?? null,
    span: own,
    field: (_name: string): Value | undefined => undefined,
    fieldSpan: (_name: string): Span => own,
  }
}

function makeNetwork(one: NetworkSpec, span: () => Span, end: (name: string) => Value): NetworkThing {
  const [address, prefix] = one.cidr.split("/")
  const fields = (name: string): Value | undefined => {
    if (name === "cidr") return { kind: "cidr", address: parseAddress(address!)!, prefix: Number(prefix) }
    if (name === "gateway") return one.gateway === undefined ? null : end(one.gateway)
    if (name === "dhcp" && one.dhcp !== undefined)
      return { kind: "range", of: "ip", from: parseAddress(one.dhcp[0])!, to: parseAddress(one.dhcp[1])! }
    return name === "mtu" ? 1500 : null
  }
  return { kind: "network", ...base(one.name, span), field: fields } as NetworkThing
}

function makeAppliance(
  one: ApplianceSpec,
  span: () => Span,
  networks: ReadonlyMap<string, NetworkThing>,
  provided: (path: string) => Provided,
): ApplianceThing {
  const shared = base(one.id, span)
  const nics = one.on?.map((on): Value => {
    if (typeof on === "string") return { kind: "reference", to: networks.get(on)! }
    const address = parseAddress(on.address)!
    return {
      kind: "nic",
      network: networks.get(on.network)!,
      address: { kind: "ip", address },
      span: span(),
      addressSpan: span(),
    }
  })
  const thing: ApplianceThing = {
    kind: "appliance",
    ...shared,
    class: { kind: "class", name: "Box", unit: unitOf("") } as unknown as ClassSymbol,
    hostname: one.id.replace("[", "-").replace("]", ""),
    field: (name) => (name === "on" ? nics : (one.fields?.[name] ?? undefined)),
    needs: (one.needs ?? []).map((need) => ({
      how: need.how ?? "needs",
      name: need.name,
      service: service(need.service),
      count: need.count ?? { kind: "one" },
      pick: () => pickOf(need.pick, need.count, provided),
      met: null,
      span: span(),
      declaration: span(),
    })),
    provides: [],
    checks: [],
    allows: [],
    facts: { clusterWires: null, wires: null, nics: null, towards: null, gateways: null },
    trace: () => ({ through: [], span: shared.span }),
  } as ApplianceThing
  const own = thing.provides as Provided[]
  for (const each of one.provides ?? [])
    own.push({
      kind: "provided-service",
      appliance: thing,
      name: each.name,
      service: service(each.service),
      field: () => undefined,
      fieldSpan: () => thing.span,
      trace: () => ({ through: [], span: thing.span }),
      ports: () => each.ports.map((port) => ({ name: "port", value: portOf(port), span: thing.span })),
      span: span(),
    })
  return thing
}

function pickOf(
  pick: readonly string[] | undefined,
  count: NeedThing["count"] | undefined,
  provided: (path: string) => Provided,
): Value | undefined {
  if (pick === undefined) return undefined
  const values = pick.map((path): Value => ({ kind: "provided", provided: provided(path) }))
  return count?.kind === "many" ? values : (values[0] ?? null)
}

function makeHost(host: NonNullable<Spec["hosts"]>[number], span: () => Span): HostThing {
  const connection = {
    kind: "connection",
    to: host.to,
    destination: null,
    capacity: new Map(Object.entries(host.capacity ?? {})),
    labels: new Map(),
  } as const
  return { kind: "host", ...base(host.name, span), connection: () => connection } as HostThing
}

function portOf([number, protocol]: [number, "tcp" | "udp"]): Value {
  return { kind: "port", from: number, to: number, protocol }
}

function unitOf(module: string) {
  return { module: { name: module } }
}
