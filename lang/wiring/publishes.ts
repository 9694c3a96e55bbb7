import type { PortSpan } from "../desired/desired-state.ts"
import type { Report } from "../report/diagnostic.ts"
import { firstTime } from "../report/once.ts"
import type { Model, Provided, PublishThing } from "../values/model.ts"
import { isObject } from "../values/show.ts"
import type { Opening } from "./flows.ts"
import { portSpans, portsOf, showPort } from "./ports.ts"
import { nameOf } from "./unmet.ts"

/** A port of the hosts that leads to a provided service. */
export type PlannedPublish = {
  readonly thing: PublishThing
  readonly port: number
  readonly protocol: "tcp" | "udp"
  readonly provided: Provided
  readonly target_port: number
  readonly opening: Opening
}

/** Reads every `publish`; a port that is published twice, or to a service without a port of its protocol, is reported. */
export function openPublishes(model: Model, report: Report): readonly PlannedPublish[] {
  const planned: PlannedPublish[] = []
  const taken = new Map<string, PlannedPublish>()
  for (const thing of model.publishes) {
    const publish = readPublish(thing, report)
    if (publish === null) continue
    const key = `${publish.port}/${publish.protocol}`
    const other = taken.get(key)
    if (other === undefined) {
      taken.set(key, publish)
      planned.push(publish)
    } else if (firstTime(report, "A0508", thing.portSpan))
      report.add("A0508", thing.portSpan, `port ${key} is published twice`, {
        label: `to ${nameOf(publish.provided)}`,
        related: [{ message: `to ${nameOf(other.provided)}`, span: other.thing.portSpan }],
        hint: "the hosts' addresses have each port once; publish one of them on another port",
      })
  }
  return planned
}

function readPublish(thing: PublishThing, report: Report): PlannedPublish | null {
  const [port] = portSpans(thing.port())
  const target = thing.target()
  if (port === undefined || !isObject(target) || target.kind !== "provided") return null
  const { provided } = target
  if (port.from !== port.to) {
    report.add("A0510", thing.portSpan, `${showPort(port)} are several ports, and publish takes one`, {
      hint: "write a publish for each port",
    })
    return null
  }
  const ports = portsOf(provided)
  const there = ports.find((one) => one.protocol === port.protocol)
  if (there === undefined) {
    reportNoPort(thing, provided, port, ports, report)
    return null
  }
  const inner: PortSpan = { from: there.from, to: there.from, protocol: there.protocol }
  return {
    thing,
    port: port.from,
    protocol: port.protocol,
    provided,
    target_port: there.from,
    opening: {
      from: { kind: "outside" },
      to: { kind: "appliance", appliance: provided.appliance },
      ports: [inner],
      cause: `publish ${showPort(port)} = ${nameOf(provided)}`,
      span: thing.span,
    },
  }
}

function reportNoPort(
  thing: PublishThing,
  provided: Provided,
  port: PortSpan,
  ports: readonly PortSpan[],
  report: Report,
): void {
  const has = ports.length === 0 ? "no port at all" : ports.map(showPort).join(", ")
  const [other] = ports
  report.add(
    "A0509",
    thing.portSpan,
    `${nameOf(provided)} has no ${port.protocol} port to publish ${showPort(port)} to`,
    {
      label: showPort(port),
      related: [{ message: `${provided.name} has ${has}`, span: provided.span }],
      hint:
        other === undefined
          ? "publish a service with a port"
          : `publish with its protocol: ${port.from}/${other.protocol}`,
    },
  )
}
