import { deployable } from "../names/clusters.ts"
import type { ClusterSymbol } from "../names/symbol.ts"
import { codes } from "../report/codes.ts"
import { nearest } from "../report/nearest.ts"
import { makeReport } from "../report/report.ts"
import { allItems } from "../syntax/items.ts"
import type * as tree from "../syntax/tree.ts"
import { bare } from "./assignable.ts"
import { boolType, textType, unknownType } from "./build.ts"
import { type Check, type Env, problem, replacing, want } from "./context.ts"
import { typeOf } from "./expression.ts"
import { checkField, type Fields, givenOrMeant, reportMissing } from "./fields.ts"
import { clusterFields, neededParams } from "./inner-clusters.ts"
import { showType } from "./show.ts"
import type { Type } from "./type.ts"
import { namesGiven, walk } from "./walk.ts"

/** Checks a test: its lets and assertions, with clusters as values. */
export function checkTest(check: Check, item: tree.Test, env: Env): void {
  typeOf(check, item.title, env, null)
  walk(check, item.body.items, { ...env, place: "test" }, () => {})
}

/** The cluster that a name stands for in a test, with the set of params that it names; null for all else. */
export function clusterNamed(check: Check, value: tree.Expression, env: Env): ReturnType<typeof deployable> {
  if (env.place !== "test") return null
  const name = value.kind === "name" ? value : value.kind === "member" ? value.name : null
  return name === null ? null : deployable(check.bindings, check.bindings.uses.get(name))
}

/** `office { web-servers = 3 }` in a test: the params of a cluster, or of one that has some already. */
export function checkGivenParams(check: Check, cluster: ClusterSymbol, value: tree.Amend, env: Env): void {
  const what = `the cluster ${cluster.name}`
  const fields: Fields = { ...clusterFields(check, cluster, ["param"]), what }
  const { items } = value.body
  walk(check, items, env, (item, inner) => {
    if (item.kind === "field") checkField(check, item, inner, fields)
    else if (item.kind === "entry") problem(check, inner, item.key, "A0331", `${what} has params, which are not quoted`)
  })
  const given = givenOrMeant(namesGiven(check, items, env), fields)
  if (clusterNamed(check, value.of, env) !== null) areAllGiven(check, value.of, given, env)
}

/** Reports A0308 for params without a default of the cluster that a name stands for, when nothing gives them; true otherwise. */
export function areAllGiven(check: Check, name: tree.Expression, given: ReadonlySet<string>, env: Env): boolean {
  const named = clusterNamed(check, name, env)
  if (named === null) return true
  const items = allItems(named.set?.declaration.body.items ?? [])
  const by_set = items.flatMap((item) => (item.kind === "field" ? [item.name.text] : []))
  const missing = neededParams(check, named.cluster, new Set([...given, ...by_set]))
  reportMissing(check, env, name, `the cluster ${named.cluster.name}`, missing)
  return missing.length === 0
}

/** `fails(cluster, code)`: what is wrong with the cluster by type is what is asked for, so it is kept instead of reported. */
export function typeOfFails(
  check: Check,
  call: tree.Call,
  given: ReadonlyMap<string, tree.Expression>,
  env: Env,
): Type {
  if (env.place !== "test") {
    problem(
      check,
      env,
      call.callee,
      "A0333",
      "`fails(…)` asks about a cluster that a test compiles, and this is no test",
    )
    return unknownType
  }
  const cluster = given.get("cluster")
  if (cluster !== undefined) {
    const captured = makeReport()
    const type = typeOf({ ...check, report: captured }, cluster, env, null)
    check.expected.set(call, captured.diagnostics)
    if (type.kind !== "compiled" && type.kind !== "unknown") {
      problem(check, env, cluster, "A0302", `a cluster is asked whether it fails, and this is ${showType(type)}`)
    }
  }
  const code = given.get("code")
  if (code !== undefined) checkCode(check, code, env)
  return boolType
}

function checkCode(check: Check, code: tree.Expression, env: Env): void {
  const type = typeOf(check, code, env, want(textType, "code"))
  const [text] = code.kind === "text" && code.parts.length === 1 ? code.parts : []
  if (bare(type).kind !== "text" || typeof text !== "string" || text in codes) return
  const meant = nearest(text, Object.keys(codes))
  problem(check, env, code, "A0306", `there is no diagnostic ${JSON.stringify(text)}`, {
    hint: meant === null ? "`appl explain` lists them all" : `did you mean ${JSON.stringify(meant)}?`,
    fix: meant === null ? undefined : replacing(env, code, JSON.stringify(meant)),
  })
}
