import { toBase64 } from "../text/base64.ts"
import { sha256 } from "../text/digest.ts"
import { compareTexts } from "../text/order.ts"
import { type Origin, originOf } from "../text/source.ts"
import type { ApplianceThing, Provided } from "../values/model.ts"
import { entriesOf } from "../values/parts.ts"
import { display, isList, isObject } from "../values/show.ts"
import type { Deferred, FolderFile, TracedValue, Value } from "../values/value.ts"
import { portsOf, showPort } from "../wiring/ports.ts"
import type { Cause, DesiredFile } from "./desired-state.ts"
import { contentOfText, type HostOf } from "./parts.ts"

const plain_mode = 0o644
const executable_mode = 0o755
const secret_mode = 0o600
const secret_program_mode = 0o700

/**
 * The files of an appliance by path. Folders give their files; what is written for a path itself wins over what a folder brings there.
 */
export function desireFiles(thing: ApplianceThing, addressOf: AddressOf, hostOf: HostOf): readonly DesiredFile[] {
  const entries = entriesOf(thing.field("files"))
  if (entries.size === 0) return []
  const field_origin = originOf(thing.fieldSpan("files"))
  const files = new Map<string, DesiredFile>()
  for (const [path, value] of entries)
    if (isObject(value) && value.kind === "folder")
      for (const file of value.files) {
        const inner = `${String(path).replace(/\/$/, "")}/${file.path}`
        files.set(inner, folderFile(inner, file, originOf(value.span)))
      }
  for (const [path, value] of entries) {
    const file = fileOf(String(path), value, field_origin, { addressOf, hostOf })
    if (file !== null) files.set(file.path, file)
  }
  return [...files.values()].sort((left, right) => compareTexts(left.path, right.path))
}

type Around = { readonly addressOf: AddressOf; readonly hostOf: HostOf }

function fileOf(path: string, value: Value, origin: Origin, around: Around): DesiredFile | null {
  if (typeof value === "string") return { path, content: { text: value }, mode: modeOf(value), causes: [], origin }
  if (!isObject(value)) return null
  if (value.kind === "deferred") {
    return { path, content: contentOfText(value, around.hostOf), mode: modeOf(value), causes: [], origin }
  }
  if (value.kind === "file") {
    const content = contentOf(value.bytes)
    const mode = "text" in content ? modeOf(content.text) : plain_mode
    return { path, content, mode, causes: [], origin: originOf(value.span) }
  }
  if (value.kind !== "template") return null
  return {
    path,
    content: contentOfText(value.text, around.hostOf),
    mode: modeOf(value.text),
    causes: value.causes.map((cause) => causeOf(cause, around.addressOf)),
    origin: originOf(value.span),
  }
}

/** What begins with `#!` is a program, wherever its text comes from. A secret is for its owner alone, inside too. */
function modeOf(content: string | Deferred): number {
  if (typeof content === "string") return isProgram(content) ? executable_mode : plain_mode
  const [first] = content.of.kind === "text" ? content.of.parts : []
  const is_program = typeof first === "string" && isProgram(first)
  if (content.secret) return is_program ? secret_program_mode : secret_mode
  return is_program ? executable_mode : plain_mode
}

function isProgram(text: string): boolean {
  return text.startsWith("#!")
}

/** The address under which the appliance reaches a provided service; null when it has none. */
export type AddressOf = (provided: Provided) => string | null

const longest_cause = 160

/** What a gateway knows may be long: its beginning tells people what it is, its digest tells whether it is the same. */
function shorten(text: string): string {
  return text.length <= longest_cause ? text : `${text.slice(0, longest_cause)}… (${sha256(text).slice(0, 8)})`
}

/** A service stands for its address and ports: when these change, what was made of it changes, though its name stays. */
function describeCause(value: Value, addressOf: AddressOf): string {
  if (isList(value)) return `[${value.map((one) => describeCause(one, addressOf)).join(", ")}]`
  if (!isObject(value) || value.kind !== "provided") return display(value)
  const ports = portsOf(value.provided).map(showPort)
  return [display(value), "at", addressOf(value.provided) ?? "?", ...ports].join(" ")
}

function folderFile(path: string, file: FolderFile, origin: Origin): DesiredFile {
  const content = contentOf(file.bytes)
  const mode = file.executable ? executable_mode : "text" in content ? modeOf(content.text) : plain_mode
  return { path, content, mode, causes: [], origin }
}

const known_contents = new WeakMap<Uint8Array, DesiredFile["content"]>()

/** Bytes as text when they are UTF-8 without a byte order mark or NUL, else as base64; once for all appliances that share them. */
function contentOf(bytes: Uint8Array): DesiredFile["content"] {
  const known = known_contents.get(bytes)
  if (known !== undefined) return known
  const content = textOf(bytes)
  known_contents.set(bytes, content)
  return content
}

function textOf(bytes: Uint8Array): DesiredFile["content"] {
  const is_marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  try {
    if (!is_marked && !bytes.includes(0)) return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) }
  } catch {
    // It is not UTF-8, which is what the decoder was asked to find out.
  }
  return { base64: toBase64(bytes) }
}

function causeOf(traced: TracedValue, addressOf: AddressOf): Cause {
  return {
    name: traced.name,
    value: shorten(typeof traced.value === "string" ? traced.value : describeCause(traced.value, addressOf)),
    through: traced.through,
    origin: originOf(traced.span),
  }
}
