import { makeReport } from "../report/report.ts"
import { parse } from "../syntax/parse.ts"
import type * as tree from "../syntax/tree.ts"
import { units } from "../syntax/units.ts"
import type { Source, Span } from "../text/source.ts"
import { showType } from "../types/show.ts"
import { purged, taintWithin } from "../types/taint.ts"
import type { RecordTypeOf, Type } from "../types/type.ts"
import { hideSecrets } from "./given-secrets.ts"
import type { RecordValue, Value } from "./value.ts"

/** One given value: `text` is parsed by the param's type (`--set web-servers=3`); `json` comes from a parameter file. */
export type ParamInput = {
  readonly name: string
  readonly value:
    | { readonly text: string }
    | { readonly json: unknown }
    /** Worked out where it was written, of the param's type. */
    | { readonly evaluated: Value; readonly span: Span }
  /** Where it was said, for diagnostics: `--set web-servers=99`. */
  readonly said: string
  /** It stands in the environment, which all clusters share: a param that this one does not have may be another's. */
  readonly ambient?: true
}

/** A value that was given from outside, and the source that diagnostics about it point into. */
export type Given =
  | { readonly value: Value; readonly span: Span; readonly secrets: ReadonlyMap<string, string> }
  | { readonly problem: GivenProblem; readonly span: Span }
export type GivenProblem = { readonly message: string; readonly hint: string | null }

/** What does not fit, with the way to it inside the value: `servers[2].port`. */
export type Misfit = { readonly misfit: string; readonly hint: string | null }

/**
 * Reads a given value by the type of its param: a text as the language writes such a value (a Text without quotes), JSON by its shape.
 * Ranges and forms are left to the conversion that all values of the type go through.
 */
export function readGiven(input: ParamInput, type: Type): Given {
  if ("evaluated" in input.value) {
    const { evaluated: value, span } = input.value
    if (!isThing(type)) return { value, span, secrets: new Map() }
    const message = `a param of type ${showType(type)} takes a thing of its own cluster`
    return { problem: { message, hint: "a test gives what can be given from outside" }, span }
  }
  const isSecret = taintWithin(type)?.secret !== undefined
  const text = isSecret ? "•••" : "text" in input.value ? input.value.text : JSON.stringify(input.value.json)
  const source: Source = { path: isSecret ? withoutValue(input) : input.said, text, said: true }
  const span = { source, start: 0, end: text.length }
  const plain = purged(type)
  if (text === "" && plain.kind !== "text") {
    return { problem: { message: `\`${input.name}\` is given no value`, hint: "a value follows the `=`" }, span }
  }
  const value =
    "text" in input.value ? valueOfText(input.value.text, plain) : fromJson(input.value.json, plain, input.name)
  const hidden = isMisfit(value) || !isSecret ? null : hideSecrets(value, type, input.name)
  if (hidden !== null && "value" in hidden) return { ...hidden, span }
  if (!isSecret && !isMisfit(value)) return { value, span, secrets: new Map() }
  if (!isSecret && isMisfit(value)) return { problem: { message: value.misfit, hint: value.hint }, span }
  const message = hidden?.problem ?? `the value of \`${input.name}\` is not of type ${showType(type)}`
  return { problem: { message, hint: "the value is a secret, so it is not shown" }, span }
}

/** Where a value was said, without the value. */
function withoutValue({ said }: Pick<ParamInput, "said">): string {
  const at = said.indexOf("=")
  return at < 0 ? said : `${said.slice(0, at)}=•••`
}

/** How a value of a type is written, for hints. */
export function exampleOf(type: Type): string | null {
  switch (type.kind) {
    case "optional":
    case "late":
      return exampleOf(type.of)
    case "list": {
      const inner = exampleOf(type.of)
      return inner === null ? null : `[${inner}, …]`
    }
    case "enum":
      return type.values.join(" or ")
    case "quantity":
      return examples[type.of]
    case "text":
      return type.form === null ? "any text, without quotes" : null
    default:
      return (examples as Readonly<Record<string, string>>)[type.kind] ?? null
  }
}

