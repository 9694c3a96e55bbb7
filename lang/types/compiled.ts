import {
  anyAppliance,
  cidrType,
  either,
  ipType,
  listOf,
  mapOf,
  networkType,
  outsideType,
  portRangeType,
  portType,
  recordOf,
  textType,
} from "./build.ts"
import type { BuiltinParameter } from "./functions.ts"
import type { Schema, SchemaField } from "./schema.ts"
import type { Type } from "./type.ts"

const flow = recordOf({
  from: [textType, "Who opens it: an appliance's id, a network's name, a network in numbers, or `outside`."],
  to: [textType, "Whom it goes to."],
  ports: [portRangeType, "The ports there."],
  cause: [textType, "What opened it, in the reader's words."],
})

const wire = recordOf({
  consumer: [textType, "The id of the appliance that needs or uses it."],
  name: [textType, "What it calls it."],
  service: [textType, "The contract."],
  provider: [textType, "The id of the appliance that provides it."],
  provided: [textType, "What that one calls it."],
})

const publish = recordOf({
  port: [portType, "The port on the host."],
  appliance: [textType, "The id of the appliance that answers."],
  "target-port": [portType, "The port there."],
  host: [textType, "The host whose port it is."],
})

const host = recordOf({
  name: [textType, "Its name."],
  appliances: [listOf(textType), "The ids of what stands on it."],
})

/** What can be asked of a cluster that a test compiled, beside its outputs, params and things, which come first. */
export const compiledSchema: Schema = new Map<string, SchemaField>([
  ["name", fact(textType, "Its name.")],
  ["appliances", fact(listOf(anyAppliance), "All its appliances, by id.")],
  ["networks", fact(listOf(networkType), "All its networks, by name.")],
  ["hosts", fact(listOf(host), "Its hosts, with what stands on each.")],
  ["wires", fact(listOf(wire), "Who provides what to whom.")],
  ["flows", fact(listOf(flow), "Everything that may pass; all else is dropped.")],
  ["publishes", fact(listOf(publish), "What is reachable from outside.")],
])

/** What an appliance of a compiled cluster says otherwise than where it is declared: what was decided and rendered. */
export const compiledApplianceSchema: Schema = new Map<string, SchemaField>([
  ["files", fact(mapOf(textType), "The text of each of its files, templates rendered and folders unfolded, by path.")],
  ["env", fact(mapOf(textType), "Its environment, by name. A secret is •••.")],
  ["form", fact(textType, "The form that it takes.")],
  ["host", fact(textType, "The name of the host that it stands on.")],
])

const end: Type = either(anyAppliance, networkType, cidrType, ipType, outsideType)

/** `c.allows(from, to, ports)`: whether all of these ports may be opened by all of `from`, to all of `to`. */
export const allowsParameters: readonly BuiltinParameter[] = [
  { name: "from", type: end, default: undefined },
  { name: "to", type: end, default: undefined },
  { name: "ports", type: either(portType, portRangeType), default: undefined },
]

function fact(type: Type, doc: string): SchemaField {
  return { type, default: undefined, doc, set: "never", known: "wired" }
}
