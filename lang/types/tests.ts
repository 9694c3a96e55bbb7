import type { ClusterSymbol } from "../names/symbol.ts"
import { codes } from "../report/codes.ts"
import { nearest } from "../report/nearest.ts"
import { makeReport } from "../report/report.ts"
import type * as tree from "../syntax/tree.ts"
import { bare } from "./assignable.ts"
import { boolType, textType, unknownType } from "./build.ts"
import { type Check, type Env, problem, replacing, spanIn, topOf, want } from "./context.ts"
import { typeOf } from "./expression.ts"
import { checkField, type Fields, givenOrMeant, reportMissing } from "./fields.ts"
import { resolveType } from "./resolve.ts"
import { showType } from "./show.ts"
import type { Type } from "./type.ts"
import { namesGiven, walk } from "./walk.ts"

/** Checks a test: its lets and assertions, with clusters as values. */
export function checkTest(check: Check, item: tree.Test, env: Env): void {
  typeOf(check, item.title, env, null)
  walk(check, item.body.items, { ...env, place: "test" }, () => {})
}

/** The cluster that a name stands for in a test; null for all else. */
export function clusterNamed(check: Check, value: tree.Expression, env: Env): ClusterSymbol | null {
  const name = value.kind === "name" ? value : value.kind === "member" ? value.name : null
  const symbol = name === null ? undefined : check.bindings.uses.get(name)
  return symbol?.kind === "cluster" && env.place === "test" ? symbol : null
}

/** `office { web-servers = 3 }` in a test: the params of a cluster, or of one that has some already. */
export function checkGivenParams(check: Check, cluster: ClusterSymbol, value: tree.Amend, env: Env): void {
  const fields = paramsOf(check, cluster)
  const { items } = value.body
  walk(check, items, env, (item, inner) => {
    if (item.kind === "field") checkField(check, item, inner, fields)
    else if (item.kind === "entry")
      problem(check, inner, item.key, "A0331", `${fields.what} has params, which are not quoted`)
  })
  const given = givenOrMeant(namesGiven(check, items, env), fields)
  if (clusterNamed(check, value.of, env) !== null) checkAllGiven(check, cluster, given, value.of, env)
}

/** Reports A0308 for params of a cluster that have no default and are not given; false when there are some. */
export function checkAllGiven(
  check: Check,
  cluster: ClusterSymbol,
  given: ReadonlySet<string>,
  at: tree.Spanned,
  env: Env,
): boolean {
  const missing = paramItems(cluster)
    .filter((item) => item.value === undefined && !given.has(item.name.text))
    .map((item) => ({
      name: item.name.text,
      type: resolveType(check, item.type, cluster.unit),
      declared: spanIn(topOf(cluster.unit), item.name),
    }))
    .filter(({ type }) => type.kind !== "optional" && type.kind !== "unknown")
  reportMissing(check, env, at, `the cluster ${cluster.name}`, missing)
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

function paramItems(cluster: ClusterSymbol): readonly tree.Param[] {
  return cluster.declaration.body.items.filter((item) => item.kind === "param")
}

function paramsOf(check: Check, cluster: ClusterSymbol): Fields {
  const params = paramItems(cluster)
  return {
    what: `the cluster ${cluster.name}`,
    find: (name) => {
      const item = params.find((param) => param.name.text === name)
      if (item === undefined) return null
      const declared = spanIn(topOf(cluster.unit), item.type)
      return { kind: "place", type: resolveType(check, item.type, cluster.unit), declared }
    },
    names: () => params.map((param) => param.name.text),
  }
}
