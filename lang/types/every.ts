import { allItems } from "../syntax/items.ts"
import type * as tree from "../syntax/tree.ts"
import type { Span } from "../text/source.ts"
import { bare } from "./assignable.ts"
import { anyAppliance, boolType } from "./build.ts"
import { type Check, type Env, problem, want } from "./context.ts"
import { typeOf } from "./expression.ts"
import { checkField, type Fields, schemaFields } from "./fields.ts"
import { factsOf, knowing } from "./narrow.ts"
import { applianceSchema } from "./schema.ts"
import { checkProvides, checkStatement } from "./statements.ts"
import { typeOfSymbol } from "./symbols.ts"
import type { Type } from "./type.ts"
import { namesGiven, walk } from "./walk.ts"

const builtins = schemaFields(applianceSchema, "`every appliance`", "instance")

/** Checks `every appliance a where … { }`: the condition, and a body that only adds. */
export function checkEvery(check: Check, item: tree.Every, env: Env): void {
  const local = item.name && check.bindings.declared.get(item.name)
  if (local) check.symbols.set(local, anyAppliance)
  if (item.where) typeOf(check, item.where, env, want(boolType))
  const inside = item.where ? knowing(env, factsOf(check, item.where).holds) : env
  const picks = new Map<string, { type: Type; declared: Span | null }>()
  namesGiven(check, item.body.items, env)
  for (const added of allItems(item.body.items)) {
    const symbol = added.kind === "needs" ? check.bindings.declared.get(added) : undefined
    if (symbol) picks.set(symbol.name, { type: typeOfSymbol(check, symbol)!, declared: null })
  }
  const fields: Fields = {
    ...builtins,
    find: (name) => {
      const pick = picks.get(name)
      return pick === undefined ? builtins.find(name) : { kind: "place", ...pick }
    },
  }
  walk(check, item.body.items, inside, (added, at) => {
    if (added.kind === "field") checkAdded(check, added, at, fields, picks)
    else if (added.kind === "provides") checkProvides(check, added, at)
    else if (added.kind === "check") checkStatement(check, added, at)
  })
}

/** Nothing that somebody said is replaced from afar: lists and maps get longer, and that is all. */
function checkAdded(
  check: Check,
  field: tree.Field,
  env: Env,
  fields: Fields,
  picks: ReadonlyMap<string, unknown>,
): void {
  const place = fields.find(field.name.text)
  const isPick = picks.has(field.name.text)
  if (field.operator === "=" && !isPick && place?.kind === "place") {
    const type = bare(place.type)
    const adds = type.kind === "list" || type.kind === "map"
    problem(check, env, field.name, "A0341", `\`every\` only adds, and this would replace ${field.name.text}`, {
      hint: adds ? `\`${field.name.text} += …\` adds to it` : "say it in the class, or at each instance",
    })
    typeOf(check, field.value, env, null)
    return
  }
  checkField(check, field, env, fields)
}
