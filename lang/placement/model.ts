import type { Away, Connection, DesiredHost, Form, PlacementRow } from "../desired/desired-state.ts"
import type { Report } from "../report/diagnostic.ts"
import { compareTexts, sortedById } from "../text/order.ts"
import { originOf } from "../text/source.ts"
import { destinationOf } from "../values/destinations.ts"
import type { ApplianceThing, HostThing, Model } from "../values/model.ts"
import { amountOf, entriesOf, textsOf } from "../values/parts.ts"
import { display, isObject, show } from "../values/show.ts"
import type { ConnectionValue } from "../values/value.ts"
import { type Demand, type Misfit, type Placement, place, type Supply } from "./place.ts"

/** Which forms a host can run, by the way it is reached. */
const forms_of = {
  local: ["container", "microvm"],
  simulated: ["container", "microvm", "vm"],
  ssh: ["container", "microvm"],
  incus: ["container", "vm"],
  libvirt: ["vm"],
} as const

/** What placement knows beside the source: where appliances were, the hosts that are away, and what hosts really have. */
export type Known = {
  readonly kept: Readonly<Record<string, string>>
  readonly away: Readonly<Record<string, Away>>
  readonly discovered: Readonly<Record<string, Discovered>>
}

/** What a host was found to have, for those limits of which the source says nothing. */
export type Discovered = { readonly memory_bytes: number }

export type PlacedModel = { readonly hosts: readonly DesiredHost[]; readonly placement: Placement }

/** Reads hosts and what the appliances ask of them, places, and reports those that found no room. */
export function placeModel(model: Model, known: Known, report: Report): PlacedModel {
  const hosts = hostsOf(model)
  const local = hosts.find((host) => host.connection.kind === "local")
  const appliances = sortedById(model.appliances)
  const demands = appliances.map((appliance) => demandOf(appliance, model, local ?? this_machine))
  const kept = new Map(Object.entries(known.kept))
  const supplies = hosts.map((host) => withAway(supplyOf(host), known.away))
  // What was found limits only as far as all find a place then: nobody has said that a host may not be overcommitted.
  const found = supplies.map((supply) => withFound(supply, known.discovered))
  const limited = place(demands, found, kept)
  const placement = limited.misfits.length === 0 ? limited : place(demands, supplies, kept)
  if (placement.misfits.length > 0) {
    const by_id = new Map(appliances.map((appliance) => [appliance.id, appliance]))
    const lines = Map.groupBy(placement.misfits, ({ id, why }) => `${why} ${by_id.get(id)!.span.start}`)
    for (const [misfit, ...more] of lines.values())
      reportMisfit(by_id.get(misfit!.id)!, misfit!, more.length, { model, hosts, away: known.away }, report)
  }
  return { hosts, placement }
}

/** The hosts of a cluster: those that are declared, and this machine where none is or an appliance needs it. */
export function hostsOf(model: Model): readonly DesiredHost[] {
  const declared = model.hosts.map(readHost)
  const isNeeded =
    declared.every((host) => host.connection.kind !== "local") &&
    model.appliances.some((one) => usedBy(one, model).length === 0 && !tieOf(one))
  return isNeeded || declared.length === 0 ? [this_machine, ...declared] : declared
}

/** With no host declared, this machine is the host. */
const this_machine: DesiredHost = {
  name: "local",
  connection: { kind: "local" },
  capacity: {},
  labels: {},
  origin: null,
}

function readHost(host: HostThing): DesiredHost {
  const connection = host.connection()
  const named = { ...this_machine, name: host.id, origin: originOf(host.span) }
  if (!isObject(connection) || connection.kind !== "connection") return named
  const cpus = amountOf(connection.capacity.get("cpus"))
  const memory_bytes = amountOf(connection.capacity.get("memory"))
  const disk_bytes = amountOf(connection.capacity.get("disk"))
  const labels = [...connection.labels].sort(([left], [right]) => compareTexts(left, right))
  return {
    ...named,
    connection: connectionOf(connection),
    capacity: {
      ...(cpus === null ? {} : { cpus }),
      ...(memory_bytes === null ? {} : { memory_bytes }),
      ...(disk_bytes === null ? {} : { disk_bytes }),
    },
    labels: Object.fromEntries(labels.map(([name, value]) => [name, show(value)])),
  }
}

function connectionOf({ to, destination }: ConnectionValue): Connection {
  switch (to) {
    case "ssh":
      return { kind: to, ...destinationOf(to, destination ?? "")! }
    case "incus":
      return { kind: to, url: destination ?? "" }
    case "libvirt":
      return { kind: to, uri: destination ?? "" }
    default:
      return { kind: to }
  }
}

function supplyOf(host: DesiredHost): Supply {
  return {
    host: host.name,
    forms: forms_of[host.connection.kind],
    cpus: host.capacity.cpus ?? null,
    memory_bytes: host.capacity.memory_bytes ?? null,
    disk_bytes: host.capacity.disk_bytes ?? null,
  }
}

function withAway(supply: Supply, away: Readonly<Record<string, Away>>): Supply {
  const why = Object.hasOwn(away, supply.host) ? away[supply.host] : undefined
  return why === undefined ? supply : { ...supply, away: why }
}