const examples = {
  bool: "true or false",
  int: "3",
  float: "0.5",
  ip: "10.20.0.7",
  cidr: "10.20.0.0/24",
  port: "8080/tcp",
  "port-range": "8000..8010/tcp",
  "ip-range": "10.20.0.100 .. 10.20.0.199",
  size: "64MiB",
  duration: "30s",
  percent: "70%",
  rate: "100Mbps",
  cpus: "2",
}

/** The value of a text as the language writes one of that type; a Text without quotes. */
export function valueOfText(text: string, type: Type): Value | Misfit {
  if (type.kind === "optional") return text === "null" ? null : valueOfText(text, type.of)
  if (type.kind === "text") return text
  if (type.kind === "enum") return type.values.includes(text) ? text : misfit(text, type)
  if (!canBeGiven(type)) {
    return { misfit: `a param of type ${showType(type)} cannot be given from outside`, hint: "give it in the cluster" }
  }
  // A name in front makes an expression a file; the report is thrown away, since its places are in no text of the user's.
  const report = makeReport()
  const file = parse({ path: "", text: `let value = ${text}` }, report)
  const [item] = file.items
  if (report.diagnostics.length > 0 || file.items.length !== 1 || item?.kind !== "let") return misfit(text, type)
  return literal(item.value, type, file.source) ?? misfit(text, type)
}

/** The value of a literal, if it is one of the type; null otherwise. Words without quotes are texts where a text is wanted. */
function literal(expression: tree.Expression, type: Type, source: Source): Value | null {
  const wanted = type.kind === "optional" ? type.of : type
  const written = source.text.slice(expression.start, expression.end)
  switch (wanted.kind) {
    case "bool":
      return expression.kind === "bool" ? expression.value : null
    case "int":
      return number(expression, "int")
    case "float":
      return number(expression, "float")
    case "quantity":
      return quantity(expression, wanted.of)
    case "text":
      return expression.kind === "text" ? plainText(expression) : written
    case "enum": {
      const text = expression.kind === "text" ? plainText(expression) : written
      return text !== null && wanted.values.includes(text) ? text : null
    }
    case "ip":
      return expression.kind === "ip" ? { kind: "ip", address: expression.value } : null
    case "cidr":
      return expression.kind === "cidr"
        ? { kind: "cidr", address: expression.address, prefix: expression.prefix }
        : null
    case "port":
    case "port-range":
      if (expression.kind !== "port" || (wanted.kind === "port" && expression.from !== expression.to)) return null
      return { kind: "port", from: expression.from, to: expression.to, protocol: expression.protocol }
    case "ip-range":
    case "range":
      return range(expression, wanted.kind === "ip-range" ? "ip" : "int")
    case "list":
      return list(expression, wanted.of, source)
    case "map":
    case "record":
      return expression.kind === "record" ? fields(expression.items, wanted, null, source) : null
    case "union": {
      const { of, body } = expression.kind === "amend" ? expression : { of: null, body: null }
      const variant = of?.kind === "name" ? wanted.variants.find((one) => one.name === of.text) : undefined
      return variant === undefined ? null : fields(body!.items, variant, variant.name, source)
    }
    default:
      return null
  }
}

function number(expression: tree.Expression, of: "int" | "float"): number | null {
  if (expression.kind === "unary" && expression.operator === "-") {
    const inner = number(expression.operand, of)
    return inner === null ? null : -inner
  }
  if (expression.kind === "int" || (of === "float" && expression.kind === "float")) return expression.value
  return null
}

