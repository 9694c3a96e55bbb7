import { createTwoFilesPatch } from "diff"
import type { Cause, Origin } from "../../lang/index.ts"
import { type ApplianceFile, fieldsOf } from "../model/fields.ts"
import { equalJson } from "../model/json.ts"
import type { Json, ManagedObject, ObjectRecord } from "../model/object.ts"
import { shownParts, versionsIn } from "../model/secrets.ts"
import type { FileDiff, Reason } from "./plan.ts"
import type { Situation } from "./situation.ts"

/** Why each changed field changed: from what, to what, and the place that asked for it. */
export function changeReasons({ object, current }: Situation, fields: readonly string[]): Reason[] {
  if (object === null || current === null) return []
  const reasons = fields.flatMap((field) => {
    if (object.kind === "appliance" && field === "files") return fileReasons(object, current.record)
    if (object.kind === "appliance" && field === "env") return envReasons(object, current.record)
    if (object.kind === "firewall" && field === "rules") return ruleReasons(object, current.record)
    if (object.kind === "firewall" && field === "ports") return portReasons(object, current.record)
    if (object.kind === "names") return nameReasons(object, current.record)
    return fieldReasons(object, current.record, field)
  })
  return withoutRepetition(reasons)
}

/** Unified diffs of the text files that differ; a file of other bytes is only named. */
export function fileDiffs({ object, current }: Situation): FileDiff[] {
  if (object?.kind !== "appliance" || current === null) return []
  return changedFiles(object, current.record).flatMap(({ path, before, after }) => {
    const [from, to] = [textOf(before), textOf(after)]
    if (from === to) return []
    if (from === null || to === null) return { path, diff: "binary content differs\n" }
    return { path, diff: createTwoFilesPatch(`a${path}`, `b${path}`, from, to, undefined, undefined, patch_options) }
  })
}

/** Two lines around a change are enough to find it in a configuration file. */
const patch_options = {
  context: 2,
  headerOptions: { includeIndex: false, includeUnderline: false, includeFileHeaders: true },
}

type ChangedFile = {
  readonly path: string
  readonly before: ApplianceFile | undefined
  readonly after: ApplianceFile | undefined
}

function changedFiles(object: ManagedObject, record: ObjectRecord): ChangedFile[] {
  const before = new Map(fieldsOf(record, "appliance").files.map((file) => [file.path, file]))
  const after = new Map(fieldsOf(object, "appliance").files.map((file) => [file.path, file]))
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((path) => ({ path, before: before.get(path), after: after.get(path) }))
    .filter((file) => !equalJson(file.before, file.after))
}

function textOf(file: ApplianceFile | undefined): string | null {
  if (file === undefined) return ""
  if ("parts" in file.content) return shownParts(file.content.parts)
  return "text" in file.content ? file.content.text : null
}

/** A file changed because of the values that went into it; when none of them did, its template or own text changed. */
function fileReasons(object: ManagedObject, record: ObjectRecord): Reason[] {
  return changedFiles(object, record).flatMap(({ path, before, after }) => {
    if (before === undefined) return [changed(`\`${path}\` is added`, null, null, object.origin)]
    if (after === undefined) return [changed(`\`${path}\` is removed`, null, null, object.origin)]
    if (before.mode !== after.mode) {
      return [changed(`the mode of \`${path}\` changed`, octal(before.mode), octal(after.mode), object.origin)]
    }
    const causes = [
      ...causeReasons(record.causes[path] ?? [], object.causes[path] ?? []),
      ...secretReasons(before.content, after.content, object.origins.files ?? object.origin),
    ]
    return causes.length > 0 ? causes : [changed(`the text of \`${path}\` changed`, null, null, object.origin)]
  })
}

function causeReasons(before: readonly Cause[], after: readonly Cause[]): Reason[] {
  const values = new Map(before.map((cause) => [cause.name, cause.value]))
  return after
    .filter((cause) => values.has(cause.name) && values.get(cause.name) !== cause.value)
    .map((cause) => ({
      ...changed(`\`${cause.name}\` changed`, values.get(cause.name)!, cause.value, cause.origin),
      through: cause.through,
    }))
}

function envReasons(object: ManagedObject, record: ObjectRecord): Reason[] {
  const [before, after] = [fieldsOf(record, "appliance").env, fieldsOf(object, "appliance").env]
  const origin = object.origins.env ?? object.origin
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => !equalJson(before[name], after[name]))
    .flatMap((name) => {
      const [from, to] = [before[name], after[name]]
      const secrets = secretReasons(from, to, origin)
      const shown = [from, to].map((value) => (typeof value === "object" ? shownParts(value.parts) : (value ?? null)))
      if (shown[0] === shown[1] && secrets.length > 0) return secrets
      return [changed(`\`env.${name}\` changed`, shown[0]!, shown[1]!, origin), ...secrets]
    })
}

/** The secrets that have another value than before: which, never what. */
function secretReasons(before: Content, after: Content, origin: Origin): Reason[] {
  if (typeof before !== "object" || typeof after !== "object") return []
  if (!("parts" in before) || !("parts" in after)) return []
  const versions = versionsIn(before.parts)
  return [...versionsIn(after.parts)]
    .filter(([name, version]) => versions.has(name) && versions.get(name) !== version)
    .map(([name]) => changed(`${secretTitle(name)} changed`, null, null, origin))
}
type Content = ApplianceFile["content"] | string | undefined

function secretTitle(name: string): string {
  return name.startsWith("param:") ? `the secret param ${name.slice("param:".length)}` : `the secret ${name}`
}

