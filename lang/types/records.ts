import type * as tree from "../syntax/tree.ts"
import { optional, textType, unknownType } from "./build.ts"
import { type Check, type Env, keptSpan, problem, type Want, want } from "./context.ts"
import { typeOf } from "./expression.ts"
import {
  checkField,
  type Fields,
  firstLine,
  givenOrMeant,
  isToldWhatIsNeeded,
  missingFields,
  recordFields,
  reportMissing,
} from "./fields.ts"
import { enterHead } from "./lists.ts"
import { common } from "./literals.ts"
import { reportSink } from "./sinks.ts"
import { bareOf, taintOf, withTaint } from "./taint.ts"
import type { FieldType, RecordTypeOf, Type } from "./type.ts"
import { namesGiven, walk } from "./walk.ts"

/** `{ … }` is a record or a map as its place asks; without a place, a map when it has quoted keys or a comprehension. */
export function typeOfRecord(check: Check, record: tree.RecordExpression, env: Env, wanted: Want | null): Type {
  const to = shapeIn(wanted?.type ?? null)
  if (to?.kind === "map") return typeOfMap(check, record.items, env, to)
  if (to?.kind === "record") {
    checkRecord(check, record.items, env, to, record, to.name ?? wanted?.name ?? "this record")
    return to
  }
  if (to?.kind === "union") {
    const names = to.variants.map((variant) => variant.name).join(" or ")
    problem(check, env, firstLine(env, record), "A0302", `say which one it is: ${names}`, {
      hint: `as in \`${to.variants[0]!.name} { … }\``,
    })
    return unknownType
  }
  return record.items.some(isMapItem) ? typeOfMap(check, record.items, env, null) : anonymous(check, record.items, env)
}

/** Checks the items of a value against a record's fields; what must be given and is not is reported at `node`. */
export function checkRecord(
  check: Check,
  items: readonly tree.Item[],
  env: Env,
  to: RecordTypeOf,
  node: tree.Spanned,
  what: string,
): void {
  const fields = recordFields(to, what)
  const given = namesGiven(check, items, env)
  const needed = missingFields(to, givenOrMeant(given, fields))
  checkItems(check, items, env, { ...fields, needed })
  if (isToldWhatIsNeeded(given, fields)) return
  const missing = needed.map((name) => ({ name, type: to.fields.get(name)!.type, declared: null }))
  reportMissing(check, env, firstLine(env, node), what, missing)
}

/** Checks the items of an amendment of a record: any of its fields, none needed. */
export function checkRecordItems(
  check: Check,
  items: readonly tree.Item[],
  env: Env,
  to: RecordTypeOf,
  what: string,
): void {
  checkItems(check, items, env, recordFields(to, what))
}

function checkItems(check: Check, items: readonly tree.Item[], env: Env, fields: Fields): void {
  walk(check, items, env, (item, inner) => {
    if (item.kind === "field") checkField(check, item, inner, fields)
    else if (item.kind === "entry" || item.kind === "map-for") reportMapItem(check, item, inner, fields.what)
  })
}

/** Checks the items of a map and gives its type; without `to`, keys and values must have types in common. */
export function typeOfMap(
  check: Check,
  items: readonly tree.Item[],
  env: Env,
  to: (Type & { kind: "map" }) | null,
): Type {
  const keys: Type[] = []
  const values: Type[] = []
  const places: tree.Spanned[] = []
  const asked = to === null ? null : want(to.value)
  const note = (name: tree.Spanned, type: Type, value: tree.Expression, inner: Env) => {
    const taint = to === null ? taintOf(type) : null
    if (taint !== null) reportSink(check, inner, name, taint, "the key of a map")
    keys.push(taint === null ? type : unknownType)
    values.push(typeOf(check, value, inner, asked))
    places.push(value)
  }
  walk(check, items, env, (item, inner) => {
    if (item.kind === "field") note(item.name, bareKey(check, item, inner, to), item.value, inner)
    else if (item.kind === "entry") {
      note(item.key, typeOf(check, item.key, inner, to === null ? null : want(to.key, "the key")), item.value, inner)
    } else if (item.kind === "map-for") {
      const turn = enterHead(check, item.head, inner)
      note(item.key, typeOf(check, item.key, turn, to === null ? null : want(to.key, "the key")), item.value, turn)
    }
  })
  namesGiven(check, items, env)
  if (to !== null) return to
  const key = common(check, keys.map(withoutLength), env, places)
  return { kind: "map", key, value: withoutLiterals(common(check, values, env, places)) }
}

