import { clusterOf, deployable } from "../names/clusters.ts"
import type { AnySymbol, ThingSymbol } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import { hostType, intType, networkType, optional, outsideType, textType, unknownType } from "./build.ts"
import { type Check, type Env, problem, spanIn, topOf, want } from "./context.ts"
import { typeOf } from "./expression.ts"
import { resolveDeclaration, resolveType } from "./resolve.ts"
import type { Type } from "./type.ts"

/** The type of what a name stands for, wherever it is used; null for what is no value, such as a class. Found once. */
export function typeOfSymbol(check: Check, symbol: AnySymbol): Type | null {
  const known = check.symbols.get(symbol)
  if (known !== undefined && known !== null) return known
  if (known === null) {
    // A circle: one of lets was reported when they were put in order, one of outputs is found when they are evaluated.
    check.symbols.set(symbol, unknownType)
    return unknownType
  }
  check.symbols.set(symbol, null)
  const found = find(check, symbol)
  const type = check.symbols.get(symbol) ?? found
  if (type === null) check.symbols.delete(symbol)
  else check.symbols.set(symbol, type)
  return type
}

/** The type of a name where it is used: what stands under an `if` may be absent outside of it. */
export function typeOfUse(check: Check, symbol: AnySymbol, env: Env): Type | null {
  if (symbol.kind === "self") return env.self === null ? unknownType : { kind: "appliance", class: env.self }
  const deployed = env.place === "test" ? deployable(check.bindings, symbol) : null
  if (deployed !== null) return { kind: "compiled", cluster: deployed.cluster }
  const type = typeOfSymbol(check, symbol)
  const under = check.bindings.under.get(symbol)
  if (type === null || under === undefined || under.every((body) => env.bodies.includes(body))) return type
  return optional(type)
}

/** What a `needs` or `uses` gives to read: `S`, `S?` or `S[]`. Anything else is A0324. */
export function typeOfNeed(check: Check, declaration: tree.Needs, env: Env): Type {
  const type = resolveType(check, declaration.type, env.unit)
  const service = type.kind === "optional" || type.kind === "list" ? type.of : type
  if (service.kind === "service" || service.kind === "unknown") return type
  problem(check, env, declaration.type, "A0324", "what is needed is a service: `S`, `S?`, `S[]` or `S[](1..)`")
  return unknownType
}

function find(check: Check, symbol: AnySymbol): Type | null {
  switch (symbol.kind) {
    case "let":
    case "output":
      return typeOfValue(check, symbol, symbol.declaration)
    case "param":
      return resolveType(check, symbol.declaration.type, symbol.unit)
    case "provides": {
      const service = check.bindings.uses.get(symbol.declaration.service.path.at(-1)!)
      return service?.kind === "service" ? { kind: "service", service } : unknownType
    }
    case "needs":
      return typeOfNeed(check, symbol.declaration, topOf(symbol.unit))
    case "thing":
      return typeOfThing(check, symbol)
    case "outside":
      return outsideType
    case "local":
      // Those of loops, functions and patterns are set where their body is entered.
      return unknownType
    case "type":
      resolveDeclaration(check, symbol)
      return null
    default:
      return null
  }
}

function typeOfValue(check: Check, symbol: AnySymbol, declaration: tree.Let | tree.Output): Type {
  const unit = "unit" in symbol ? symbol.unit : null
  const owner = "owner" in symbol ? symbol.owner : null
  const top = check.stands.get(symbol) ?? {
    ...topOf(unit!),
    self: owner?.kind === "class" ? owner : null,
    bodies: check.bindings.under.get(symbol) ?? [],
  }
  if (declaration.type === undefined) return typeOf(check, declaration.value, top, null)
  const type = resolveType(check, declaration.type, top.unit)
  check.symbols.set(symbol, type)
  typeOf(check, declaration.value, top, want(type, declaration.name.text, spanIn(top, declaration.type)))
  return type
}

function typeOfThing(check: Check, symbol: ThingSymbol): Type {
  const type = typeOfOne(check, symbol)
  if (!symbol.keyed || type.kind === "unknown") return type
  return { kind: "map", key: { kind: "either", of: [intType, textType] }, value: type }
}

function typeOfOne(check: Check, symbol: ThingSymbol): Type {
  const { declaration } = symbol
  switch (declaration.kind) {
    case "instance":
    case "insert": {
      const named = check.bindings.uses.get(declaration.class.path.at(-1)!)
      return named?.kind === "class" ? { kind: "appliance", class: named } : unknownType
    }
    case "cluster-instance": {
      const cluster = clusterOf(check.bindings, declaration)
      return cluster === null ? unknownType : { kind: "cluster", cluster }
    }
    case "network":
      return networkType
    case "host":
      return hostType
  }
}
