import type { ClassSymbol, ClusterSymbol } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import { bare } from "./assignable.ts"
import { connectionType, networkType } from "./build.ts"
import { checkParam, instanceFields, stillNeeded } from "./classes.ts"
import { type Check, type Env, problem, topOf, want } from "./context.ts"
import { checkEvery } from "./every.ts"
import { typeOf } from "./expression.ts"
import {
  checkField,
  type FieldPlace,
  type Fields,
  givenOrMeant,
  isToldWhatIsNeeded,
  reportMissing,
  schemaFields,
} from "./fields.ts"
import { checkFamily, checkInnerCluster, checkOffer } from "./inner-clusters.ts"
import { checkMoved } from "./moved.ts"
import { networkSchema } from "./schema.ts"
import { showType } from "./show.ts"
import { checkKey, checkStatement } from "./statements.ts"
import { typeOfSymbol } from "./symbols.ts"
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
        checkFamily(check, item, item.class, env)
        break
      case "insert":
        checkInsert(check, item, env)
        break
      case "cluster-instance":
        checkInnerCluster(check, item, env)
        break
      case "provides":
        checkOffer(check, item, env)
        break
      case "needs": {
        const need = check.bindings.declared.get(item)
        if (need !== undefined) typeOfSymbol(check, need)
        break
      }
      case "every":
        checkEvery(check, item, env)
        break
      case "moved":
        checkMoved(check, item, symbol.declaration.body, env)
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
  if (symbol?.kind === "class") checkAppliance(check, item, symbol, instanceFields(check, symbol), env)
}

/** An insertion stands on the network that its header says, in front of an appliance or a family of them. */
function checkInsert(check: Check, item: tree.Insert, env: Env): void {
  typeOf(check, item.network, env, want(networkType, "the network of an insertion"))
  checkTarget(check, item.before, env)
  const symbol = check.bindings.uses.get(item.class.path.at(-1)!)
  if (symbol?.kind !== "class") return
  const fields = instanceFields(check, symbol)
  const find = (name: string): FieldPlace | null =>
    name === "on"
      ? { kind: "refused", code: "A0326", message: "an insertion stands on the network that its header names" }
      : fields.find(name)
  checkAppliance(check, item, symbol, { ...fields, find }, env)
}

function checkTarget(check: Check, before: tree.Expression, env: Env): void {
  const type = typeOf(check, before, env, null)
  const one = bare(type.kind === "map" ? type.value : type)
  if (one.kind === "appliance" || one.kind === "unknown") return
  problem(check, env, before, "A0302", `an insertion stands before an appliance, and this is ${showType(type)}`)
}

function checkAppliance(
  check: Check,
  item: tree.Instance | tree.Insert,
  symbol: ClassSymbol,
  fields: Fields,
  env: Env,
): void {
  const items = item.body?.items ?? []
  const given = namesGiven(check, items, env)
  const missing = stillNeeded(check, symbol, givenOrMeant(given, fields))
  const needed = missing.map(({ name }) => name)
  walk(check, items, { ...env, self: symbol }, (field, inner) => {
    if (field.kind === "field") checkField(check, field, inner, { ...fields, needed })
  })
  // A field that is near no name was told what is needed.
  if (!isToldWhatIsNeeded(given, fields)) reportMissing(check, env, item.name, item.name.text, missing)
}
