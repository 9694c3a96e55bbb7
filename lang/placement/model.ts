import type { Connection, DesiredHost, Form, PlacementRow } from "../desired/desired-state.ts"
import type { Report } from "../report/diagnostic.ts"
import { compareTexts, sortedById } from "../text/order.ts"
import { originOf } from "../text/source.ts"
import { destinationOf } from "../values/destinations.ts"
import type { ApplianceThing, HostThing, Model } from "../values/model.ts"
import { amountOf, textsOf } from "../values/parts.ts"
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

export type PlacedModel = { readonly hosts: readonly DesiredHost[]; readonly placement: Placement }

/** Reads hosts and what the appliances ask of them, places, and reports those that found no room. */
export function placeModel(model: Model, kept: Readonly<Record<string, string>>, report: Report): PlacedModel {
  const declared = model.hosts.map(readHost)
  const local = declared.find((host) => host.connection.kind === "local")
  const isNeeded = local === undefined && model.appliances.some((one) => usedBy(one, model).length === 0 && !tieOf(one))
  const hosts = isNeeded || declared.length === 0 ? [this_machine, ...declared] : declared
  const appliances = sortedById(model.appliances)
  const placement = place(
    appliances.map((appliance) => demandOf(appliance, model, local ?? this_machine)),
    hosts.map(supplyOf),
    new Map(Object.entries(kept)),
  )
  if (placement.misfits.length > 0) {
    const by_id = new Map(appliances.map((appliance) => [appliance.id, appliance]))
    const lines = Map.groupBy(placement.misfits, ({ id, why }) => `${why} ${by_id.get(id)!.span.start}`)
    for (const [misfit, ...more] of lines.values())
      reportMisfit(by_id.get(misfit!.id)!, misfit!, more.length, model, hosts, report)
  }
  return { hosts, placement }
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

function reportMisfit(
  appliance: ApplianceThing,
  misfit: Misfit,
  more: number,
  model: Model,
  hosts: readonly DesiredHost[],
  report: Report,
): void {
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