function anonymous(check: Check, items: readonly tree.Item[], env: Env): Type {
  const fields = new Map<string, FieldType>()
  walk(check, items, env, (item, inner) => {
    if (item.kind !== "field") return
    const type = withoutLiterals(typeOf(check, item.value, inner, null))
    const isCertain = inner.bodies.length === env.bodies.length
    const known = fields.get(item.name.text)
    const whole = known === undefined ? type : common(check, [known.type, type], inner, [item.value, item.value])
    const declared = known?.declared ?? keptSpan(inner.unit, item.name)
    fields.set(item.name.text, { type: isCertain ? whole : optional(whole), default: null, doc: null, declared })
  })
  namesGiven(check, items, env)
  return { kind: "record", name: null, fields }
}

function shapeIn(type: Type | null): (Type & { kind: "map" | "record" | "union" }) | null {
  if (type === null) return null
  if (type.kind === "map" || type.kind === "record" || type.kind === "union") return type
  if (type.kind === "optional") return shapeIn(type.of)
  return type.kind === "either" ? (type.of.map(shapeIn).find((found) => found !== null) ?? null) : null
}

function isMapItem(item: tree.Item): boolean {
  switch (item.kind) {
    case "entry":
    case "map-for":
      return true
    case "for":
      return true
    case "if":
      return (
        item.then.items.some(isMapItem) ||
        (item.else?.kind === "if" ? isMapItem(item.else) : (item.else?.items.some(isMapItem) ?? false))
      )
    default:
      return false
  }
}

function bareKey(check: Check, field: tree.Field, env: Env, to: (Type & { kind: "map" }) | null): Type {
  if (to?.key.kind === "int") {
    problem(check, env, field.name, "A0302", `the keys of this map are Ints, and ${field.name.text} is a text`)
  }
  if (to?.key.kind === "enum" && !to.key.values.includes(field.name.text)) {
    const values = to.key.values.map((value) => JSON.stringify(value)).join(", ")
    problem(check, env, field.name, "A0306", `${field.name.text} is not one of ${values}`)
  }
  return textType
}

function withoutLength(type: Type): Type {
  return type.kind === "text" || type.kind === "int" ? ({ ...type, bounds: { least: null, most: null } } as Type) : type
}

/** What no declaration has given a range can be amended to any value; where a range is wanted, the value is looked at. */
function withoutLiterals(type: Type): Type {
  const computed = { least: null, most: null, computed: true } as const
  switch (type.kind) {
    case "int":
    case "float":
    case "quantity":
    case "port":
      return { ...type, bounds: computed }
    case "text":
      return type.form === null && type.pattern === null ? { ...type, bounds: computed } : type
    case "list":
      return { ...type, of: withoutLiterals(type.of), bounds: computed }
    case "late":
    case "secret":
      return withTaint(withoutLiterals(bareOf(type)), taintOf(type))
    case "optional":
      return optional(withoutLiterals(type.of))
    default:
      return type
  }
}

function reportMapItem(check: Check, item: tree.Entry | tree.MapFor, env: Env, what: string): void {
  problem(check, env, item.key, "A0331", `${what} is a record: its fields are not quoted, and none is computed`, {
    hint: "quoted and computed keys are those of a map",
  })
}
