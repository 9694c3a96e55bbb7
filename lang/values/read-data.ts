import type { DataEntry, DataFields, DataList, DataNode, Stretch } from "../data/node.ts"
import { deepest } from "../data/node.ts"
import type { DataFile } from "../data/parse.ts"
import type { Code as DiagnosticCode } from "../report/codes.ts"
import { nearest } from "../report/nearest.ts"
import type * as tree from "../syntax/tree.ts"
import type { Span } from "../text/source.ts"
import { showType } from "../types/show.ts"
import type { RecordTypeOf, Type } from "../types/type.ts"
import { literalPath } from "./calls.ts"
import { conformerOf } from "./conform.ts"
import { fromData, spanIn } from "./data-origins.ts"
import { defaultOf } from "./expressions.ts"
import { type Code, type Evaluation, fail, makeThings, type Place, spanOf } from "./frame.ts"
import { exampleOf, isMisfit, valueOfText } from "./inputs.ts"
import { invalid, type Value } from "./value.ts"

/** `read("./customers.csv")`: the content of a data file, each value checked where it stands there. */
export function compileRead(place: Place, expression: tree.Call, path: tree.Expression | undefined): Code {
  const { evaluation, unit } = place
  const type = evaluation.types.of.get(expression) ?? { kind: "unknown" }
  const run = (): Value => {
    const named = literalPath(place, path)
    const file = named === null ? null : evaluation.library.data(unit, named, spanOf(unit, path!))
    if (file === null || type.kind === "unknown") return invalid
    const call = spanOf(unit, expression)
    return typedValue({ evaluation, file, call, said: new Set(), count: 0 }, file.root, type, 0)
  }
  return { run, reach: Number.POSITIVE_INFINITY, depth: 2 }
}

type Reading = {
  readonly evaluation: Evaluation
  readonly file: DataFile
  /** Where it is read. */
  readonly call: Span
  /** Names that were reported: one that all records have, or lack, is one mistake. */
  readonly said: Set<string>
  count: number
}

/** After so many problems the rest of a file is not looked at. */
const most_problems = 20

function typedValue(reading: Reading, node: DataNode, type: Type, depth: number): Value {
  const { evaluation, file } = reading
  if (reading.count >= most_problems) return invalid
  if (!makeThings(evaluation, () => reading.call)) return invalid
  if (depth > deepest) return complain(reading, "A0822", node, "this is nested too deeply")
  switch (type.kind) {
    case "optional":
      return node.kind === "null" ? null : typedValue(reading, node, type.of, depth)
    case "either":
      return typedValue(reading, node, alternativeFor(node, type.of), depth)
    case "list":
      return node.kind === "list" ? listOf(reading, node, type, depth) : fromWord(reading, node, type)
    case "map":
      return node.kind === "fields" ? mapOf(reading, node, type, depth) : fromWord(reading, node, type)
    case "record":
      return node.kind === "fields" ? recordOf(reading, node, type, null, depth) : fromWord(reading, node, type)
    case "union":
      return variantOf(reading, node, type, depth)
    default: {
      const value = scalarOf(node, type)
      if (value === undefined) return misfit(reading, node, type)
      return conformed(reading, value, type, spanIn(file.source, node))
    }
  }
}

function conformed(reading: Reading, value: Value, type: Type, span: Span): Value {
  const conform = conformerOf(type, defaultOf)
  if (conform === null) return value
  const made = conform(value, reading.evaluation, () => ({ span, related: readHere(reading) }))
  if (made === invalid) reading.count++
  return made
}

function listOf(reading: Reading, node: DataList, type: Type & { kind: "list" }, depth: number): Value {
  const elements = node.elements.map((element) => typedValue(reading, element, type.of, depth + 1))
  if (elements.includes(invalid)) return invalid
  const { source } = reading.file
  const made = conformed(reading, elements, { ...type, of: { kind: "unknown" } }, spanIn(source, node))
  return made === invalid ? made : fromData(elements, source, node)
}

function mapOf(reading: Reading, node: DataFields, type: Type & { kind: "map" }, depth: number): Value {
  const entries = new Map<string | number, Value>()
  let valid = true
  for (const [name, entry] of node.entries) {
    const key = keyOf(reading, name, entry, type.key)
    const value = typedValue(reading, entry.node, type.value, depth + 1)
    if (key === null || value === invalid) valid = false
    else entries.set(key, value)
  }
  return valid ? fromData({ kind: "map", entries }, reading.file.source, node) : invalid
}

