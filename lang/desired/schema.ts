// JSON Schemas (draft 07) of what is read back: the lock, the desired state and its hosts. They say what the types in
// `desired-state.ts` and `lock.ts` say; a test holds them together by validating what `compile()` gives.

import { lockedModulesSchema } from "../modules/schemas.ts"

const text = { type: "string" } as const
const count = { type: "integer", minimum: 0 } as const
const amount = { type: "number", minimum: 0 } as const
const flag = { type: "boolean" } as const
const texts = { type: "array", items: text } as const
const port = { type: "integer", minimum: 1, maximum: 65_535 } as const
const protocol = { enum: ["tcp", "udp"] } as const
const form = { enum: ["container", "microvm", "vm"] } as const
const address = { type: "string", pattern: "^\\d{1,3}(\\.\\d{1,3}){3}$" } as const
const cidr = { type: "string", pattern: "^\\d{1,3}(\\.\\d{1,3}){3}/\\d{1,2}$" } as const

const origin = record({ file: text, line: count, column: count })
const pin = record({ name: text, version: text, sha256: text, size_bytes: count, url: text })
const pins = record({ base: listOf(pin), packages: listOf(pin), kernel: listOf(pin) })

const connection = {
  oneOf: [
    record({ kind: { enum: ["local", "simulated"] } }),
    record({ kind: { const: "ssh" }, user: nullable(text), host: text, port: nullable(port) }),
    record({ kind: { const: "incus" }, url: text }),
    record({ kind: { const: "libvirt" }, uri: text }),
  ],
} as const
const away = { enum: ["drained", "fenced"] } as const

const host = record({
  name: text,
  connection,
  capacity: partial({ cpus: amount, memory_bytes: count, disk_bytes: count }),
  labels: mapOf(text),
  origin: nullable(origin),
})

const network = record({
  name: text,
  cidr,
  mtu: nullable(count),
  gateway: nullable(record({ appliance: text, address })),
  host_address: address,
  dhcp: nullable(record({ from: address, to: address })),
  hosts: texts,
  origin,
})

const image = record({
  id: text,
  source: {
    oneOf: [
      record({ kind: { const: "debian" }, suite: text }),
      record({
        kind: { enum: ["qcow2", "iso"] },
        from: text,
        sha256: nullable({ type: "string", pattern: "^[0-9a-f]{64}$" }),
      }),
    ],
  },
  packages: texts,
  forms: listOf(form),
  pins: nullable(pins),
  origin,
})

const nic = record({
  device: text,
  network: nullable(text),
  address,
  prefix: { type: "integer", minimum: 0, maximum: 32 },
  mac: { type: "string", pattern: "^[0-9a-f]{2}(:[0-9a-f]{2}){5}$" },
  gateway: nullable(address),
  peer: nullable(address),
})

const late = { $ref: "#/definitions/late" } as const
const parts = { type: "array", items: { $ref: "#/definitions/part" } } as const
/** What refers to itself; a schema that holds parts has these. */
const definitions = {
  part: {
    anyOf: [
      text,
      { ...record({ secret: text }), properties: { secret: text, length: count } },
      record({ late }),
      record({ filter: text, of: parts }),
    ],
  },
  late: {
    anyOf: [
      record({ fact: { enum: ["kernel", "cpus", "memory", "acceleration"] }, host: text }),
      record({ call: text, of: { type: "array", items: late } }),
      record({ value: { type: ["string", "number", "boolean", "null"] } }),
      record({ amount: { type: "number" }, measure: { enum: ["size", "duration", "percent", "rate", "cpus"] } }),
    ],
  },
} as const

const cause = record({ name: text, value: text, through: texts, origin })
const file = record({
  path: { type: "string", pattern: "^/" },
  content: { oneOf: [record({ text }), record({ base64: text }), record({ parts })] },
  mode: count,
  causes: listOf(cause),
  origin,
})

const probe = {
  oneOf: [
    record({ kind: { const: "http-get" }, address, port, path: text, status: count }),
    record({ kind: { const: "tcp-open" }, address, port }),
    record({ kind: { const: "exec" }, command: texts }),
  ],
}
const check = record({ name: text, probe, every_ms: count, timeout_ms: count, within_ms: count, origin })

