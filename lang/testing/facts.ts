import type { Content, DesiredAppliance, DesiredState, End, PortSpan } from "../desired/desired-state.ts"
import { showParts } from "../desired/parts.ts"
import { sortedById } from "../text/order.ts"
import type { Model } from "../values/model.ts"
import type { Value } from "../values/value.ts"

/** What can be read of a compiled cluster by name: its outputs first, then params and things, then what was decided. */
export function memberOf(model: Model, desired: DesiredState, name: string): Value | undefined {
  const own = model.cluster.member(name)
  // The deployed cluster has no host name, by which one inside of it is called.
  if (own !== undefined && !(name === "name" && own === "")) return own
  switch (name) {
    case "name":
      return model.deployed
    case "appliances":
      return sortedById(model.appliances).map((to) => ({ kind: "reference", to }))
    case "networks":
      return sortedById(model.networks).map((to) => ({ kind: "reference", to }))
    case "hosts":
      return desired.hosts.map((host) => record({ name: host.name, appliances: standingOn(desired, host.name) }))
    case "wires":
      return desired.wires.map(({ consumer, name, service, provider, provided }) =>
        record({ consumer, name, service, provider, provided }),
      )
    case "flows":
      return desired.flows.flatMap(({ from, to, ports, cause }) =>
        ports.map((port) => record({ from: showEnd(from), to: showEnd(to), ports: portOf(port), cause })),
      )
    case "publishes":
      return desired.publishes.map(({ port, protocol, appliance, target_port, host }) =>
        record({
          port: portOf({ from: port, to: port, protocol }),
          appliance,
          "target-port": portOf({ from: target_port, to: target_port, protocol }),
          host,
        }),
      )
    default:
      return undefined
  }
}

/** What became of a field of an appliance; `undefined` for those that it says itself. */
export function decidedOf(appliance: DesiredAppliance, name: string): Value | undefined {
  switch (name) {
    case "files":
      return { kind: "map", entries: new Map(appliance.files.map((file) => [file.path, textOf(file.content)])) }
    case "env":
      return {
        kind: "map",
        entries: new Map(
          Object.entries(appliance.env).map(([key, value]) => [
            key,
            typeof value === "string" ? value : showParts(value.parts),
          ]),
        ),
      }
    case "form":
      return appliance.form
    case "host":
      return appliance.host
    default:
      return undefined
  }
}

function standingOn(desired: DesiredState, host: string): Value {
  return desired.appliances.filter((appliance) => appliance.host === host).map(({ id }) => id)
}

function showEnd(end: End): string {
  switch (end.kind) {
    case "appliance":
      return end.id
    case "network":
      return end.name
    case "cidr":
      return end.cidr
    case "outside":
      return "outside"
  }
}

function portOf({ from, to, protocol }: PortSpan): Value {
  return { kind: "port", from, to, protocol }
}

/** Bytes that are no text are shown as well as they can be. */
function textOf(content: Content): string {
  if ("parts" in content) return showParts(content.parts)
  return "text" in content ? content.text : Buffer.from(content.base64, "base64").toString("utf8")
}

function record(fields: Readonly<Record<string, Value>>): Value {
  return { kind: "record", tag: null, fields: new Map(Object.entries(fields)) }
}
