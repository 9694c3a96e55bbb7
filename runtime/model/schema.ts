import { createRequire } from "node:module"
import type { ErrorObject, ValidateFunction } from "ajv"
import type { Outcome } from "./failure.ts"
import type { ObjectRecord } from "./object.ts"

/** A JSON Schema (draft 7), as plain data. */
export type Schema = { readonly [key: string]: unknown }

/** Gives a record that was read back, or says what is wrong with it. */
export function readRecord(value: unknown): Outcome<ObjectRecord> {
  return validated(record_schema, value, "record")
}

/** Does what the first `readRecord` would have to wait for. */
export function loadRecordSchema(): void {
  compiled(record_schema)
}

/** Gives `value` if it fits `schema`, else where it does not. `what` is what it should have been, as in `this is no plan`. */
export function validated<T>(schema: Schema, value: unknown, what: string): Outcome<T> {
  const validate = compiled(schema)
  if (validate(value)) return { ok: true, value: value as T }
  const findings = (validate.errors ?? []).map(inWords)
  const message = `this is no ${what}: ${findings[0] ?? "it has another shape"}`
  return { ok: false, failure: { kind: "plan-invalid", message, remedy: null, output: findings } }
}

/** An object whose keys are all required, and no others allowed. */
export function closed(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: "object", properties, required: Object.keys(properties), additionalProperties: false }
}
export function list(items: Schema): Schema {
  return { type: "array", items }
}
export function map(values: Schema): Schema {
  return { type: "object", additionalProperties: values }
}
function or(...schemas: readonly Schema[]): Schema {
  return { anyOf: schemas }
}
/** The same, or null. */
export function nullable(schema: Schema): Schema {
  if ("enum" in schema) return { enum: [...(schema.enum as readonly unknown[]), null] }
  return { ...schema, type: [schema.type, "null"] }
}
export function one(...values: readonly unknown[]): Schema {
  return { enum: values }
}
export const text: Schema = { type: "string" }
export const whole: Schema = { type: "integer", minimum: 0 }
export const yes_or_no: Schema = { type: "boolean" }
export const generation: Schema = { type: "integer", minimum: 1 }
/** What a cluster or host may be called: it becomes part of names on hosts. */
export const plain_name: Schema = { type: "string", pattern: "^[a-z][a-z0-9-]{0,62}$" }
const address_pattern = '^(image|network|firewall|names|appliance|publish)/[A-Za-z0-9._\\[\\]"-]{1,200}$'
export const address: Schema = { type: "string", pattern: address_pattern }
export const kind = one("image", "network", "firewall", "names", "appliance", "publish")
export const verb = one("build", "set", "create", "configure", "reload", "restart", "ready", "switch", "remove")
export const origin = closed({ file: text, line: whole, column: whole })
export const causes = map(list(closed({ name: text, value: text, through: list(text), origin })))

const path: Schema = { type: "string", pattern: "^/" }
const form = one("container", "microvm", "vm")
const protocol = one("tcp", "udp")
const port: Schema = { type: "integer", minimum: 1, maximum: 65_535 }
export const port_span = closed({ from: port, to: port, protocol })
export const end = or(
  closed({ kind: one("appliance"), id: text }),
  closed({ kind: one("network"), name: text }),
  closed({ kind: one("cidr"), cidr: text }),
  closed({ kind: one("outside") }),
)
const pin = closed({ name: text, version: text, sha256: text, size_bytes: whole, url: text })
export const pins = closed({ base: list(pin), packages: list(pin), kernel: list(pin) })

