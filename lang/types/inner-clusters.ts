import { clusterOf } from "../names/clusters.ts"
import type { AnySymbol, ClusterSymbol, Unit } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import { type Check, type Env, problem, spanIn, topOf, want } from "./context.ts"
import { typeOf } from "./expression.ts"
import { checkField, type FieldPlace, type Fields, givenOrMeant, isToldWhatIsNeeded, reportMissing } from "./fields.ts"
import { checkKey } from "./statements.ts"
import { typeOfSymbol } from "./symbols.ts"
import { namesGiven, walk } from "./walk.ts"

/** Checks a cluster inside another: what it is given for its params, and what it picks for its needs. */
export function checkInnerCluster(check: Check, item: tree.ClusterInstance, env: Env): void {
  if (item.key) checkKey(check, item.key, env)
  const symbol = clusterOf(check.bindings, item)
  if (symbol === null) return
  const items = item.body?.items ?? []
  const fields = clusterFields(check, symbol, ["param", "needs"])
  const given = namesGiven(check, items, env)
  const missing = neededParams(check, symbol, givenOrMeant(given, fields))
  const needed = missing.map(({ name }) => name)
  walk(check, items, env, (field, inner) => {
    if (field.kind === "field") checkField(check, field, inner, { ...fields, needed })
  })
  if (!isToldWhatIsNeeded(given, fields)) reportMissing(check, env, item.name, item.name.text, missing)
  checkFamily(check, item, item.cluster, env)
}

/** Checks what a cluster offers outward: a service of something inside of it; without a value, of the only one that provides it. */
export function checkOffer(check: Check, item: tree.Provides, env: Env): void {
  const service = check.bindings.uses.get(item.service.path.at(-1)!)
  if (item.body && item.body.items.length > 0) {
    problem(check, env, item.body, "A0340", "a cluster hands on a service that something inside of it provides", {
      hint: `say which: \`provides ${item.name.text}: … = web.http\`; its fields are said in the class that provides it`,
    })
  }
  if (service?.kind !== "service" || item.value === undefined) return
  const declared = spanIn(env, item.service)
  typeOf(check, item.value, env, want({ kind: "service", service }, item.name.text, declared))
}

/** All of a family are of one class or cluster, so that `web[1]` and `web[2]` are read alike. */
export function checkFamily(
  check: Check,
  item: tree.Instance | tree.ClusterInstance,
  of: tree.NamedType | tree.Expression,
  env: Env,
): void {
  const symbol = check.bindings.declared.get(item)
  if (symbol?.kind !== "thing" || symbol.declaration === item) return
  const first = symbol.declaration
  if (first.kind !== "instance" && first.kind !== "cluster-instance") return
  const [one, other] = [definitionOf(check, first), definitionOf(check, item)]
  if (one === null || other === null || one === other) return
  const what = item.kind === "instance" && first.kind === "instance" ? "class" : "kind"
  problem(check, env, of, "A0321", `all of ${item.name.text} have one ${what}, and this is another`, {
    related: [
      {
        message: `the ${what} of the first`,
        span: spanIn(topOf(symbol.unit), first.kind === "instance" ? first.class : first.cluster),
      },
    ],
    hint: "give it another name",
  })
}

/** The fields of a cluster of some kinds as places to write to. */
export function clusterFields(check: Check, symbol: ClusterSymbol, kinds: readonly AnySymbol["kind"][]): Fields {
  const members = check.bindings.members.get(symbol) ?? new Map<string, AnySymbol>()
  return {
    what: `the cluster ${symbol.name}`,
    each: "param",
    find: (name) => {
      const member = members.get(name)
      if (member === undefined) return null
      const declared = nameSpan(member)
      if (kinds.includes(member.kind)) return { kind: "place", type: typeOfSymbol(check, member)!, declared }
      return refused(name, symbol, declared)
    },
    names: () => [...members].filter(([, member]) => kinds.includes(member.kind)).map(([name]) => name),
  }
}

/** The params of a cluster that have no default and are not among `given`. */
export function neededParams(
  check: Check,
  symbol: ClusterSymbol,
  given: ReadonlySet<string>,
): Parameters<typeof reportMissing>[4] {
  return [...(check.bindings.members.get(symbol) ?? [])].flatMap(([name, member]) => {
    if (member.kind !== "param" || member.declaration.value || given.has(name)) return []
    const type = typeOfSymbol(check, member)!
    return type.kind === "optional" || type.kind === "unknown" ? [] : [{ name, type, declared: nameSpan(member) }]
  })
}

function refused(name: string, symbol: ClusterSymbol, declared: ReturnType<typeof nameSpan>): FieldPlace {
  return {
    kind: "refused",
    code: "A0326",
    message: `${name} is declared inside of ${symbol.name}, so it cannot be set`,
    details: { related: declared ? [{ message: "declared here", span: declared }] : [] },
  }
}

function nameSpan(symbol: AnySymbol) {
  if (!("unit" in symbol) || !("declaration" in symbol) || !("name" in symbol.declaration)) return null
  const { name } = symbol.declaration
  return name === undefined ? null : spanIn(topOf(symbol.unit as Unit), name)
}

function definitionOf(check: Check, item: tree.Instance | tree.ClusterInstance) {
  if (item.kind === "cluster-instance") return clusterOf(check.bindings, item)
  return check.bindings.uses.get(item.class.path.at(-1)!) ?? null
}