function ruleReasons(object: ManagedObject, record: ObjectRecord): Reason[] {
  const [before, after] = [fieldsOf(record, "firewall").rules, fieldsOf(object, "firewall").rules]
  const causes = (rules: typeof before) => new Set(rules.map((rule) => rule.cause))
  const [closing, opening] = [causes(before), causes(after)]
  const origins = new Map(
    [...Object.values(record.causes), ...Object.values(object.causes)]
      .flat()
      .map((cause) => [cause.name, cause.origin]),
  )
  const reasons = [
    ...[...opening]
      .filter((cause) => !closing.has(cause))
      .map((cause) => changed(`it opens ${cause}`, null, null, origins.get(cause) ?? null)),
    ...[...closing]
      .filter((cause) => !opening.has(cause))
      .map((cause) => changed(`it closes ${cause}`, null, null, origins.get(cause) ?? null)),
  ]
  return reasons.length > 0 ? reasons : [changed("the addresses of its flows changed", null, null, object.origin)]
}

function portReasons(object: ManagedObject, record: ObjectRecord): Reason[] {
  const joined = (thing: Pick<ManagedObject, "fields">) =>
    fieldsOf(thing, "firewall").ports.map(({ appliance, network }) => `${appliance} to ${network}`)
  const [before, after] = [new Set(joined(record)), new Set(joined(object))]
  const reasons = [
    ...[...after].filter((link) => !before.has(link)).map((link) => changed(`it joins ${link}`, null, null, null)),
    ...[...before]
      .filter((link) => !after.has(link))
      .map((link) => changed(`it no longer joins ${link}`, null, null, null)),
  ]
  return reasons.length > 0 ? reasons : [changed("the addresses of its appliances changed", null, null, null)]
}

function nameReasons(object: ManagedObject, record: ObjectRecord): Reason[] {
  const before = new Map(fieldsOf(record, "names").names.map(({ name, address }) => [name, address]))
  const after = new Map(fieldsOf(object, "names").names.map(({ name, address }) => [name, address]))
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => {
      if (!before.has(name)) return changed(`\`${name}\` is added, ${after.get(name)}`, null, null, null)
      if (!after.has(name)) return changed(`\`${name}\` is removed`, null, null, null)
      return changed(`the address of \`${name}\` changed`, before.get(name)!, after.get(name)!, null)
    })
}

function fieldReasons(object: ManagedObject, record: ObjectRecord, field: string): Reason[] {
  const origin = object.origins[field] ?? object.origin
  const [from, to] = [record.fields[field] ?? null, object.fields[field] ?? null]
  const differences = differencesOf(titleOf(field), from, to).slice(0, differences_shown)
  return differences.map((one) =>
    changed(`\`${one.name}\` changed`, shown(field, one.from), shown(field, one.to), origin),
  )
}

type Difference = { readonly name: string; readonly from: Json; readonly to: Json }

/** The innermost parts in which two values differ, each with its path; parts of a list are told by their name. */
function differencesOf(name: string, from: Json, to: Json): Difference[] {
  if (equalJson(from, to)) return []
  const [before, after] = [partsOf(from), partsOf(to)]
  if (before === null || after === null) return [{ name, from, to }]
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key) =>
    differencesOf(`${name}.${key}`, before.get(key) ?? null, after.get(key) ?? null),
  )
}

/** What a record, or a list of named records, is made of; null for what is shown whole, such as the words of a command. */
function partsOf(value: Json): Map<string, Json> | null {
  if (typeof value !== "object" || value === null || "id" in value) return null
  if (!isList(value)) return new Map(Object.entries(value))
  const named = value.map((one) => [nameIn(one), one] as const)
  return named.every((pair): pair is [string, Json] => pair[0] !== null) ? new Map(named) : null
}

function nameIn(value: Json): string | null {
  if (typeof value !== "object" || value === null || isList(value)) return null
  const name = value.name ?? value.device
  return typeof name === "string" ? name : null
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

/** More parts than these say that all of it is new. */
const differences_shown = 4

function titleOf(field: string): string {
  const titles: Readonly<Record<string, string>> = { memory_bytes: "memory", disk_bytes: "disk", nics: "on" }
  return titles[field] ?? field
}

/** A value in a few words. */
function shown(field: string, value: Json): string | null {
  if (value === null) return null
  if (field.endsWith("_bytes") && typeof value === "number") return sizeText(value)
  if (field === "image" && typeof value === "object" && "id" in value) return String(value.id)
  const text = wordsOf(value)
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}

function wordsOf(value: Json): string {
  if (typeof value !== "object" || value === null) return String(value)
  if (isList(value)) return value.map(wordsOf).join(" ")
  return Object.entries(value)
    .filter(([, part]) => part !== null)
    .map(([key, part]) => `${key} ${wordsOf(part)}`)
    .join(" ")
}

/** `96MiB`: the largest unit that gives a whole number. */
export function sizeText(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"]
  let unit = 0
  let count = bytes
  while (unit < units.length - 1 && count >= 1024 && count % 1024 === 0) {
    count /= 1024
    unit += 1
  }
  return `${count}${units[unit]}`
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0")
}

function changed(what: string, from: string | null, to: string | null, origin: Origin | null): Reason {
  return { what, from, to, through: [], origin, drift: false }
}

/** One value often goes into several files of an appliance; it is one reason. */
function withoutRepetition(reasons: readonly Reason[]): Reason[] {
  return [...new Map(reasons.map((reason) => [JSON.stringify(reason), reason])).values()]
}
