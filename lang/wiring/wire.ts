import type { Topology } from "../addresses/topology.ts"
import type { ServiceSymbol } from "../names/symbol.ts"
import type { Report } from "../report/diagnostic.ts"
import { firstTime } from "../report/once.ts"
import { entryOf } from "../text/entry.ts"
import { compareIds, compareTexts } from "../text/order.ts"
import type { ApplianceThing, Model, NeedThing, Provided } from "../values/model.ts"
import { isList, isObject } from "../values/show.ts"
import type { Value } from "../values/value.ts"
import { canReach, type Router, routersOf } from "./reach.ts"

/** A need with the providers that meet it: none for an optional one that nobody provides. */
export type ResolvedWire = {
  readonly consumer: ApplianceThing
  readonly need: NeedThing
  readonly providers: readonly Provided[]
}

/** The names of the standard classes that provide a service, with their modules: `Dnsmasq` from `std/dnsmasq`. Asked only when one is missing. */
export type StandardProviders = (service: ServiceSymbol) => readonly { readonly name: string; readonly from: string }[]

/**
 * Finds the provider of every `needs` and `uses` and writes `model.facts.wires`. Candidates provide the very service, are reachable,
 * and are not the consumer itself. A need that is not met is reported and has no entry.
 */
export function wire(
  model: Model,
  topology: Topology,
  standard: StandardProviders,
  report: Report,
): readonly ResolvedWire[] {
  const market = openMarket(model, topology)
  const resolved: ResolvedWire[] = []
  const facts = new Map<ApplianceThing, Map<string, Provided | readonly Provided[] | null>>()
  for (const consumer of model.appliances) {
    const own = new Map<string, Provided | readonly Provided[] | null>()
    for (const need of consumer.needs) {
      const picked = need.pick()
      const providers =
        picked === undefined
          ? findProviders(consumer, need, market, topology, standard, report)
          : pickProviders(consumer, need, picked, topology, report)
      if (providers === null) continue
      own.set(need.name, need.count.kind === "many" ? providers : (providers[0] ?? null))
      resolved.push({ consumer, need, providers })
    }
    facts.set(consumer, own)
  }
  model.facts.wires = facts
  return resolved
}

/** `names.dns`: how a reader names a provided service. */
export function nameOf(provided: Provided): string {
  return `${provided.appliance.id}.${provided.name}`
}

/** Providers by service and router, each list ordered by name: what a consumer can reach is found without looking at all. */
type Market = ReadonlyMap<ServiceSymbol, ReadonlyMap<Router, readonly Provided[]>>

function openMarket(model: Model, topology: Topology): Market {
  const market = new Map<ServiceSymbol, Map<Router, Provided[]>>()
  for (const appliance of model.appliances) {
    if (appliance.provides.length === 0) continue
    const routers = routersOf(appliance, topology)
    for (const provided of appliance.provides) {
      const stands = entryOf(market, provided.service, () => new Map<Router, Provided[]>())
      for (const router of routers) entryOf(stands, router, () => []).push(provided)
    }
  }
  for (const stands of market.values()) for (const stand of stands.values()) stand.sort(compareProvided)
  return market
}

function compareProvided(left: Provided, right: Provided): number {
  return compareIds(left.appliance.id, right.appliance.id) || compareTexts(left.name, right.name)
}

function candidatesFor(
  consumer: ApplianceThing,
  service: ServiceSymbol,
  market: Market,
  topology: Topology,
): readonly Provided[] {
  const stands = market.get(service)
  if (stands === undefined) return []
  const routers = routersOf(consumer, topology)
  if (routers.length === 1) return stands.get(routers[0]!) ?? []
  const found = new Set(routers.flatMap((router) => stands.get(router) ?? []))
  return [...found].sort(compareProvided)
}

function findProviders(
  consumer: ApplianceThing,
  need: NeedThing,
  market: Market,
  topology: Topology,
  standard: StandardProviders,
  report: Report,
): readonly Provided[] | null {
  const all = candidatesFor(consumer, need.service, market, topology)
  const candidates = all.some((one) => one.appliance === consumer)
    ? all.filter((one) => one.appliance !== consumer)
    : all
  if (need.count.kind === "many") return withinBounds(consumer, need, candidates, standard, report)
  if (candidates.length > 1) {
    reportSeveral(consumer, need, candidates, report)
    return null
  }
  if (candidates.length === 1 || need.count.kind === "maybe") return candidates
  reportNone(consumer, need, market, standard, report)
  return null
}

function withinBounds(
  consumer: ApplianceThing,
  need: NeedThing,
  providers: readonly Provided[],
  standard: StandardProviders,
  report: Report,
): readonly Provided[] | null {
  if (need.count.kind !== "many") return providers
  const { least, most } = need.count
  if (providers.length >= least && (most === null || providers.length <= most)) return providers
  if (firstTime(report, "A0504", need.span)) {
    const wanted = most === null ? `at least ${least}` : least === most ? `exactly ${least}` : `${least} to ${most}`
    const service = need.service.name
    const found = providers.length === 0 ? "none" : String(providers.length)
    report.add(
      "A0504",
      need.span,
      `${consumer.id} ${need.how} ${wanted} ${service}, and there ${providers.length === 1 ? "is" : "are"} ${found}`,
      {
        related: [declared(need), ...candidateSpans(providers)],
        hint:
          providers.length < least
            ? addHint(need, standard)
            : `give the list: ${need.name} = [${nameOf(providers[0]!)}]`,
      },
    )
  }
  return null
}

