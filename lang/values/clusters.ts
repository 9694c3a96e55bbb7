import { deployable } from "../names/clusters.ts"
import type { AnySymbol, ClusterSymbol } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import { type Collected, compileItems } from "./collections.ts"
import { compile, compileAs } from "./expressions.ts"
import { type Code, code, constantCode, type Place, spanOf } from "./frame.ts"
import type { ParamInput } from "./inputs.ts"
import { isObject } from "./show.ts"
import { invalid, type PortValue, type Value } from "./value.ts"

/** The name of a cluster in a test, or of a set of params: that cluster, with the defaults of its params. */
export function compileCluster(place: Place, symbol: AnySymbol): Code {
  const { clusters, bindings } = place.evaluation
  const named = deployable(bindings, symbol)
  if (clusters === null || named === null) return constantCode(invalid)
  return { run: () => clusters.make(named, new Map()), reach: 0, depth: 1 }
}

/** `office { web-servers = 3 }` in a test: that cluster with params, or one that has some with others. */
export function compileClusterAmend(place: Place, expression: tree.Amend, symbol: ClusterSymbol): Code {
  const { clusters, bindings, types } = place.evaluation
  if (clusters === null) return constantCode(invalid)
  const name = expression.of.kind === "member" ? expression.of.name : expression.of
  const named = name.kind === "name" ? deployable(bindings, bindings.uses.get(name)) : null
  const of = named === null ? compile(place, expression.of) : constantCode(null)
  const params = new Map(
    symbol.declaration.body.items.flatMap((item) => (item.kind === "param" ? [[item.name.text, item]] : [])),
  )
  const typeOf = (param: string) => {
    const declared = params.get(param)
    return declared === undefined ? null : (types.declared.get(declared.type) ?? null)
  }
  const { items } = expression.body
  const given = compileItems({ ...place, typeOf }, items)
  const span = spanOf(place.unit, expression)
  const run: Code["run"] = (frame) =>
    clusters.withParams(
      () => (named === null ? of.run(frame) : clusters.make(named, new Map())),
      () => {
        const collected: Collected = { values: new Map(), plus: null }
        if (!given.add(frame, collected)) return null
        return new Map(
          [...collected.values].map(([param, value]): [string, ParamInput] => [
            String(param),
            {
              name: String(param),
              value: { evaluated: value, span: spanOfField(place, items, String(param)) ?? span },
              said: "",
            },
          ]),
        )
      },
    )
  return { run, reach: 0, depth: Math.max(given.code.depth, of.depth) + 1 }
}

/** `fails(cluster, code)`. */
export function compileFails(place: Place, expression: tree.Call, given: ReadonlyMap<string, tree.Expression>): Code {
  const { clusters } = place.evaluation
  const cluster = given.get("cluster")
  if (clusters === null || cluster === undefined) return constantCode(invalid)
  const of = compile(place, cluster)
  const written = given.get("code")
  const wanted = written === undefined ? constantCode(null) : compileAs(place, written, null)
  const run: Code["run"] = (frame) => {
    const asked = wanted.run(frame)
    if (asked === invalid) return invalid
    return clusters.fails(expression, () => of.run(frame), typeof asked === "string" ? asked : null)
  }
  return { run, reach: 0, depth: of.depth + 1 }
}

/** `c.allows(from, to, ports)`; null for any other call. */
export function compileAllows(place: Place, expression: tree.Call): Code | null {
  const { callee } = expression
  if (callee.kind !== "member" || place.evaluation.types.of.get(callee.of)?.kind !== "compiled") return null
  const of = compile(place, callee.of)
  const names = ["from", "to", "ports"]
  const codes = new Map<string, Code>()
  let position = 0
  for (const argument of expression.arguments) {
    const name = argument.name?.text ?? names[position++]
    if (name !== undefined) codes.set(name, compile(place, argument.value))
  }
  const parts = names.map((name) => codes.get(name) ?? constantCode(invalid))
  const run: Code["run"] = (frame) => {
    const value = of.run(frame)
    const [from, to, ports] = parts.map((part) => part.run(frame)) as [Value, Value, Value]
    if ([from, to, ports].includes(invalid) || !isObject(value) || value.kind !== "compiled") return invalid
    return value.result().allows(from, to, ports as PortValue)
  }
  return code(run, [of, ...parts])
}

function spanOfField(place: Place, items: readonly tree.Item[], name: string) {
  const field = items.find((item) => item.kind === "field" && item.name.text === name)
  return field?.kind === "field" ? spanOf(place.unit, field.value) : null
}
