import { createRequire } from "node:module"
import type { ErrorObject, ValidateFunction } from "ajv"
import type { Lease } from "../apply/lease.ts"
import type { Outcome } from "./failure.ts"
import type { RunEnd } from "./history.ts"
import { isNewer, migrated, record_version } from "./migrations.ts"
import type { Address, ObjectRecord } from "./object.ts"
import type { JournalEntry } from "./observed.ts"

/** A JSON Schema (draft 7), as plain data. */
export type Schema = { readonly [key: string]: unknown }

/** Gives a record that was read back, as it is written now, or says what is wrong with it. One of an earlier version is migrated. */
export function readRecord(value: unknown): Outcome<ObjectRecord> {
  if (isNewer(value)) {
    const message = "a newer appl has written it"
    const remedy = "upgrade appl here to the version that was used last"
    return { ok: false, failure: { kind: "plan-invalid", message, remedy, output: [] } }
  }
  return validated(record_schema, migrated(value), "record")
}

/** Gives the end of a run that was read back from the history of a host, or says what is wrong with it. */
export function readRunEnd(value: unknown): Outcome<RunEnd> {
  return validated(run_end_schema, value, "end of a run")
}

/** Gives the lease of a cluster that was read back, or says what is wrong with it. */
export function readLease(value: unknown): Outcome<Lease> {
  return validated(lease_schema, value, "lease")
}

/** Gives an entry of a journal that was read back, or says what is wrong with it. */
export function readJournalEntry(value: unknown): Outcome<JournalEntry> {
  return validated(entry_schema, value, "entry of a journal")
}