function pickProviders(
  consumer: ApplianceThing,
  need: NeedThing,
  picked: Value,
  topology: Topology,
  report: Report,
): readonly Provided[] | null {
  const providers: Provided[] = []
  for (const value of isList(picked) ? picked : [picked]) {
    if (value === null) continue
    const provided = providedOf(value)
    if (provided === null) return null
    if (provided.appliance === consumer) {
      if (firstTime(report, "A0503", need.span))
        report.add("A0503", need.span, `${consumer.id} picks itself as its ${need.name}`, {
          related: [declared(need)],
          hint: "pick a service of another appliance, or leave the line out if nothing else provides it",
        })
      return null
    }
    if (!canReach(consumer, provided.appliance, topology)) {
      reportNoRoute(consumer, need, provided, report)
      return null
    }
    if (!providers.includes(provided)) providers.push(provided)
  }
  if (need.count.kind === "many") return withinBounds(consumer, need, providers, () => [], report)
  return providers
}

function providedOf(value: Value): Provided | null {
  return isObject(value) && value.kind === "provided" ? value.provided : null
}

function reportNone(
  consumer: ApplianceThing,
  need: NeedThing,
  market: Market,
  standard: StandardProviders,
  report: Report,
): void {
  if (!firstTime(report, "A0501", need.span)) return
  const service = need.service.name
  const elsewhere = [...new Set([...(market.get(need.service)?.values() ?? [])].flat())].sort(compareProvided)
  const others = elsewhere.filter((one) => one.appliance !== consumer)
  if (others.length > 0) {
    report.add(
      "A0501",
      need.span,
      `nothing that ${consumer.id} can reach provides the ${service} that it ${need.how}`,
      {
        related: [declared(need), ...candidateSpans(others)],
        hint: `let ${consumer.id} stand on a network of ${others[0]!.appliance.id} too, or give both networks the same gateway`,
      },
    )
    return
  }
  const is_own = elsewhere.length > 0
  report.add(
    "A0501",
    need.span,
    `nothing ${is_own ? "else " : ""}provides the ${service} that ${consumer.id} ${need.how}`,
    {
      related: [declared(need)],
      hint: is_own ? `${consumer.id} is not its own provider: ${addHint(need, standard)}` : addHint(need, standard),
    },
  )
}

function addHint(need: NeedThing, standard: StandardProviders): string {
  const known = standard(need.service)
  if (known.length === 0) return `add an appliance whose class says \`provides … : ${need.service.name}\``
  const [first] = known
  const also = known.slice(1).map((one) => `${one.name} from "${one.from}"`)
  const line = `use { ${first!.name} } from "${first!.from}", and appliance ${need.name}: ${first!.name} { … }`
  return also.length === 0 ? `add one: ${line}` : `add one: ${line} (or ${also.join(", ")})`
}

function reportSeveral(
  consumer: ApplianceThing,
  need: NeedThing,
  candidates: readonly Provided[],
  report: Report,
): void {
  if (!firstTime(report, "A0502", need.span)) return
  const names = candidates.slice(0, 5).map(nameOf)
  const rest = candidates.length > names.length ? ` and ${candidates.length - names.length} more` : ""
  report.add(
    "A0502",
    need.span,
    `${consumer.id} ${need.how} one ${need.service.name}, and ${candidates.length} provide it: ${names.join(", ")}${rest}`,
    {
      related: [declared(need), ...candidateSpans(candidates)],
      hint: `pick one: ${need.name} = ${names[0]}`,
    },
  )
}

function reportNoRoute(consumer: ApplianceThing, need: NeedThing, provided: Provided, report: Report): void {
  if (!firstTime(report, "A0507", need.span)) return
  report.add("A0507", need.span, `${consumer.id} has no route to ${nameOf(provided)}`, {
    related: [declared(need), { message: `provides ${provided.name}`, span: provided.appliance.span }],
    hint: "let both stand on one network, or give their networks the same gateway",
  })
}

function declared(need: NeedThing): { message: string; span: NeedThing["span"] } {
  return { message: `${need.how} ${need.name}: declared here`, span: need.declaration }
}

/** Where candidates stand; one line for all that a loop makes. */
function candidateSpans(candidates: readonly Provided[]): { message: string; span: NeedThing["span"] }[] {
  const seen = new Map<number, { message: string; span: NeedThing["span"] }>()
  for (const one of candidates) {
    const span = one.appliance.span
    if (!seen.has(span.start) && seen.size < 5) seen.set(span.start, { message: `provides ${nameOf(one)}`, span })
  }
  return [...seen.values()]
}
