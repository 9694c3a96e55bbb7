import type { Code } from "../report/codes.ts"
import type { Details } from "../report/diagnostic.ts"
import { nearest } from "../report/nearest.ts"
import type * as tree from "../syntax/tree.ts"
import type { Span } from "../text/source.ts"
import { bare } from "./assignable.ts"
import { listOf } from "./build.ts"
import { type Check, type Env, problem, replacing, want } from "./context.ts"
import { typeOf } from "./expression.ts"
import { hintOf, type Schema } from "./schema.ts"
import { showType } from "./show.ts"
import type { RecordTypeOf, Type } from "./type.ts"

/** A field that may be written, or why it may not. */
export type FieldPlace =
  | { readonly kind: "place"; readonly type: Type; readonly declared: Span | null }
  | { readonly kind: "refused"; readonly code: Code; readonly message: string; readonly details?: Details }

/** What the fields of a body are checked against. */
export type Fields = {
  /** What has them, for messages: "a network". */
  readonly what: string
  find(name: string): FieldPlace | null
  names(): readonly string[]
  /** What each of them is called, where it is no field. */
  readonly each?: "param"
  /** Those that must be given and are not: what an unknown field may have been meant for. */
  readonly needed?: readonly string[]
}

/** Checks one `name = value` or `name += value` against the field of that name. */
export function checkField(check: Check, field: tree.Field, env: Env, fields: Fields): void {
  const { name } = field
  const place = fields.find(name.text)
  if (place === null || place.kind === "refused") {
    if (name.text === "") return
    if (place === null) reportUnknownField(check, field, env, fields)
    else problem(check, env, name, place.code, place.message, place.details)
    typeOf(check, field.value, env, null)
    return
  }
  if (field.operator === "=") {
    typeOf(check, field.value, env, want(place.type, name.text, place.declared))
    return
  }
  const type = bare(place.type)
  const added: Type | null = type.kind === "list" ? listOf(type.of) : type.kind === "map" ? type : null
  if (added === null && type.kind !== "unknown") {
    problem(check, env, name, "A0310", `\`+=\` adds to lists and maps, and ${name.text} is ${showType(type)}`, {
      hint: `\`${name.text} = …\` replaces it`,
    })
  }
  typeOf(check, field.value, env, added === null ? null : want(added, name.text, place.declared))
}

/** The fields of a table of built-in ones; `by` says who writes. */
export function schemaFields(schema: Schema, what: string, by: "class" | "instance"): Fields {
  return {
    what,
    find: (name) => schemaPlace(schema, name, by),
    names: () => [...schema].filter(([, field]) => field.set !== "never").map(([name]) => name),
  }
}

/** A built-in field as a place to write to; null when there is none of that name. */
export function schemaPlace(schema: Schema, name: string, by: "class" | "instance"): FieldPlace | null {
  const field = schema.get(name)
  if (field === undefined) return null
  if (field.set === "never") {
    return { kind: "refused", code: "A0326", message: `${name} can be read, not set`, details: { hint: hintOf(field) } }
  }
  if (field.set !== "both" && field.set !== by) {
    const where = field.set === "instance" ? "at the appliance of a cluster, not in its class" : "in the class"
    return { kind: "refused", code: "A0326", message: `${name} is said ${where}` }
  }
  return { kind: "place", type: field.type, declared: null }
}

export function recordFields(record: RecordTypeOf, what: string): Fields {
  return {
    what,
    find: (name) => {
      const field = record.fields.get(name)
      return field === undefined ? null : { kind: "place", type: field.type, declared: null }
    },
    names: () => [...record.fields.keys()],
  }
}

/** The fields of a record that must be given and are not. */
export function missingFields(record: RecordTypeOf, given: ReadonlySet<string>): readonly string[] {
  return [...record.fields]
    .filter(([name, field]) => !given.has(name) && field.default === null && field.type.kind !== "optional")
    .map(([name]) => name)
}

/** Reports A0308 for fields that must be given. */
export function reportMissing(
  check: Check,
  env: Env,
  node: tree.Spanned,
  what: string,
  missing: readonly { readonly name: string; readonly type: Type | null; readonly declared: Span | null }[],
): void {
  if (missing.length === 0) return
  const names = inWords(missing.map(({ name }) => name))
  problem(check, env, node, "A0308", `${what} needs ${names}`, {
    related: missing.flatMap(({ declared, name }) =>
      declared ? [{ message: `${name} has no default`, span: declared }] : [],
    ),
    hint: `say ${inWords(missing.map(({ name, type }) => `\`${name} = …\`${type ? ` (${showType(type)})` : ""}`))}`,
  })
}

/** `a, b and c`. */
function inWords(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`
}

/** Whether a body gives a name that is near none of the fields: then it was told what is needed, and that is not said again. */
export function isToldWhatIsNeeded(given: ReadonlySet<string>, fields: Fields): boolean {
  return [...given].some((name) => fields.find(name) === null && nearest(name, fields.names()) === null)
}

/** The names that a body gives, and those that its misspelt ones were meant for: what is called unknown is not called missing too. */
export function givenOrMeant(given: ReadonlySet<string>, fields: Fields): ReadonlySet<string> {
  const unknown = [...given].filter((name) => fields.find(name) === null)
  if (unknown.length === 0) return given
  const names = fields.names()
  return new Set([...given, ...unknown.map((name) => nearest(name, names)).filter((name) => name !== null)])
}

/** The first line of a node, so that a marked stretch is short. */
export function firstLine(env: Env, node: tree.Spanned): tree.Spanned {
  const text = env.unit.source.text.slice(node.start, node.end)
  const length = text.search(/\s*\n|\s*$/)
  return { start: node.start, end: node.start + Math.max(1, length) }
}

function reportUnknownField(check: Check, field: tree.Field, env: Env, fields: Fields): void {
  const names = fields.names()
  const meant = nearest(field.name.text, names)
  const needed = fields.needed ?? []
  const all =
    needed.length > 0
      ? `it needs ${inWords(needed)}`
      : names.length > 0 && names.length <= 12
        ? `it has ${names.join(", ")}`
        : undefined
  problem(check, env, field.name, "A0307", `${fields.what} has no ${fields.each ?? "field"} ${field.name.text}`, {
    hint: meant === null ? all : `did you mean ${meant}?`,
    fix: meant === null || field.short ? undefined : replacing(env, field.name, meant),
  })
}
