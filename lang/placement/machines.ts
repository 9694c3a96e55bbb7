import type { Report } from "../report/diagnostic.ts"
import type { HostThing, Model, NetworkThing, PlannedNic } from "../values/model.ts"
import { isObject } from "../values/show.ts"
import type { PlacedModel } from "./model.ts"

/** Reports A0603 for two hosts that are one machine: each would count its room for itself, and both would make its bridges. */
export function checkMachines(model: Model, report: Report): void {
  const [first, ...more] = model.hosts.filter((host) => connectionOf(host) === "local")
  for (const host of more) {
    report.add("A0603", host.span, `${host.id} and ${first!.id} are both this machine`, {
      related: [{ message: `${first!.id} is this machine already`, span: first!.span }],
      hint: "leave one of them out; a host that only remembers is `simulated({ … })`",
    })
  }
}

/** Reports a network whose appliances stand on several hosts that are not all simulated: links between real hosts come later. */
export function checkLinks(
  model: Model,
  nics: ReadonlyMap<unknown, readonly PlannedNic[]>,
  { placement, hosts }: PlacedModel,
  report: Report,
): void {
  const real = new Set(hosts.filter((host) => host.connection.kind !== "simulated").map((host) => host.name))
  if (real.size === 0 || hosts.length === 1) return
  const spans = new Map<NetworkThing, Set<string>>()
  for (const appliance of model.appliances) {
    const host = placement.spots.get(appliance.id)?.host
    for (const { network } of nics.get(appliance) ?? []) {
      if (host === undefined || network === null) continue
      spans.set(network, (spans.get(network) ?? new Set()).add(host))
    }
  }
  for (const [network, names] of spans) {
    if (names.size < 2 || ![...names].some((name) => real.has(name))) continue
    const listed = [...names].sort().join(" and ")
    report.add(
      "A0299",
      network.span,
      `${network.id} would span ${listed}: links between hosts come in a later version`,
      {
        related: model.hosts
          .filter((host) => names.has(host.id))
          .map(({ span }) => ({ message: "a host of it", span })),
        hint: "keep its appliances on one host with `host = …`, or simulate all of its hosts",
      },
    )
  }
}

function connectionOf(host: HostThing): string | null {
  const connection = host.connection()
  return isObject(connection) && connection.kind === "connection" ? connection.to : null
}
