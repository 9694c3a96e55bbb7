import type { Topology } from "../addresses/topology.ts"
import { networksOf } from "../addresses/topology.ts"
import type { Report } from "../report/diagnostic.ts"
import { firstTime } from "../report/once.ts"
import type { ApplianceThing, InsertThing, Model, NetworkThing } from "../values/model.ts"

/** An appliance in the line that leads to others on one network. */
export type InLine = {
  readonly appliance: ApplianceThing
  readonly before: readonly ApplianceThing[]
  readonly network: NetworkThing
  readonly thing: InsertThing
}

/** What stands in line before what. Reports A0514 for a target that is not on the network, A0515 for two at one place. */
export function lineUp(model: Model, topology: Topology, report: Report): readonly InLine[] {
  const lines: InLine[] = []
  const taken = new Map<string, InsertThing>()
  for (const thing of model.inserts) {
    const network = thing.network()
    if (network === null) continue
    const before = thing.before().filter((target) => stands(thing, target, network, topology, report))
    for (const target of before) {
      const place = `${target.id}/${network.id}`
      const twin = taken.get(place)
      if (twin !== undefined) reportTwice(thing, twin, target, report)
      taken.set(place, thing)
    }
    lines.push({ appliance: thing.appliance, before, network, thing })
  }
  return lines
}

function stands(
  thing: InsertThing,
  target: ApplianceThing,
  network: NetworkThing,
  topology: Topology,
  report: Report,
): boolean {
  const isItself = target === thing.appliance
  if (!isItself && networksOf(topology, target).includes(network)) return true
  if (firstTime(report, "A0514", thing.beforeSpan))
    report.add(
      "A0514",
      thing.beforeSpan,
      isItself ? `${target.id} would stand before itself` : `${target.id} does not stand on ${network.id}`,
      {
        related: isItself ? [] : [{ message: `${target.id} stands here`, span: target.fieldSpan("on") }],
        hint: "what is put in line stands on a network of what it is put before",
      },
    )
  return false
}

function reportTwice(thing: InsertThing, twin: InsertThing, target: ApplianceThing, report: Report): void {
  if (!firstTime(report, "A0515", thing.beforeSpan)) return
  const { id } = thing.appliance
  report.add("A0515", thing.beforeSpan, `${twin.appliance.id} and ${id} are both put before ${target.id}`, {
    related: [{ message: `${twin.appliance.id} is`, span: twin.beforeSpan }],
    hint: `say which is first: put ${id} before ${twin.appliance.name}, or the other way round`,
  })
}