function quantity(expression: tree.Expression, of: (Type & { kind: "quantity" })["of"]): Value | null {
  if (of === "cpus") {
    const count = number(expression, "float")
    return count === null ? null : { kind: "quantity", of, amount: count }
  }
  if (expression.kind !== "quantity" || units[expression.unit].measure !== of) return null
  const exact = expression.amount * units[expression.unit].factor
  return { kind: "quantity", of, amount: of === "percent" ? exact : Math.floor(exact) }
}

function plainText(expression: tree.Text): string | null {
  const [only = ""] = expression.parts
  return expression.parts.length <= 1 && typeof only === "string" ? only : null
}

function range(expression: tree.Expression, of: "int" | "ip"): Value | null {
  if (expression.kind !== "binary" || expression.operator !== "..") return null
  const { left, right } = expression
  if (of === "int" && left.kind === "int" && right.kind === "int") {
    return { kind: "range", from: left.value, to: right.value, of }
  }
  if (of !== "ip" || left.kind !== "ip" || right.kind !== "ip") return null
  return { kind: "range", from: left.value, to: right.value, of }
}

function list(expression: tree.Expression, of: Type, source: Source): Value | null {
  if (expression.kind !== "list") return null
  const elements: Value[] = []
  for (const element of expression.elements) {
    if (element.kind === "element-if" || element.kind === "element-for") return null
    const value = element.kind === "null" && of.kind === "optional" ? null : literal(element, of, source)
    if (value === null && element.kind !== "null") return null
    elements.push(value)
  }
  return elements
}

function fields(
  items: readonly tree.Item[],
  type: RecordTypeOf | (Type & { kind: "map" }),
  tag: string | null,
  source: Source,
): Value | null {
  const found = new Map<string, Value>()
  for (const item of items) {
    if (item.kind !== "field" && item.kind !== "entry") return null
    const name = item.kind === "field" ? item.name.text : plainText(item.key)
    const of = type.kind === "map" ? type.value : name === null ? undefined : type.fields.get(name)?.type
    const value = name === null || of === undefined ? null : literal(item.value, of, source)
    if (name === null || value === null) return null
    found.set(name, value)
  }
  if (type.kind === "map") return { kind: "map", entries: found }
  return isComplete(type, found) ? { kind: "record", tag, fields: found } : null
}

function isThing(type: Type): boolean {
  switch (type.kind) {
    case "network":
    case "host":
    case "appliance":
    case "service":
    case "nic":
    case "compiled":
      return true
    case "list":
    case "optional":
      return isThing(type.of)
    case "map":
      return isThing(type.value)
    default:
      return false
  }
}

/** Values of these types are things, files or programs, which only a source can name. */
function canBeGiven(type: Type): boolean {
  switch (type.kind) {
    case "content":
    case "image":
    case "probe":
    case "nic":
    case "network":
    case "host":
    case "appliance":
    case "service":
    case "cluster":
    case "compiled":
    case "outside":
    case "connection":
    case "late":
    case "secret":
    case "unknown":
      return false
    case "list":
    case "optional":
      return canBeGiven(type.of)
    case "map":
      return canBeGiven(type.value)
    default:
      return true
  }
}

function fromJson(json: unknown, type: Type, path: string): Value | Misfit {
  if (type.kind === "optional") return json === null ? null : fromJson(json, type.of, path)
  if (type.kind === "list") {
    if (!Array.isArray(json)) return wrongJson(json, type, path)
    return collect(
      json.entries(),
      (element, index) => fromJson(element, type.of, `${path}[${index}]`),
      (values) => [...values.values()],
    )
  }
  if (type.kind === "map" || type.kind === "record") {
    if (!isJsonObject(json)) return wrongJson(json, type, path)
    return type.kind === "map" ? mapFromJson(json, type.value, path) : recordFromJson(json, type, path)
  }
  if (type.kind === "union") {
    const [tag, inner, ...others] = isJsonObject(json) ? Object.entries(json).flat() : []
    const variant = type.variants.find((candidate) => candidate.name === tag)
    if (variant === undefined || others.length > 0 || !isJsonObject(inner)) return wrongJson(json, type, path)
    const record = recordFromJson(inner, variant, `${path}.${String(tag)}`)
    return isMisfit(record) ? record : { ...(record as RecordValue), tag: String(tag) }
  }
  if (typeof json === "boolean") return type.kind === "bool" ? json : wrongJson(json, type, path)
  if (typeof json === "number") return numberFromJson(json, type, path)
  if (typeof json !== "string" || type.kind === "bool" || type.kind === "int" || type.kind === "float") {
    return wrongJson(json, type, path)
  }
  const value = valueOfText(json, type)
  return isMisfit(value) ? { ...value, misfit: `\`${path}\`: ${value.misfit}` } : value
}