function keyOf(reading: Reading, name: string, entry: DataEntry, type: Type): string | number | null {
  const key = { kind: "bare", text: name, ...entry.name } as const
  const value = typedValue(
    reading,
    key,
    type.kind === "either" ? { kind: "text", form: null, pattern: null, bounds: open } : type,
    0,
  )
  return typeof value === "string" || typeof value === "number" ? value : null
}
const open = { least: null, most: null }

function recordOf(reading: Reading, node: DataFields, type: RecordTypeOf, tag: string | null, depth: number): Value {
  const { source } = reading.file
  let valid = knowsAll(reading, node, type)
  const fields = new Map<string, Value>()
  const missing: string[] = []
  for (const [name, field] of type.fields) {
    const entry = node.entries.get(name)
    const isAbsent = entry === undefined || (node.columns === true && entry.node.kind === "null")
    if (!isAbsent) fields.set(name, typedValue(reading, entry.node, field.type, depth + 1))
    else if (field.default !== null || field.type.kind === "optional") {
      fields.set(name, defaultOf(reading.evaluation, type, name))
    } else {
      valid = false
      if (entry !== undefined) reportEmpty(reading, entry, name, field.type)
      else missing.push(name)
    }
    if (fields.get(name) === invalid) valid = false
  }
  reportMissing(reading, node, missing)
  return valid ? fromData({ kind: "record", tag, fields }, source, node) : invalid
}

/** True when every name is a field of the type. Those that unknown names were probably meant for are not called missing later. */
function knowsAll(reading: Reading, node: DataFields, type: RecordTypeOf): boolean {
  const names = [...type.fields.keys()]
  let all = true
  for (const [name, entry] of node.entries) {
    if (type.fields.has(name)) continue
    all = false
    const word = name.replaceAll("_", "-")
    const free = names.filter((one) => !node.entries.has(one))
    const near = free.includes(word) ? word : nearest(word, free)
    if (near !== null) reading.said.add(`missing ${near}`)
    if (!firstOf(reading, `unknown ${name}`)) continue
    const what = node.columns === true ? "column" : "key"
    complain(reading, "A0807", entry.name, `${showType(type)} has no field \`${name}\`, which this ${what} is named`, {
      hint: near === null ? `it has ${names.join(", ")}` : `did you mean ${near}?`,
    })
  }
  return all
}

function reportEmpty(reading: Reading, entry: DataEntry, name: string, type: Type): void {
  complain(reading, "A0808", entry.node, `${name} is empty in this row`, {
    hint: type.kind === "text" ? 'an empty text is written `""`' : otherwise,
  })
}

/** What all records lack is said of the first; what was called misspelt is not called missing too. */
function reportMissing(reading: Reading, node: DataFields, missing: readonly string[]): void {
  const names = missing.filter((name) => firstOf(reading, `missing ${name}`))
  if (names.length === 0) return
  const isColumn = node.columns === true
  const at = isColumn ? firstLine(reading.file) : { start: node.start, end: Math.min(node.end, node.start + 1) }
  const listed = names.map((name) => `\`${name}\``).join(" and ")
  const message = isColumn
    ? `there is no column ${listed}`
    : `${listed} ${names.length === 1 ? "is" : "are"} missing here`
  complain(reading, "A0808", at, message, { hint: otherwise })
}

const otherwise = "give it, or let the type say what it is then, by a default or a `?`"

/** JSON and its like write a variant as a record of one field, named like it; one without fields may be its name alone. */
function variantOf(reading: Reading, node: DataNode, type: Type & { kind: "union" }, depth: number): Value {
  const listed = type.variants.map((variant) => variant.name).join(" or ")
  if (node.kind === "fields") {
    const [[name, entry] = [null, null], ...others] = node.entries
    const variant = type.variants.find((candidate) => candidate.name === name)
    if (variant !== undefined && others.length === 0) {
      if (entry!.node.kind === "fields") return recordOf(reading, entry!.node, variant, variant.name, depth + 1)
      return misfit(reading, entry!.node, variant)
    }
    return complain(reading, "A0806", node, `this is not ${listed}`, { hint: `one of them is the only key here` })
  }
  const word = node.kind === "text" || node.kind === "bare" ? node.text.trim() : null
  const variant = type.variants.find((candidate) => candidate.name === word)
  if (variant !== undefined) {
    const empty: DataFields = { kind: "fields", entries: new Map(), start: node.start, end: node.end }
    return recordOf(reading, empty, variant, variant.name, depth + 1)
  }
  return fromWord(reading, node, type)
}

