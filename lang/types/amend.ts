import type * as tree from "../syntax/tree.ts"
import { unknownType } from "./build.ts"
import { type Check, type Env, problem, sourceOf, type Want } from "./context.ts"
import { typeOf } from "./expression.ts"
import { checkField, schemaFields } from "./fields.ts"
import { checkRecord, checkRecordItems, typeOfMap } from "./records.ts"
import { resolveDeclaration } from "./resolve.ts"
import { checkSchema, hostSchema, imageSchema, type Schema } from "./schema.ts"
import { showType } from "./show.ts"
import { checkGivenParams, clusterNamed } from "./tests.ts"
import type { Type } from "./type.ts"
import { namesGiven, walk } from "./walk.ts"

/** `value { … }` is the value with changes; `Tcp { … }` builds a variant. */
export function typeOfAmend(check: Check, value: tree.Amend, env: Env, wanted: Want | null): Type {
  const variant = variantOf(check, value)
  if (variant !== null) {
    if (variant.kind === "union") {
      const [record] = variant.variants
      checkRecord(check, value.body.items, env, record!, value, record!.name!)
    }
    return variant
  }
  const named = clusterNamed(check, value.of, env)
  if (named !== null) {
    const compiled: Type = { kind: "compiled", cluster: named.cluster }
    check.of.set(value.of, compiled)
    checkGivenParams(check, named.cluster, value, env)
    return compiled
  }
  // A record to be changed may take the type of its place, so that its fields are known.
  const type = typeOf(check, value.of, env, value.of.kind === "record" ? wanted : null)
  const items = value.body.items
  switch (type.kind) {
    case "record": {
      checkRecordItems(check, items, env, type, type.name ?? "this record")
      // With a field that it lacks, which is reported, it is probably meant to be of another type.
      const given = [...namesGiven(check, items, env)]
      return given.every((name) => type.fields.has(name)) ? type : unknownType
    }
    case "union":
      if (type.variants.length === 1) {
        checkRecordItems(check, items, env, type.variants[0]!, type.variants[0]!.name!)
        namesGiven(check, items, env)
        return type
      }
      return refuse(check, value, env, type)
    case "map":
      return typeOfMap(check, items, env, type)
    case "image":
      return amendBuiltin(check, items, env, imageSchema, "an image", type)
    case "probe":
      return amendBuiltin(check, items, env, checkSchema, "a check", type)
    case "connection":
      return amendBuiltin(check, items, env, hostSchema, "a host", type)
    case "compiled":
      checkGivenParams(check, type.cluster, value, env)
      return type
    case "unknown":
      walk(check, items, env, (item, inner) => {
        if (item.kind === "field" || item.kind === "entry") typeOf(check, item.value, inner, null)
      })
      return unknownType
    default:
      return refuse(check, value, env, type)
  }
}

function amendBuiltin(
  check: Check,
  items: readonly tree.Item[],
  env: Env,
  schema: Schema,
  what: string,
  type: Type,
): Type {
  const fields = schemaFields(schema, what, "instance")
  walk(check, items, env, (item, inner) => {
    if (item.kind === "field") checkField(check, item, inner, fields)
    else if (item.kind === "entry") problem(check, inner, item.key, "A0331", `${what} has fields, which are not quoted`)
  })
  namesGiven(check, items, env)
  return type
}

function refuse(check: Check, value: tree.Amend, env: Env, type: Type): Type {
  const text = sourceOf(env, value.of)
  const isNull = type.kind === "optional"
  const isThing = type.kind === "appliance" || type.kind === "network" || type.kind === "host"
  const hint = isNull
    ? `it may be null: ask first, \`if ${text} != null\``
    : isThing
      ? "its fields are said where it is declared"
      : undefined
  problem(check, env, value.of, isNull ? "A0305" : "A0330", `${showType(type)} has no fields to change`, { hint })
  return unknownType
}

/** The union of one variant that a name before `{` builds; null when it is no variant's name. */
function variantOf(check: Check, value: tree.Amend): Type | null {
  const name = value.of.kind === "name" ? value.of : value.of.kind === "member" ? value.of.name : null
  const symbol = name && check.bindings.uses.get(name)
  if (symbol?.kind !== "variant") return null
  const union = resolveDeclaration(check, symbol.union)
  if (union.kind !== "union") return unknownType
  return { ...union, variants: union.variants.filter((variant) => variant.name === symbol.name) }
}