function numberFromJson(json: number, type: Type, path: string): Value | Misfit {
  if (type.kind === "float" || (type.kind === "int" && Number.isSafeInteger(json))) return json
  if (type.kind === "quantity" && type.of === "cpus") return { kind: "quantity", of: "cpus", amount: json }
  return wrongJson(json, type, path)
}

function mapFromJson(json: Readonly<Record<string, unknown>>, of: Type, path: string): Value | Misfit {
  return collect(
    Object.entries(json).values(),
    (inner, key) => fromJson(inner, of, `${path}.${key}`),
    (entries) => ({ kind: "map", entries }),
  )
}

function recordFromJson(json: Readonly<Record<string, unknown>>, type: RecordTypeOf, path: string): Value | Misfit {
  const names = [...type.fields.keys()]
  const unknown = Object.keys(json).find((name) => !type.fields.has(name))
  if (unknown !== undefined) {
    return { misfit: `\`${path}\` has no field \`${unknown}\``, hint: `it has ${names.join(", ")}` }
  }
  const missing = names.find((name) => json[name] === undefined && isRequired(type, name))
  if (missing !== undefined) return { misfit: `\`${path}\` has no \`${missing}\``, hint: "this field has no default" }
  return collect(
    Object.entries(json).values(),
    (inner, name) => fromJson(inner, type.fields.get(name)!.type, `${path}.${name}`),
    (fields) => ({ kind: "record", tag: null, fields }),
  )
}

/** Converts all parts, or gives the first that does not fit. */
function collect<K>(
  parts: Iterable<readonly [K, unknown]>,
  convert: (part: unknown, key: K) => Value | Misfit,
  finish: (values: ReadonlyMap<K, Value>) => Value,
): Value | Misfit {
  const values = new Map<K, Value>()
  for (const [key, part] of parts) {
    const value = convert(part, key)
    if (isMisfit(value)) return value
    values.set(key, value)
  }
  return finish(values)
}

function isComplete(type: RecordTypeOf, given: ReadonlyMap<string, Value>): boolean {
  return [...type.fields.keys()].every((name) => given.has(name) || !isRequired(type, name))
}

function isRequired(type: RecordTypeOf, name: string): boolean {
  const field = type.fields.get(name)!
  return field.default === null && field.type.kind !== "optional"
}

function isJsonObject(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === "object" && json !== null && !Array.isArray(json)
}

function misfit(text: string, type: Type): Misfit {
  const example = exampleOf(type)
  return {
    misfit: `\`${text}\` is not of type ${showType(type)}`,
    hint: example === null ? null : `such a value is written ${example}`,
  }
}

function wrongJson(json: unknown, type: Type, path: string): Misfit {
  const example = exampleOf(type)
  const shown = JSON.stringify(json) ?? "nothing"
  return {
    misfit: `\`${path}\` is ${shown.length > 60 ? `${shown.slice(0, 60)}…` : shown}, and ${showType(type)} is wanted`,
    hint: example === null ? null : `such a value is ${example}; what JSON has no word for is written as a text`,
  }
}

export function isMisfit(value: Value | Misfit): value is Misfit {
  return typeof value === "object" && value !== null && "misfit" in value
}
