import type { Report } from "../report/diagnostic.ts"
import { firstTime } from "../report/once.ts"
import type { ApplianceThing, ClusterThing, NeedThing, Provided } from "../values/model.ts"
import { isObject } from "../values/show.ts"
import type { Value } from "../values/value.ts"
import { allOf, type Markets, marketOf } from "./market.ts"
import type { StandardProviders } from "./wire.ts"

/** Who needs something: an appliance, or a cluster as a whole. */
export type Consumer = ApplianceThing | ClusterThing

/** `names.dns`: how a reader names a provided service. */
export function nameOf(provided: Provided): string {
  return `${provided.appliance.id}.${provided.name}`
}

/** The provided service that a value is; null for anything else. */
export function providedOf(value: Value): Provided | null {
  return isObject(value) && value.kind === "provided" ? value.provided : null
}

/** The providers of a need of several, when they are neither too few nor too many; else null, and reported. */
export function withinBounds(
  consumer: Consumer,
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
            : `give the list: ${need.name} = [${writtenName(providers[0]!, need)}]`,
      },
    )
  }
  return null
}

/** Reports A0501: nobody provides it, or nobody who can be reached, or only somebody around the cluster. */
export function reportNone(
  consumer: Consumer,
  need: NeedThing,
  markets: Markets,
  standard: StandardProviders,
  report: Report,
): void {
  if (!firstTime(report, "A0501", need.span)) return
  const service = need.service.name
  const elsewhere = allOf(need, marketOf(markets, need.met))
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
  const [around] = need.met === null ? [] : allOf(need, marketOf(markets, need.met.within))
  if (elsewhere.length === 0 && around !== undefined && need.met?.within) {
    report.add(
      "A0501",
      need.span,
      `nothing in ${need.met.id} provides the ${service} that ${consumer.id} ${need.how}`,
      {
        related: [declared(need), { message: `provides ${nameOf(around)}, around it`, span: around.appliance.span }],
        hint: `let the cluster ${need.met.cluster.name} say \`needs ${need.name}: ${service}\`: then what is around it is taken`,
      },
    )
    return
  }
  const is_own = elsewhere.length > 0
  // One provider that is missing is one mistake, however many an `every` or a class would wire to it.
  if (!is_own && !firstTime(report, "A0501", need.declaration)) return
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

/** Reports A0502: which of them is meant is not guessed. */
export function reportSeveral(
  consumer: Consumer,
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
      hint: `pick one: ${need.name} = ${writtenName(candidates[0]!, need)}`,
    },
  )
}

/** A provided service as it is written where its consumer stands: without the path up to there, and text keys in quotes. */
function writtenName(provided: Provided, need: NeedThing): string {
  const id = provided.appliance.id
  const path = need.met === null || need.met.within === null ? "" : `${need.met.id}.`
  const near = id.startsWith(path) ? id.slice(path.length) : id
  return `${near.replaceAll(/\[([^\]]*[^\]\d][^\]]*)\]/g, '["$1"]')}.${provided.name}`
}

/** Where a need is declared, for the words of a diagnostic. */
export function declared(need: NeedThing): { message: string; span: NeedThing["span"] } {
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