/** A record, map or variant that stands in a cell is written as in the language. */
function fromWord(reading: Reading, node: DataNode, type: Type): Value {
  const value = node.kind === "bare" ? valueOfText(node.text, type) : null
  if (value === null || isMisfit(value)) return misfit(reading, node, type)
  return conformed(reading, value, type, spanIn(reading.file.source, node))
}

/** The value of what is no list and no record; `undefined` when it is none of the type. */
function scalarOf(node: DataNode, type: Type): Value | undefined {
  switch (node.kind) {
    case "null":
      return type.kind === "null" ? null : undefined
    case "bool":
      return type.kind === "bool" ? node.value : undefined
    case "number":
      if (type.kind === "float") return Number.isFinite(node.value) ? node.value : undefined
      if (type.kind === "int") return Number.isSafeInteger(node.value) ? node.value : undefined
      if (type.kind !== "quantity" || type.of !== "cpus" || !Number.isFinite(node.value)) return undefined
      return { kind: "quantity", of: "cpus", amount: node.value }
    case "text":
      if (type.kind === "bool" || type.kind === "int" || type.kind === "float") return undefined
      return wordOf(node.text, type)
    case "bare":
      return wordOf(node.text, type)
    default:
      return undefined
  }
}

function wordOf(text: string, type: Type): Value | undefined {
  if (type.kind === "text") return text
  if (type.kind === "int" && /^-?\d{1,15}$/.test(text)) return Number(text) + 0
  const value = valueOfText(text, type)
  return isMisfit(value) ? undefined : value
}

/** Of the types that a built-in field may have, the one that this can be. */
function alternativeFor(node: DataNode, types: readonly Type[]): Type {
  const isOf = (type: Type): boolean => {
    if (node.kind === "list") return type.kind === "list"
    if (node.kind === "fields") return type.kind === "map" || type.kind === "record" || type.kind === "union"
    return scalarOf(node, type) !== undefined
  }
  return types.find(isOf) ?? types[0]!
}

function misfit(reading: Reading, node: DataNode, type: Type): Value {
  const { text } = reading.file.source
  const example = exampleOf(type)
  const near =
    type.kind === "enum" && (node.kind === "text" || node.kind === "bare") ? nearest(node.text, type.values) : null
  const what = words[node.kind] ?? `\`${shortened(text.slice(node.start, node.end))}\``
  return complain(reading, "A0806", node, `${what} is not of type ${showType(type)}`, {
    hint:
      near !== null
        ? `did you mean ${near}?`
        : node.kind === "number" && type.kind === "text"
          ? "a text stands in quotes"
          : node.kind === "number" && type.kind === "int" && Math.abs(node.value) > Number.MAX_SAFE_INTEGER
            ? "whole numbers end at 2^53 - 1"
            : example === null
              ? undefined
              : `such a value is written ${example}`,
  })
}

const words: Partial<Record<DataNode["kind"], string>> = { list: "a list", fields: "a record", null: "null" }

function complain(
  reading: Reading,
  code: DiagnosticCode,
  at: Stretch,
  message: string,
  { hint }: { readonly hint?: string | undefined } = {},
): Value {
  reading.count++
  const rest = reading.count === most_problems ? "what follows was not looked at" : undefined
  return fail(reading.evaluation, code, spanIn(reading.file.source, firstLineOf(reading.file, at)), message, {
    related: readHere(reading),
    hint: hint === undefined ? rest : rest === undefined ? hint : `${hint}; ${rest}`,
  })
}

function readHere({ call }: Reading) {
  return [{ message: "read here", span: call }]
}

function firstOf(reading: Reading, what: string): boolean {
  if (reading.said.has(what)) return false
  reading.said.add(what)
  return true
}

function firstLine(file: DataFile): Stretch {
  const length = file.source.text.search(/[\r\n]|$/)
  return { start: 0, end: Math.max(1, length) }
}

/** A long record is marked by its first line. */
function firstLineOf(file: DataFile, { start, end }: Stretch): Stretch {
  const length = file.source.text.slice(start, end).search(/\s*[\r\n]|$/)
  return { start, end: start + Math.max(Math.min(1, end - start), length) }
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
