import type { Report } from "../report/diagnostic.ts"
import { destinationOf } from "../values/destinations.ts"
import type { HostThing, Model } from "../values/model.ts"
import { isObject } from "../values/show.ts"

/** Reports A0603 for two hosts that are one machine: each would count its room for itself, and both would make its bridges. */
export function checkMachines(model: Model, report: Report): void {
  const known = new Map<string, HostThing>()
  for (const host of model.hosts) {
    const machine = machineOf(host)
    if (machine === null) continue
    const first = known.get(machine)
    if (first === undefined) {
      known.set(machine, host)
      continue
    }
    const shown = machine === "local" ? "this machine" : machine
    report.add("A0603", host.span, `${host.id} and ${first.id} are both ${shown}`, {
      related: [{ message: `${first.id} is ${shown} already`, span: first.span }],
      hint: "leave one of them out; a host that only remembers is `simulated({ … })`",
    })
  }
}

/** What tells one machine from another, in words; null for simulated hosts, of which there are as many as wanted. */
function machineOf(host: HostThing): string | null {
  const connection = host.connection()
  if (!isObject(connection) || connection.kind !== "connection" || connection.to === "simulated") return null
  const { to, destination } = connection
  if (to === "local" || destination === null) return "local"
  const found = destinationOf(to, destination)
  return found === null ? null : `${found.host}${found.port === null ? "" : `:${found.port}`} over ${to}`
}
