import type * as tree from "../syntax/tree.ts"
import { typeOfAmend } from "./amend.ts"
import { boolType, cidrType, ipType, nullType, unknownType } from "./build.ts"
import { typeOfCall } from "./calls.ts"
import { typeOfConditional, typeOfMatch } from "./choices.ts"
import { conform } from "./conform.ts"
import { type Check, type Env, problem, type Want } from "./context.ts"
import { typeOfList } from "./lists.ts"
import { typeOfFloat, typeOfInt, typeOfPort, typeOfQuantity, typeOfText } from "./literals.ts"
import { pathOf } from "./narrow.ts"
import { typeOfBinary, typeOfIs, typeOfUnary } from "./operators.ts"
import { typeOfIndex, typeOfMember } from "./reads.ts"
import { typeOfRecord } from "./records.ts"
import { typeOfUse } from "./symbols.ts"
import { bareOf } from "./taint.ts"
import { areAllGiven } from "./tests.ts"
import type { Type } from "./type.ts"

/**
 * The type of an expression, checked from both sides: `wanted` is what its place asks for, so that literals, lists and records take
 * the type that is expected; null where nothing is. What does not fit is reported once, here, and gives the unknown type. What was
 * found is noted for the evaluator.
 */
export function typeOf(check: Check, value: tree.Expression, env: Env, wanted: Want | null): Type {
  const plain = wanted === null || handsOn(value) ? wanted : { ...wanted, type: bareOf(wanted.type) }
  const found = find(check, value, env, plain)
  if (wanted !== null && isSecretPlace(wanted.type) && isWrittenOut(value)) reportWritten(check, env, value, wanted)
  const type = wanted === null ? found : conform(check, value, env, found, wanted)
  check.of.set(value, type)
  return type
}

function find(check: Check, value: tree.Expression, env: Env, wanted: Want | null): Type {
  switch (value.kind) {
    case "missing":
      return unknownType
    case "null":
      return nullType
    case "bool":
      return boolType
    case "ip":
      return ipType
    case "cidr":
      return cidrType
    case "int":
      return typeOfInt(value, wanted)
    case "float":
      return typeOfFloat(value, wanted)
    case "quantity":
      return typeOfQuantity(check, value, env)
    case "port":
      return typeOfPort(value)
    case "text":
      return typeOfText(check, value, env, wanted)
    case "name":
      return typeOfName(check, value, env)
    case "list":
      return typeOfList(check, value, env, wanted)
    case "record":
      return typeOfRecord(check, value, env, wanted)
    case "amend":
      return typeOfAmend(check, value, env, wanted)
    case "unary":
      return typeOfUnary(check, value, env, wanted)
    case "binary":
      return typeOfBinary(check, value, env, wanted)
    case "is":
      return typeOfIs(check, value, env)
    case "member":
      return typeOfMember(check, value, env)
    case "index":
      return typeOfIndex(check, value, env)
    case "call":
      return typeOfCall(check, value, env, wanted)
    case "conditional":
      return typeOfConditional(check, value, env, wanted)
    case "match-value":
      return typeOfMatch(check, value, env, wanted)
  }
}

/** What takes a value from one of its parts: these are for the place as well. To literals and lists it does not matter whether it is secret or late. */
function handsOn(value: tree.Expression): boolean {
  return (
    value.kind === "conditional" || value.kind === "match-value" || (value.kind === "binary" && value.operator === "??")
  )
}

/** A place that is declared to be secret; one that only takes secrets too is none. */
function isSecretPlace(type: Type): boolean {
  return type.kind === "optional" ? isSecretPlace(type.of) : type.kind === "secret" && type.quiet !== true
}

function isWrittenOut(value: tree.Expression): boolean {
  return value.kind === "text" && value.parts.every((part) => typeof part === "string")
}

function reportWritten(check: Check, env: Env, value: tree.Expression, { name, declared }: Want): void {
  problem(check, env, value, "A0352", `${name ?? "this"} is a secret, and what stands in a source is none`, {
    related: declared === null ? [] : [{ message: `${name ?? "it"} is declared here`, span: declared }],
    hint: 'keep it in the store: `secret("name")`, and `appl secret set name`',
  })
}

function typeOfName(check: Check, name: tree.Name, env: Env): Type {
  const symbol = check.bindings.uses.get(name)
  if (symbol === undefined) return unknownType
  const path = pathOf(check, name)
  const narrower = path === null ? undefined : env.narrowed.get(path)
  if (narrower !== undefined) return narrower
  const type = typeOfUse(check, symbol, env)
  if (type?.kind === "compiled" && !areAllGiven(check, name, new Set(), env)) return unknownType
  if (type !== null) return type
  const hint =
    symbol.kind === "variant"
      ? `a value of it is \`${symbol.name} {}\``
      : symbol.kind === "function" || symbol.kind === "builtin"
        ? `call it: \`${symbol.name}(…)\``
        : symbol.kind === "cluster"
          ? "only in a test a cluster is a value"
          : symbol.kind === "params" && env.place === "test"
            ? `several clusters have these params: say which, as in \`name { … }\``
            : undefined
  const kinds: Partial<Record<string, string>> = {
    class: "an appliance class",
    builtin: "a function",
    params: "a set of params",
  }
  const kind = kinds[symbol.kind] ?? `a ${symbol.kind}`
  problem(check, env, name, "A0318", `${symbol.name} is ${kind}, not a value`, { hint })
  return unknownType
}
