import type { DesiredImage, Form, ImagePins, Pin } from "../../../lang/index.ts"
import { buildRequest, imageKey } from "../../images/request.ts"
import type { Outcome } from "../../model/failure.ts"
import { fieldsOf, type ImageFields } from "../../model/fields.ts"
import type { ObjectRecord } from "../../model/object.ts"
import { pinsDigest } from "../../plan/objects.ts"
import { readImages, readPins } from "./answers.ts"
import { idOf } from "./names.ts"
import type { Steps } from "./operations.ts"
import { readRecords } from "./records.ts"
import { ask, type Session } from "./session.ts"

/** One image as it stands on a host, for one form. */
export type StoredImage = {
  readonly key: string
  /** All of its layers unpacked; a layer that several images share counts in each. */
  readonly size_bytes: number
  /** When it was last asked for, in milliseconds since 1970. */
  readonly used_ms: number
  readonly layers: readonly string[]
  /** `nginx 1.22.1-9`. */
  readonly packages: readonly string[]
  /** The clusters whose records name it, sorted. */
  readonly users: readonly string[]
}

/** What collecting removed. */
export type Collected = { readonly removed: readonly string[]; readonly freed_bytes: number }

/** Resolves a recipe with the host's own mirrors. Package lists are fetched anew when they are older than ten minutes. */
export async function resolveImage(session: Session, image: DesiredImage): Promise<Outcome<ImagePins>> {
  if (image.source.kind !== "debian") {
    const message = `an image of the kind ${image.source.kind} cannot be built here`
    return { ok: false, failure: { kind: "host-unsuitable", message, remedy: null, output: [] } }
  }
  const kernel = image.forms.includes("microvm") ? "kernel" : "-"
  const answer = await ask(session, {
    calls: [["appl_image_resolve", image.source.suite, `${lists_s}`, kernel, ...image.packages]],
    timeout_ms: resolve_ms,
  })
  const read = answer.ok ? readPins(session.host.name, answer.value) : answer
  if (!read.ok) return read
  const found = read.value
  return {
    ok: true,
    value: { base: pinsIn("base", found), packages: pinsIn("packages", found), kernel: pinsIn("kernel", found) },
  }
}

/** What building an image does on the host: nothing for what is there. */
export function buildSteps(id: string, fields: ImageFields): Steps {
  const content = buildRequest(id, fields.forms, fields.pins)
  return {
    calls: [["appl_image_build"]],
    members: [{ path: "image", mode: 0o600, content }],
    // What a broken build leaves has no name that anybody reads; the next build or collection removes it.
    undo: [],
    timeout_ms: build_ms,
  }
}

/** All images of a host, sorted by key, with the clusters that use them. */
export async function listImages(session: Session): Promise<Outcome<readonly StoredImage[]>> {
  const answer = await listing(session)
  if (!answer.ok) return answer
  const { images, records } = answer.value
  const users = usersOf(records)
  return {
    ok: true,
    value: images.map((image) => ({ ...image, users: [...(users.get(image.key) ?? [])].sort() })),
  }
}

/** Removes every image that no record on the host names, and what was kept to build them. */
export async function collectImages(session: Session): Promise<Outcome<Collected>> {
  const answer = await listing(session)
  if (!answer.ok) return answer
  const { now_ms, records, damaged } = answer.value
  if (damaged.length > 0) {
    const message = `the record ${damaged[0]} is damaged, so that nobody knows which images it needs`
    const remedy = "restore it from a backup of the host"
    return { ok: false, failure: { kind: "host-unsuitable", message, remedy, output: [] } }
  }
  const collected = await ask(session, {
    calls: [["appl_image_collect", `${now_ms}`, ...[...usersOf(records).keys()].sort()]],
    timeout_ms: build_ms,
  })
  return collected.ok ? { ok: true, value: collected.value as Collected } : collected
}

/** The keys of images that records name, each with the clusters whose records they are. Exported for tests. */
export function usersOf(records: readonly ObjectRecord[]): ReadonlyMap<string, ReadonlySet<string>> {
  const users = new Map<string, Set<string>>()
  for (const record of records) {
    for (const key of keysIn(record)) users.set(key, (users.get(key) ?? new Set()).add(record.cluster))
  }
  return users
}

function keysIn(record: ObjectRecord): readonly string[] {
  if (record.kind === "image") {
    const { forms, pins } = fieldsOf(record, "image")
    return forms.map((form: Form) => imageKey(idOf(record.address), pinsDigest(pins, form)))
  }
  if (record.kind !== "appliance") return []
  const { image } = fieldsOf(record, "appliance")
  return [imageKey(image.id, image.pins)]
}

/** What images are in use, as far as it can be read; `damaged` are the files of records that cannot. */
type Listing = {
  readonly now_ms: number
  readonly images: readonly Omit<StoredImage, "users">[]
  readonly records: readonly ObjectRecord[]
  readonly damaged: readonly string[]
}

async function listing(session: Session): Promise<Outcome<Listing>> {
  const answer = await ask(session, { calls: [["appl_image_list"]], timeout_ms: resolve_ms })
  const listed = answer.ok ? readImages(session.host.name, answer.value) : answer
  if (!listed.ok) return listed
  const seen = listed.value
  const { records, damaged } = readRecords(seen.records)
  return { ok: true, value: { ...seen, records, damaged: damaged.map(({ file }) => file) } }
}

function pinsIn(layer: keyof ImagePins, found: readonly (Pin & { readonly layer: string })[]): readonly Pin[] {
  return found
    .filter((pin) => pin.layer === layer)
    .map(({ name, version, sha256, size_bytes, url }) => ({ name, version, sha256, size_bytes, url }))
    .sort((left, right) => (left.name < right.name ? -1 : 1))
}

const lists_s = 600
const resolve_ms = 300_000
const build_ms = 1_800_000
