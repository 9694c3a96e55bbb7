import type { PortSpan } from "../desired/desired-state.ts"
import type { Report } from "../report/diagnostic.ts"
import { firstTime } from "../report/once.ts"
import type { Model, Provided } from "../values/model.ts"
import { isList, isObject } from "../values/show.ts"
import type { Value } from "../values/value.ts"
import { nameOf } from "./unmet.ts"

/** The ports of a provided service, each once, in the order of its contract. */
export function portsOf(provided: Provided): readonly PortSpan[] {
  return provided.ports().flatMap(({ value }) => portSpans(value))
}

/** The ports that a value stands for: a port, or a list of them; none for what is not a port, such as null. */
export function portSpans(value: Value): readonly PortSpan[] {
  if (isList(value)) return value.flatMap(portSpans)
  if (!isObject(value) || value.kind !== "port") return []
  return [{ from: value.from, to: value.to, protocol: value.protocol }]
}

/** `80/tcp`, `8000..8010/tcp`. */
export function showPort(span: PortSpan): string {
  return span.from === span.to ? `${span.from}/${span.protocol}` : `${span.from}..${span.to}/${span.protocol}`
}

/** Whether all ports of `inner` are in `outer`. */
export function covers(outer: PortSpan, inner: PortSpan): boolean {
  return outer.protocol === inner.protocol && outer.from <= inner.from && inner.to <= outer.to
}

/** Reports two services of one appliance on one port: once per class, since all its instances have them. */
export function checkPorts(model: Model, report: Report): void {
  for (const appliance of model.appliances) {
    if (appliance.provides.length < 2) continue
    const taken: { readonly provided: Provided; readonly port: PortSpan }[] = []
    for (const provided of appliance.provides) {
      const ports = portsOf(provided)
      for (const port of ports) {
        const other = taken.find((one) => meet(one.port, port))
        if (other !== undefined) reportSamePort(provided, other.provided, port, report)
      }
      for (const port of ports) taken.push({ provided, port })
    }
  }
}

function meet(left: PortSpan, right: PortSpan): boolean {
  return left.protocol === right.protocol && left.from <= right.to && right.from <= left.to
}

function reportSamePort(provided: Provided, other: Provided, port: PortSpan, report: Report): void {
  if (!firstTime(report, "A0506", provided.span)) return
  report.add("A0506", provided.span, `${nameOf(provided)} and ${nameOf(other)} are both on port ${showPort(port)}`, {
    related: [{ message: `${other.name} is on it already`, span: other.span }],
    hint: "one address has each port once; give one of them another port",
  })
}