const image_fields = closed({
  source: closed({ kind: one("debian"), suite: text }),
  packages: list(text),
  forms: list(form),
  pins,
})
const gateway = closed({ appliance: text, address: text })
const network_fields = closed({
  cidr: text,
  mtu: whole,
  gateway: nullable(gateway),
  host_address: text,
  dhcp: nullable(closed({ from: text, to: text })),
})
const uplink = closed({ device: text, address: text, prefix: whole, mac: text, peer: text })
const rule_end = closed({ end, addresses: list(text) })
const firewall_fields = closed({
  networks: list(
    closed({
      name: text,
      cidr: text,
      host_address: text,
      gateway: nullable(closed({ appliance: text, address: text, uplink: nullable(uplink) })),
    }),
  ),
  ports: list(closed({ appliance: text, network: text, device: text, address: text, mac: text, forwards: yes_or_no })),
  rules: list(closed({ from: rule_end, to: rule_end, ports: list(port_span), cause: text })),
})
const names_fields = closed({ names: list(closed({ name: text, address: text })) })
const publish_fields = closed({
  port,
  protocol,
  appliance: text,
  target_address: text,
  target_port: port,
  through: nullable(gateway),
})
const probe = or(
  closed({ kind: one("http-get"), address: text, port, path: text, status: whole }),
  closed({ kind: one("tcp-open"), address: text, port }),
  closed({ kind: one("exec"), command: list(text) }),
)
const appliance_fields = closed({
  name: plain_name,
  class: text,
  form,
  image: closed({ id: text, pins: text }),
  cpus: { type: "number", exclusiveMinimum: 0 },
  memory_bytes: whole,
  disk_bytes: nullable(whole),
  nics: list(
    closed({
      device: text,
      network: nullable(text),
      address: text,
      prefix: whole,
      mac: text,
      gateway: nullable(text),
      peer: nullable(text),
      mtu: nullable(whole),
    }),
  ),
  files: list(closed({ path, content: or(closed({ text }), closed({ base64: text })), mode: whole })),
  env: map(text),
  start: list(text),
  reload: nullable(list(text)),
  user: nullable(text),
  volumes: list(closed({ name: text, path, size_bytes: whole, backup: nullable(text) })),
  limits: closed({
    disk_bytes: nullable(whole),
    network_bits_per_second: nullable(whole),
    processes: nullable(whole),
  }),
  restart: one("no", "always"),
  protect: yes_or_no,
  tags: list(text),
  checks: list(closed({ name: text, probe, every_ms: whole, timeout_ms: whole, within_ms: whole })),
  resolver: nullable(text),
})

/** What goes together: a kind, and the fields of that kind. `rest` are the other keys of what has them. */
export function ofEachKind(rest: Readonly<Record<string, Schema>>): Schema {
  const fields = {
    image: image_fields,
    network: network_fields,
    firewall: firewall_fields,
    names: names_fields,
    appliance: appliance_fields,
    publish: publish_fields,
  }
  return {
    ...closed({ ...rest, kind, fields: {} }),
    // Not `anyOf`: a mistake in one kind shall not be told as six.
    allOf: Object.entries(fields).map(([name, schema]) => ({
      if: { properties: { kind: { const: name } } },
      // biome-ignore lint/suspicious/noThenProperty: this is the keyword of JSON Schema.
      then: { properties: { fields: schema } },
    })),
  }
}
const record_schema: Schema = ofEachKind({
  version: one(1),
  cluster: plain_name,
  address,
  generation,
  causes,
  after: list(address),
  origin,
  pending: nullable(verb),
  operation: text,
  token: whole,
})

const validators = new WeakMap<Schema, ValidateFunction>()

/**
 * Importing ajv costs 16 ms, so it is loaded when something is read back and not before; each schema is compiled once, without the optimisations
 * and the check of the schema itself (a test does that), which take longer than all validations of a run.
 */
function compiled(schema: Schema): ValidateFunction {
  let validator = validators.get(schema)
  if (validator === undefined) {
    const { Ajv } = createRequire(import.meta.url)("ajv") as typeof import("ajv")
    validator = new Ajv({ strict: false, validateSchema: false, code: { optimize: false } }).compile(schema)
    validators.set(schema, validator)
  }
  return validator
}

function inWords({ instancePath, message, params }: ErrorObject): string {
  const extra = "additionalProperty" in params ? ` (${String(params.additionalProperty)})` : ""
  return `${instancePath === "" ? "it" : instancePath} ${message ?? "is wrong"}${extra}`
}
