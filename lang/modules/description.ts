import type { Node } from "jsonc-parser"
import type { Report, Severity } from "../report/diagnostic.ts"
import { nearest } from "../report/nearest.ts"
import { tooDeepAt } from "../text/json-depth.ts"
import { jsonParser, jsonSchemas } from "../text/libraries.ts"
import type { Source, Span } from "../text/source.ts"
import { knownEditions, newestEdition } from "./editions.ts"
import { isPartName, moduleSchema, projectSchema } from "./schemas.ts"

/** A dependency as it is written: what is asked for, and where. */
export type Dependency = { readonly name: string; readonly spec: string; readonly span: Span }

/** What an `appl.json` or `module.json` says. */
export type Description = {
  readonly source: Source
  /** Empty for a project. */
  readonly name: string
  readonly version: string
  readonly licence: string
  /** One sentence, or empty. */
  readonly about: string
  readonly edition: string
  /** Exported names with their files; those of a part under the part's name. */
  readonly exports: ReadonlyMap<string, string>
  readonly parts: ReadonlyMap<string, ReadonlyMap<string, string>>
  readonly dependencies: ReadonlyMap<string, Dependency>
  readonly registry: string | null
  /** How strict the rules of `appl lint` are, by name. */
  readonly lint: ReadonlyMap<string, Severity | "off">
  /** Where a field's value stands; the start of the file for one that is not there. */
  spanOf(...path: readonly string[]): Span
}

/** Reads a `module.json`. Reports A0230 to A0232, pointing into it, and gives null when it is none. */
export function readModuleDescription(source: Source, report: Report): Description | null {
  return readDescription(source, moduleSchema, report)
}

/** Reads an `appl.json`. Reports A0230 to A0232, pointing into it, and gives null when it is none. */
export function readProjectDescription(source: Source, report: Report): Description | null {
  return readDescription(source, projectSchema, report)
}

type Schema = { readonly properties: Readonly<Record<string, object>> }

function readDescription(source: Source, schema: Schema, report: Report): Description | null {
  const root = parseJson(source, report)
  if (root === null) return null
  const { findNodeAtLocation, getNodeValue } = jsonParser()
  const value = getNodeValue(root) as Readonly<Record<string, unknown>>
  const spanOf = (...path: readonly string[]): Span => {
    const node = findNodeAtLocation(root, [...path])
    return node === undefined ? { source, start: 0, end: 0 } : spanOfNode(source, node)
  }
  if (!reportMisfits(source, root, value, schema, report)) return null
  const edition = textOf(value.edition, newestEdition)
  if (!knownEditions.includes(edition)) {
    const newer = edition > newestEdition
    report.add(
      "A0232",
      spanOf("edition"),
      `the edition ${edition} is ${newer ? "newer than" : "not one of"} what this version of appl knows`,
      {
        hint: newer ? "a newer version of appl is needed" : `it knows ${knownEditions.join(", ")}`,
      },
    )
    return null
  }
  const exports = objectOf(value.exports)
  return {
    source,
    name: textOf(value.name, ""),
    version: textOf(value.version, ""),
    licence: textOf(value.licence, ""),
    about: textOf(value.description, ""),
    edition,
    exports: new Map(
      Object.entries(exports).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    ),
    parts: new Map(
      Object.entries(exports)
        .filter(([, files]) => typeof files === "object")
        .map(([part, files]) => [part, new Map(Object.entries(files as Record<string, string>))]),
    ),
    dependencies: new Map(
      Object.entries(objectOf(value.dependencies)).map(([name, spec]) => [
        name,
        { name, spec: String(spec), span: spanOf("dependencies", name) },
      ]),
    ),
    registry: typeof value.registry === "string" ? value.registry : null,
    lint: new Map(Object.entries(objectOf(value.lint))) as Description["lint"],
    spanOf,
  }
}

/** No field of these files is half as deep. */
const deepest = 10

function parseJson(source: Source, report: Report): Node | null {
  const { parseTree, printParseErrorCode } = jsonParser()
  const deep = tooDeepAt(source.text, deepest)
  if (deep !== null) {
    report.add("A0231", { source, start: deep, end: deep + 1 }, `${source.path} is nested too deeply`)
    return null
  }
  const errors: { error: number; offset: number; length: number }[] = []
  const root = parseTree(source.text, errors, { disallowComments: true, allowTrailingComma: false })
  const first = errors[0]
  if (first !== undefined || root === undefined) {
    const start = Math.min(first?.offset ?? 0, source.text.length)
    const what = first === undefined ? "there is nothing in it" : said(printParseErrorCode(first.error))
    report.add("A0230", { source, start, end: start + (first?.length ?? 0) }, `${source.path} is not JSON: ${what}`)
    return null
  }
  if (root.type === "object") return noTwins(source, root, report) ? root : null
  report.add("A0231", spanOfNode(source, root), `${source.path} is an object: \`{ … }\``)
  return null
}

/** A name that stands twice in one object: JSON lets the last one win, which nobody sees. */
function noTwins(source: Source, node: Node, report: Report): boolean {
  const seen = new Set<string>()
  for (const child of node.children ?? []) {
    if (child.type === "property") {
      const key = child.children?.[0]
      if (key !== undefined && seen.has(String(key.value))) {
        report.add("A0231", spanOfNode(source, key), `"${key.value}" stands twice in one object`)
        return false
      }
      if (key !== undefined) seen.add(String(key.value))
    }
    if (!noTwins(source, child, report)) return false
  }
  return true
}