/** Gives an address that was read back, or says what is wrong with it. */
export function readAddress(value: unknown): Outcome<Address> {
  return validated(address, value, "address")
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
/** The same, with fields that may be left out. */
export function closedBut(
  optional: Readonly<Record<string, Schema>>,
  properties: Readonly<Record<string, Schema>>,
): Schema {
  return { ...closed(properties), properties: { ...properties, ...optional } }
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
function matching(pattern: string): Schema {
  return { type: "string", pattern }
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
/** A time since 1970, in milliseconds, that a calendar still has (ECMA-262, 21.4.1.1). */
export const instant: Schema = { type: "integer", minimum: 0, maximum: 8_640_000_000_000_000 }
export const yes_or_no: Schema = { type: "boolean" }
export const generation: Schema = { type: "integer", minimum: 1 }
/** What a cluster or host may be called: it becomes part of names on hosts. */
export const plain_name: Schema = { type: "string", pattern: "^[a-z][a-z0-9-]{0,62}$" }
/** A host with its key, and the path of a cluster that it stands in: `room[klein].rack[1]`. */
export const host_name: Schema = { type: "string", pattern: "^[a-z][a-z0-9.\\[\\]-]{0,199}$" }
const address_pattern =
  '^(?:(image|network|firewall|names|appliance)/[A-Za-z0-9._\\[\\]"-]{1,200}|publish/[0-9]{1,5}-(tcp|udp))$'
export const address: Schema = { type: "string", pattern: address_pattern }
export const kind = one("image", "network", "firewall", "names", "appliance", "publish")
export const verb = one(
  ...["build", "set", "create", "configure", "reload", "restart", "ready", "switch", "remove"],
  ...["record", "stop", "send", "receive", "settle", "discard"],
)
export const origin = closed({ file: text, line: whole, column: whole })
export const causes = map(list(closed({ name: text, value: text, through: list(text), origin })))

// What stands in an object becomes words of nftables, lines for LXC and QEMU, names of files. The compiler takes care of that; these patterns
// hold for plans and records that were changed by hand.
const ipv4_pattern = "\\d{1,3}(?:\\.\\d{1,3}){3}"
const ipv4 = matching(`^${ipv4_pattern}$`)
const cidr = matching(`^${ipv4_pattern}/\\d{1,2}$`)
const ipv4_or_cidr = matching(`^${ipv4_pattern}(?:/\\d{1,2})?$`)
const mac = matching("^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$")
const device = matching("^[a-z][a-z0-9]{0,14}$")
const prefix: Schema = { type: "integer", minimum: 0, maximum: 32 }
const hostname = matching("^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$")
const package_name = matching("^[a-z0-9][a-z0-9+.-]*$")
const variable = "^[A-Za-z_][A-Za-z0-9_]*$"
const user = matching("^[a-z_][a-z0-9_-]{0,31}$")
const volume_name = matching("^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$")
const digest = matching("^[A-Za-z0-9]+$")
/** Part of the script of an appliance: anything that can be an argument of a program. */
const argument = matching("^[^\\u0000]*$")
const line = matching("^[^\\u0000-\\u001f]*$")
export const path = matching("^(?:/(?!\\.{1,2}(?:/|$))[^/\\u0000-\\u001f\\u007f]+)+$")
const file_mode: Schema = { type: "integer", minimum: 0, maximum: 0o7777 }
const form = one("container", "microvm", "vm")
const protocol = one("tcp", "udp")
const port: Schema = { type: "integer", minimum: 1, maximum: 65_535 }
export const port_span = closed({ from: port, to: port, protocol })
export const end = or(
  closed({ kind: one("appliance"), id: text }),
  closed({ kind: one("network"), name: text }),
  closed({ kind: one("cidr"), cidr }),
  closed({ kind: one("outside") }),
)
export const pin_fields = {
  name: package_name,
  version: matching("^[A-Za-z0-9.+~:-]+$"),
  sha256: matching("^[0-9a-f]{64}$"),
  size_bytes: whole,
  url: matching("^[a-z+]+:[!-&(-\\[\\]-~]+$"),
}
const pin = closed(pin_fields)
export const pins = closed({ base: list(pin), packages: list(pin), kernel: list(pin) })

const image_fields = closed({
  source: closed({ kind: one("debian"), suite: matching("^[a-z]+$") }),
  packages: list(package_name),
  forms: list(form),
  pins,
})
const gateway = closed({ appliance: text, address: ipv4 })
const tunnel_id: Schema = { type: "integer", minimum: 1, maximum: 2 ** 24 - 1 }
const network_fields = closed({
  cidr,
  mtu: whole,
  gateway: nullable(gateway),
  host_address: ipv4,
  dhcp: nullable(closed({ from: ipv4, to: ipv4 })),
  link: nullable(
    closed({
      id: tunnel_id,
      local: ipv4,
      mac,
      peers: list(closed({ host: host_name, address: ipv4, mac: nullable(mac) })),
      remotes: list(closed({ appliance: text, address: ipv4, mac, at: ipv4 })),
    }),
  ),
})
const uplink = closed({ device, address: ipv4, prefix, mac, peer: ipv4 })
const rule_end = closed({ end, addresses: list(ipv4_or_cidr) })
const firewall_fields = closed({
  networks: list(
    closed({
      name: text,
      cidr,
      host_address: ipv4,
      gateway: nullable(closed({ appliance: text, address: ipv4, uplink: nullable(uplink) })),
    }),
  ),
  ports: list(closed({ appliance: text, network: text, device, address: ipv4, mac, forwards: yes_or_no })),
  rules: list(closed({ from: rule_end, to: rule_end, ports: list(port_span), cause: text })),
  tunnels: list(
    closed({
      network: text,
      id: tunnel_id,
      peers: list(ipv4),
      sources: list(closed({ mac, address: ipv4, forwards: yes_or_no })),
    }),
  ),
})
const names_fields = closed({ names: list(closed({ name: hostname, address: ipv4 })) })
const publish_fields = closed({
  port,
  protocol,
  appliance: text,
  target_address: ipv4,
  target_port: port,
  through: nullable(gateway),
  relay: nullable(ipv4),
})
const probe = or(
  closed({ kind: one("http-get"), address: ipv4, port, path: line, status: whole }),
  closed({ kind: one("tcp-open"), address: ipv4, port }),
  closed({ kind: one("exec"), command: list(argument) }),
)
const secret_part = { secret: text, version: matching("^[0-9a-f]{16}$") }
/** Filters of filters go as deep as a template says; a plan that was changed by hand goes no deeper than this. */
const parts = Array.from({ length: 8 }).reduce<Schema>(
  (inner) => list(or(text, closed(secret_part), closed({ filter: matching("^[a-z]+$"), of: inner }))),
  list(or(text, closed(secret_part))),
)
const appliance_fields = closed({
  name: plain_name,
  class: text,
  form,
  image: closed({ id: matching("^[A-Za-z0-9._-]+$"), pins: digest }),
  cpus: { type: "number", exclusiveMinimum: 0 },
  memory_bytes: whole,
  disk_bytes: nullable(whole),
  nics: list(
    closed({
      device,
      network: nullable(text),
      address: ipv4,
      prefix,
      mac,
      gateway: nullable(ipv4),
      peer: nullable(ipv4),
      mtu: nullable(whole),
    }),
  ),
  files: list(
    closed({ path, content: or(closed({ text }), closed({ base64: text }), closed({ parts })), mode: file_mode }),
  ),
  env: { ...map(or(argument, closed({ parts }))), propertyNames: { pattern: variable } },
  start: { ...list(argument), minItems: 1 },
  reload: nullable({ ...list(argument), minItems: 1 }),
  user: nullable(user),
  volumes: list(closed({ name: volume_name, path, size_bytes: whole, backup: nullable(text) })),
  limits: closed({
    disk_bytes: nullable(whole),
    network_bits_per_second: nullable(whole),
    processes: nullable(whole),
  }),
  restart: one("no", "always"),
  protect: yes_or_no,
  tags: list(text),
  checks: list(closed({ name: argument, probe, every_ms: whole, timeout_ms: whole, within_ms: whole })),
  resolver: nullable(ipv4),
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
  version: one(record_version),
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

const holder_keys = { user: text, machine: text, boot_id: text, process_id: whole, started: text }
export const lease_schema = closed({
  token: whole,
  holder: { ...closed(holder_keys), properties: { ...holder_keys, run: matching("^[0-9a-f]{1,64}$") } },
  operation: text,
  since_ms: instant,
  until_ms: instant,
})
const run_end_schema = closed({
  until_ms: instant,
  state: one("done", "failed", "interrupted", "refused"),
  why: nullable(text),
  steps: list(
    closed({ action: text, address, host: text, state: one("done", "failed", "blocked", "left", "turned-back") }),
  ),
  more: whole,
})
const entry_schema = closed({ operation: text, address, generation, verb, token: whole })

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