const appliance = record({
  id: text,
  name: text,
  class: text,
  host: text,
  form,
  image: text,
  cpus: amount,
  memory_bytes: count,
  disk_bytes: nullable(count),
  nics: listOf(nic),
  files: listOf(file),
  env: mapOf({ anyOf: [text, record({ parts })] }),
  start: texts,
  reload: nullable(texts),
  user: nullable(text),
  volumes: listOf(record({ name: text, path: text, size_bytes: count, backup: nullable(text) })),
  limits: partial({ disk_bytes: count, network_bits_per_second: count, processes: count }),
  restart: { enum: ["no", "always"] },
  protect: flag,
  tags: texts,
  scale: nullable(
    record({
      min: count,
      max: count,
      when: nullable(record({ of: { const: "cpu" }, above_percent: amount })),
      idle_ms: nullable(count),
      further: listOf(listOf(nic)),
    }),
  ),
  fork: flag,
  slim: flag,
  update: nullable(record({ at_once: count, canary: count, healthy_ms: nullable(count), turn_back: flag })),
  checks: listOf(check),
  after: texts,
  origin,
  origins: mapOf(origin),
})

const insert = record({ appliance: text, before: texts, network: text, origin })
const moved = record({ kind: { enum: ["appliance", "network", "host"] }, from: text, to: text, origin })

const wire = record({
  kind: { enum: ["needs", "uses"] },
  consumer: text,
  name: text,
  service: text,
  provider: text,
  provided: text,
  origin,
})

const end = {
  oneOf: [
    record({ kind: { const: "appliance" }, id: text }),
    record({ kind: { const: "network" }, name: text }),
    record({ kind: { const: "cidr" }, cidr }),
    record({ kind: { const: "outside" } }),
  ],
}
const flow = record({
  from: end,
  to: end,
  ports: listOf(record({ from: port, to: port, protocol })),
  cause: text,
  origin,
})

const publish = record({
  port,
  protocol,
  appliance: text,
  target_address: address,
  target_port: port,
  through: nullable(record({ appliance: text, address })),
  host: text,
  origin,
})

const placementRow = record(
  {
    host: text,
    resource: { enum: ["cpus", "memory", "disk"] },
    wanted: amount,
    capacity: nullable(amount),
    free: nullable(amount),
  },
  { source: { enum: ["declared", "discovered"] } },
)

const output = {
  ...record({ name: text, value: {}, origin }),
  properties: {
    name: text,
    value: {},
    late: listOf(record({ path: listOf({ type: ["string", "integer"] }), of: late })),
    origin,
  },
}

/** The schema of `DesiredHost[]`. */
export const hostsSchema = listOf(host)

/** The schema of `DesiredState`. */
export const desiredStateSchema = withDefinitions(
  record(
    {
      version: { const: 1 },
      cluster: text,
      definition: text,
      file: text,
      hosts: hostsSchema,
      networks: listOf(network),
      images: listOf(image),
      appliances: listOf(appliance),
      inserts: listOf(insert),
      moved: listOf(moved),
      wires: listOf(wire),
      flows: listOf(flow),
      publishes: listOf(publish),
      outputs: listOf(output),
      placement: listOf(placementRow),
    },
    { former: hostsSchema, away: mapOf(away), last: mapOf(text) },
  ),
)

/** The schema of `Lock`. */
export const lockSchema = {
  type: "object",
  additionalProperties: false,
  required: ["version", "deployed"],
  properties: {
    version: { const: 1 },
    modules: lockedModulesSchema,
    deployed: mapOf(
      record(
        {
          addresses: mapOf({ type: "string", pattern: "^\\d{1,3}(\\.\\d{1,3}){3}(/\\d{1,2})?$" }),
          placement: mapOf(text),
          images: mapOf(pins),
        },
        { renamed: mapOf(text), hosts: mapOf(connection), away: mapOf(away) },
      ),
    ),
  },
}

function withDefinitions(schema: object): object {
  return { ...schema, definitions }
}

/** An object with exactly these fields, and those that may be left out. */
function record(properties: Readonly<Record<string, object>>, optional: Readonly<Record<string, object>> = {}): object {
  const all = { ...properties, ...optional }
  return { type: "object", additionalProperties: false, required: Object.keys(properties), properties: all }
}

/** An object with any of these fields, and no others. */
function partial(properties: Readonly<Record<string, object>>): object {
  return { type: "object", additionalProperties: false, properties }
}

function listOf(items: object): object {
  return { type: "array", items }
}

function mapOf(values: object): object {
  return { type: "object", additionalProperties: values }
}

function nullable(schema: object): object {
  return { anyOf: [{ type: "null" }, schema] }
}