type Misfit = {
  readonly instancePath: string
  readonly keyword: string
  readonly params: Readonly<Record<string, unknown>>
  readonly propertyName?: string
}

/** One diagnostic for each place that does not fit; false when there was any. */
function reportMisfits(source: Source, root: Node, value: object, schema: Schema, report: Report): boolean {
  const { Ajv } = jsonSchemas()
  const validate = new Ajv({ allErrors: true, allowUnionTypes: true, strict: false }).compile(schema)
  if (validate(value)) return true
  const places = new Set<string>()
  const errors = (validate.errors ?? []) as readonly Misfit[]
  for (const error of errors) {
    if (isOtherWay(error, errors)) continue
    const found = misfit(source, root, error, schema, missingFields(errors, error.instancePath))
    const place = `${found.span.start} ${found.span.end}`
    if (places.has(place)) continue
    places.add(place)
    report.add("A0231", found.span, found.message, {
      hint: found.meant === null ? undefined : `did you mean "${found.meant}"?`,
      fix:
        found.meant === null
          ? undefined
          : { title: `change to "${found.meant}"`, edits: [{ span: found.span, text: JSON.stringify(found.meant) }] },
    })
  }
  return false
}

/**
 * Of a value that may be right in two ways, such as an export: whether an error is about the way that was not meant. It was not when
 * another one lies deeper in the value, or is about more than its type.
 */
function isOtherWay(error: Misfit, all: readonly Misfit[]): boolean {
  if (error.keyword === "anyOf") return true
  if (error.keyword !== "type" || !error.instancePath.startsWith("/exports/")) return false
  return all.some(
    (other) =>
      other.instancePath.startsWith(`${error.instancePath}/`) ||
      (other.instancePath === error.instancePath && other.keyword === "pattern"),
  )
}

function misfit(
  source: Source,
  root: Node,
  error: Misfit,
  schema: Schema,
  missing: readonly string[],
): { span: Span; message: string; meant: string | null } {
  const { findNodeAtLocation } = jsonParser()
  const path = error.instancePath
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
  const node = findNodeAtLocation(root, path) ?? root
  const whole = spanOfNode(source, node)
  const name = path.length === 0 ? source.path : path.join(".")
  const keyOf = (key: string): Span => {
    const property = node.children?.find((child) => child.children?.[0]?.value === key)
    return property?.children?.[0] === undefined ? whole : spanOfNode(source, property.children[0])
  }
  switch (error.keyword) {
    case "additionalProperties": {
      const key = String(error.params.additionalProperty)
      return {
        span: keyOf(key),
        message: `there is no field "${key}"`,
        meant: nearest(key, Object.keys(schema.properties)),
      }
    }
    case "required":
      return {
        span: { ...whole, end: whole.start + 1 },
        message: `${name} does not say its ${missing.join(", ")}`,
        meant: null,
      }
    default: {
      // Errors about a name carry it beside the path of the object that it stands in.
      const key = error.propertyName ?? (error.keyword === "propertyNames" ? String(error.params.propertyName) : null)
      if (key !== null) return { span: keyOf(key), message: `"${key}" is no name ${namedIn(path)}`, meant: null }
      return { span: whole, message: `${name} has to be ${wanted(path, error)}`, meant: null }
    }
  }
}

function missingFields(errors: readonly Misfit[], path: string): string[] {
  return errors
    .filter((error) => error.keyword === "required" && error.instancePath === path)
    .map((error) => String(error.params.missingProperty))
}

function namedIn(path: readonly string[]): string {
  return path[0] === "dependencies"
    ? "of a module: small letters, digits and `-`, such as web-kit"
    : "that can be exported"
}

/** What a field's value must be. */
function wanted(path: readonly string[], { keyword, params }: Misfit): string {
  if (keyword === "maxLength") return `at most ${params.limit} characters long`
  if (keyword === "minLength") return "a text that is not empty"
  if (keyword === "type" && !(path[0] === "exports" && path.length > 1)) {
    return params.type === "string" ? "a text" : "an object: `{ … }`"
  }
  switch (path[0]) {
    case "exports":
      return path.length === 2 && isPartName(path[1]!)
        ? 'a file of the module, such as "./web.appl", or a part: an object of names and files'
        : 'a file of the module, such as "./web.appl"'
    case "name":
      return "made of small letters, digits and `-`, such as web-kit or @acme/web-kit"
    case "version":
      return "three numbers, such as 1.2.0"
    case "edition":
      return `a year, such as ${newestEdition}`
    case "registry":
      return "an address that begins with https:// or http://"
    default:
      return "of another form"
  }
}

function said(error: string): string {
  const words = error.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase()
  return words.endsWith("expected") ? `${words.replace(" expected", "")} is missing here` : words
}

function spanOfNode(source: Source, node: Node): Span {
  return { source, start: node.offset, end: node.offset + node.length }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {}
}

function textOf(value: unknown, otherwise: string): string {
  return typeof value === "string" ? value : otherwise
}
