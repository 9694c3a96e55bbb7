import type { ImagePins, Pin } from "../../../lang/index.ts"
import type { Lease } from "../../apply/lease.ts"
import { type Failure, failure_kinds, type Outcome } from "../../model/failure.ts"
import type { Health } from "../../model/observed.ts"
import {
  instant,
  lease_schema,
  list,
  nullable,
  one,
  pin_fields,
  type Schema,
  text,
  validated,
  whole,
  yes_or_no,
} from "../../model/schema.ts"
import type { SeenHistory } from "./history.ts"
import type { StoredImage } from "./image.ts"
import type { Seen } from "./seen.ts"

// A host that somebody broke into answers what it likes. All that it says has its shape before anybody reads it.

/** What `appl_image_list` answers. */
export type SeenImages = Pick<Seen, "now_ms" | "records"> & { readonly images: readonly Omit<StoredImage, "users">[] }

/** What `appl_observe` answered, or that it is no such answer. `host` is who said it. */
export function readSeen(host: string, value: unknown): Outcome<Seen> {
  return read(host, seen_schema, value)
}

/** What `appl_history` answered, or that it is no such answer. */
export function readSeenHistory(host: string, value: unknown): Outcome<SeenHistory> {
  return read(host, history_schema, value)
}

/** The lease that `appl_acquire` or `appl_renew` gave, or who holds it, unread. */
export function readLeaseAnswer(
  host: string,
  value: unknown,
): Outcome<{ readonly taken: Lease } | { readonly held: unknown }> {
  return read(host, { anyOf: [having({ taken: lease_schema }), having({ held: {} })] }, value)
}

/** What `appl_checks_answer` answered, or that it is no such answer. */
export function readHealth(host: string, value: unknown): Outcome<readonly Health[]> {
  return read(host, list(having(health)), value)
}

/** The packages that `appl_image_resolve` found, or that it is no such answer. */
export function readPins(
  host: string,
  value: unknown,
): Outcome<readonly (Pin & { readonly layer: keyof ImagePins })[]> {
  return read(host, list(having({ ...pin_fields, layer: one("base", "packages", "kernel") })), value)
}

/** What `appl_image_list` answered, or that it is no such answer. */
export function readImages(host: string, value: unknown): Outcome<SeenImages> {
  return read(host, images_schema, value)
}

/** How a host can make smaller what it sends (`appl_carry_ways`). */
export function readWays(host: string, value: unknown): Outcome<readonly string[]> {
  const answer = read<{ readonly compressions: readonly string[] }>(host, having({ compressions: texts }), value)
  return answer.ok ? { ok: true, value: answer.value.compressions } : answer
}

/** Whether a change that could cut us off was confirmed in time (`appl_confirm`). */
export function readConfirmed(host: string, value: unknown): Outcome<boolean> {
  const answer = read<{ readonly confirmed: boolean }>(host, having({ confirmed: yes_or_no }), value)
  return answer.ok ? { ok: true, value: answer.value.confirmed } : answer
}

/** The digest (SHA-256) of volumes that were sent or received; two hosts that give none have not agreed on one. */
export function readDigest(host: string, value: unknown): Outcome<string> {
  const sha256: Schema = { type: "string", pattern: "^[0-9a-f]{64}$" }
  const answer = read<{ readonly digest: string }>(host, having({ digest: sha256 }), value)
  return answer.ok ? { ok: true, value: answer.value.digest } : answer
}

/** The failure that an answer tells of; null when it is not one, or none that the program tells. */
export function failureIn(value: unknown): Omit<Failure, "output"> | null {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, "failure")) return null
  const answer = validated<{ failure: Omit<Failure, "output"> }>(failure_schema, value, "failure")
  return answer.ok
    ? answer.value.failure
    : { kind: "operation-failed", message: "it failed without words", remedy: null }
}

function read<T>(host: string, schema: Schema, value: unknown): Outcome<T> {
  const answer = validated<T>(schema, value, "answer of appl's program")
  if (answer.ok) return answer
  const message = `${host} answered what no host of appl answers`
  const remedy = `see what runs as root on ${host}: another answers in the place of appl's own program`
  return { ok: false, failure: { kind: "host-unsuitable", message, remedy, output: answer.failure.output.slice(0, 3) } }
}

/** An object with these keys; what the tools of later systems add to it is not looked at. */
function having(properties: Readonly<Record<string, Schema>>, optional: Readonly<Record<string, Schema>> = {}): Schema {
  return { type: "object", required: Object.keys(properties), properties: { ...properties, ...optional } }
}

const texts = list(text)
const files = list({ type: "array", items: [text, text], minItems: 2, maxItems: 2 })
const prefix: Schema = { type: "integer", minimum: 0, maximum: 32 }
const ipv4: Schema = { type: "string", pattern: "^\\d{1,3}(?:\\.\\d{1,3}){3}$" }
const health = { check: text, passed: yes_or_no, detail: text }
const generation_name: Schema = { type: "string", pattern: "^[^/\\u0000-\\u001f]*\\.[1-9][0-9]{0,8}$" }

const seen_schema = having({
  ...{ now_ms: instant, cpus: whole, kernel: text, memory_bytes: whole, memory_free_bytes: whole },
  ...{ disk_free_bytes: whole, acceleration: one("kvm", "tcg", ""), missing: texts, lease: texts, journal: texts },
  ...{ records: files, rules_intact: yes_or_no, names: texts, tunnels: texts, sockets: texts, callers: texts },
  ...{ others: files, images: texts, health: list(having({ ...health, object: text })) },
  generations: list(
    having({
      name: generation_name,
      address: texts,
      running: yes_or_no,
      started_ms: nullable(instant),
      joined: yes_or_no,
    }),
  ),
  volumes: list(
    having({
      ...{ folder: text, name: text, address: texts, state: one("mounted", "closed", "folder") },
      ...{ size_bytes: whole, used_bytes: whole },
    }),
  ),
  links: list(having({}, { ifname: text, ifalias: text, master: text, flags: texts, mtu: whole })),
  addresses: list(
    having({}, { ifname: text, mtu: whole, addr_info: list(having({}, { local: ipv4, prefixlen: prefix })) }),
  ),
  routes: list(having({}, { dst: text, dev: text, gateway: ipv4, prefsrc: ipv4, metric: whole })),
  tables: having({ nftables: list(having({}, { table: having({ family: text, name: text }) })) }),
})
const history_schema = having({ lines: texts, holding: whole })
const images_schema = having({
  now_ms: instant,
  records: files,
  images: list(having({ key: text, size_bytes: whole, used_ms: whole, layers: texts, packages: texts })),
})
const failure_schema = having({
  failure: having({ kind: one(...failure_kinds), message: text, remedy: nullable(text) }),
})
