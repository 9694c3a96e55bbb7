import type { ClusterSymbol, Unit } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import { type Check, type Env, problem } from "./context.ts"
import { typeOf } from "./expression.ts"
import { checkField, type Fields } from "./fields.ts"
import { clusterFields } from "./inner-clusters.ts"
import { namesGiven, walk } from "./walk.ts"

/**
 * Checks `params production { }` by the params of the cluster beside it; where there are several, of those that have them all. Which
 * params are still missing is known only when it is used, since others come from the command line.
 */
export function checkParams(check: Check, item: tree.Params, env: Env): void {
  const clusters = clustersOf(check, env.unit)
  const given = namesGiven(check, item.body.items, env)
  if (clusters.length === 0) {
    problem(check, env, item.name, "A0343", `${item.name.text} stands beside no cluster`, {
      hint: "a set of params is checked by the cluster that is declared in the same file",
    })
  }
  const counts = clusters.map((cluster) => countKnown(check, cluster, given))
  const most = Math.max(0, ...counts)
  // A set for none of them was most likely meant for the one that has most of its names.
  const meant = clusters.filter((_, index) => counts[index] === most)
  const fields = fieldsOf(check, most < given.size ? meant.slice(0, 1) : meant)
  walk(check, item.body.items, env, (field, inner) => {
    if (field.kind !== "field") return
    if (fields === null) typeOf(check, field.value, inner, null)
    else if (field.operator === "=") checkField(check, field, inner, fields)
    else {
      typeOf(check, field.value, inner, null)
      problem(check, inner, field.name, "A0310", `a set of params gives values, and \`+=\` adds to one`, {
        hint: `\`${field.name.text} = …\``,
      })
    }
  })
}

/** The clusters of a file. */
function clustersOf(check: Check, unit: Unit): readonly ClusterSymbol[] {
  return unit.tree.items.flatMap((item) => {
    const symbol = item.kind === "cluster" ? check.bindings.declared.get(item) : undefined
    return symbol?.kind === "cluster" ? [symbol] : []
  })
}

function countKnown(check: Check, cluster: ClusterSymbol, given: ReadonlySet<string>): number {
  const members = check.bindings.members.get(cluster)
  return [...given].filter((name) => members?.get(name)?.kind === "param").length
}

/** The params of one cluster, or of several: then each name is that of the first which has it. */
function fieldsOf(check: Check, clusters: readonly ClusterSymbol[]): Fields | null {
  const all = clusters.map((cluster) => clusterFields(check, cluster, ["param"]))
  if (all.length === 0) return null
  return {
    what: all.map(({ what }) => what).join(" or "),
    each: "param",
    find: (name) => {
      const places = all.map((fields) => fields.find(name)).filter((place) => place !== null)
      return places.find((place) => place.kind === "place") ?? places[0] ?? null
    },
    names: () => all.flatMap((fields) => fields.names()),
  }
}
