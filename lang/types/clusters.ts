import type { ClusterSymbol } from "../names/symbol.ts"
import { nearest } from "../report/nearest.ts"
import type * as tree from "../syntax/tree.ts"
import { connectionType } from "./build.ts"
import { checkParam, instanceFields, stillNeeded } from "./classes.ts"
import { type Check, type Env, problem, spanIn, topOf, want } from "./context.ts"
import { typeOf } from "./expression.ts"
import { checkField, givenOrMeant, reportMissing, schemaFields } from "./fields.ts"
import { networkSchema } from "./schema.ts"
import { checkKey, checkStatement } from "./statements.ts"
import { namesGiven, walk } from "./walk.ts"

const networkFields = schemaFields(networkSchema, "a network", "instance")

/** Checks the body of a cluster. */
export function checkCluster(check: Check, symbol: ClusterSymbol): void {
  walk(check, symbol.declaration.body.items, topOf(symbol.unit), (item, env) => {
    switch (item.kind) {
      case "param":
        checkParam(check, item, env)
        break
      case "network":
        checkNetwork(check, item, env)
        break
      case "host":
        checkHost(check, item, env)
        break
      case "instance":
        checkInstance(check, item, env)
        break
      default:
        checkStatement(check, item, env)
    }
  })
}

export function checkNetwork(check: Check, item: tree.Network, env: Env): void {
  if (item.key) checkKey(check, item.key, env)
  walk(check, item.body.items, env, (field, inner) => {
    if (field.kind === "field") checkField(check, field, inner, networkFields)
  })
  if (givenOrMeant(namesGiven(check, item.body.items, env), networkFields).has("cidr")) return
  reportMissing(check, env, item.name, `the network ${item.name.text}`, [
    { name: "cidr", type: networkSchema.get("cidr")!.type, declared: null },
  ])
}

export function checkHost(check: Check, item: tree.Host, env: Env): void {
  if (item.key) checkKey(check, item.key, env)
  typeOf(check, item.value, env, want(connectionType, `the host ${item.name.text}`))
}

function checkInstance(check: Check, item: tree.Instance, env: Env): void {
  if (item.key) checkKey(check, item.key, env)
  const symbol = check.bindings.uses.get(item.class.path.at(-1)!)
  if (symbol?.kind !== "class") return
  const fields = instanceFields(check, symbol)
  const items = item.body?.items ?? []
  const given = namesGiven(check, items, env)
  const missing = stillNeeded(check, symbol, givenOrMeant(given, fields))
  const needed = missing.map(({ name }) => name)
  walk(check, items, { ...env, self: symbol }, (field, inner) => {
    if (field.kind === "field") checkField(check, field, inner, { ...fields, needed })
  })
  // A field that is near no name was told what is needed.
  const isTold = [...given].some((name) => fields.find(name) === null && nearest(name, fields.names()) === null)
  if (!isTold) reportMissing(check, env, item.name, item.name.text, missing)
  checkFamily(check, item, env)
}

/** All of a family are of one class, so that `web[1]` and `web[2]` are read alike. */
function checkFamily(check: Check, item: tree.Instance, env: Env): void {
  const symbol = check.bindings.declared.get(item)
  if (symbol?.kind !== "thing" || symbol.declaration === item || symbol.declaration.kind !== "instance") return
  const first = check.bindings.uses.get(symbol.declaration.class.path.at(-1)!)
  const own = check.bindings.uses.get(item.class.path.at(-1)!)
  if (first === undefined || own === first) return
  problem(check, env, item.class, "A0321", `all of ${item.name.text} have one class, and this is another`, {
    related: [{ message: "the class of the first", span: spanIn(env, symbol.declaration.class) }],
    hint: "give it another name",
  })
}