function withFound(supply: Supply, discovered: Known["discovered"]): Supply {
  if (supply.memory_bytes !== null || !Object.hasOwn(discovered, supply.host)) return supply
  return { ...supply, ...discovered[supply.host]!, discovered: new Set(["memory"] as const) }
}

/** The hosts that the cluster of an appliance uses; none where it is this machine. */
function usedBy(appliance: ApplianceThing, model: Model): readonly HostThing[] {
  return (appliance.within ?? model.cluster).hosts
}

const hosts_of = new WeakMap<readonly HostThing[], ReadonlySet<string>>()

function demandOf(appliance: ApplianceThing, model: Model, local: DesiredHost): Demand {
  const used = usedBy(appliance, model)
  const hosts = hosts_of.get(used) ?? new Set(used.length === 0 ? [local.name] : used.map((host) => host.id))
  hosts_of.set(used, hosts)
  return {
    id: appliance.id,
    group: appliance.class.name,
    forms: formsOf(appliance),
    cpus: amountOf(appliance.field("cpus")) ?? 1,
    memory_bytes: amountOf(appliance.field("memory")) ?? 0,
    disk_bytes: amountOf(appliance.field("disk")),
    host: tieOf(appliance)?.id ?? null,
    hosts,
    spread: appliance.field("spread") === true,
    volumes: entriesOf(appliance.field("volumes")).size > 0,
  }
}

/** The one that the instance says, else those of its class. The schema has made sure that they are forms. */
function formsOf(appliance: ApplianceThing): readonly Form[] {
  const form = appliance.field("form")
  return (typeof form === "string" ? [form] : textsOf(appliance.field("forms"))) as readonly Form[]
}

function tieOf(appliance: ApplianceThing): HostThing | null {
  const host = appliance.field("host")
  return isObject(host) && host.kind === "reference" && host.to.kind === "host" ? host.to : null
}

type Around = {
  readonly model: Model
  readonly hosts: readonly DesiredHost[]
  readonly away: Readonly<Record<string, Away>>
}

function reportAway(
  appliance: ApplianceThing,
  more: number,
  hosts: readonly DesiredHost[],
  away: Readonly<Record<string, Away>>,
  report: Report,
): void {
  const shown = more === 0 ? appliance.id : `${appliance.id} and ${more} more`
  const tie = tieOf(appliance)
  const why = (host: string) => (Object.hasOwn(away, host) ? ` is ${away[host]}` : "")
  const out = hosts.filter((host) => why(host.name) !== "")
  if (tie === null) {
    const named = out.map((host) => `${host.name}${why(host.name)}`).join(", ")
    report.add("A0609", appliance.span, `no host is left for ${shown}: ${named}`, {
      hint: `declare another host, or give one back with \`appl host return FILE ${out[0]?.name ?? "HOST"}\``,
    })
    return
  }
  report.add("A0609", appliance.span, `${shown} must run on ${tie.id}, which${why(tie.id)}`, {
    related: [{ message: "the tie", span: appliance.fieldSpan("host") }],
    hint: `take its \`host\` away or name another one, or give ${tie.id} back with \`appl host return FILE ${tie.id}\``,
  })
}

function reportMisfit(
  appliance: ApplianceThing,
  misfit: Misfit,
  more: number,
  { model, hosts, away }: Around,
  report: Report,
): void {
  if (misfit.why === "away") return reportAway(appliance, more, hosts, away, report)
  const code = misfit.why === "form" ? "A0602" : "A0601"
  const shown = more === 0 ? appliance.id : `${appliance.id} and ${more} more`
  const tie = tieOf(appliance)
  if (code === "A0602") {
    const forms = formsOf(appliance)
    const where = tie === null ? "no host" : `its host ${tie.id}`
    const can = new Set(
      hosts.filter((host) => tie === null || host.name === tie.id).flatMap((host) => supplyOf(host).forms),
    )
    report.add(
      code,
      appliance.span,
      `${shown} ${more === 0 ? "runs" : "run"} as ${forms.join(" or ")}, which ${where} can${tie === null ? "" : "not"}`,
      {
        related: [
          {
            message: "the forms it can take",
            span: appliance.fieldSpan(typeof appliance.field("form") === "string" ? "form" : "forms"),
          },
        ],
        hint: `a form that a host here can run: ${[...can].join(", ")}`,
      },
    )
    return
  }
  const full = new Set(misfit.table.map(([host]) => host))
  const where =
    tie === null
      ? full.size === 1
        ? `${[...full][0]} has no room`
        : "no host has room"
      : `its host ${tie.id} has no room`
  report.add(code, appliance.span, `${where} for ${shown}`, {
    related: model.hosts
      .filter((host) => full.has(host.id))
      .map((host) => ({ message: "its capacity", span: host.span })),
    table: [
      ["host", "resource", "wanted", "free"],
      ...misfit.table.map(([host, resource, wanted, free]) => [
        host,
        resource,
        showAmount(resource, wanted),
        showAmount(resource, free),
      ]),
    ],
    hint: "let it want less, give the host a larger capacity, or declare another host",
  })
}

function showAmount(resource: PlacementRow["resource"], amount: number): string {
  return resource === "cpus" ? String(amount) : display({ kind: "quantity", of: "size", amount })
}
