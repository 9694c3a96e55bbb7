import { isWhole } from "../names/bases.ts"
import type { ClassSymbol } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import type { Span } from "../text/source.ts"
import { isSubtype } from "./assignable.ts"
import { unknownType } from "./build.ts"
import { type Check, type Env, problem, spanIn, topOf, want } from "./context.ts"
import { typeOf } from "./expression.ts"
import { checkField, type FieldPlace, type Fields, givenOrMeant, schemaPlace } from "./fields.ts"
import { resolveType } from "./resolve.ts"
import { applianceSchema } from "./schema.ts"
import { showType } from "./show.ts"
import { checkProvides, checkStatement } from "./statements.ts"
import { typeOfSymbol } from "./symbols.ts"
import type { Type } from "./type.ts"
import { namesGiven, walk } from "./walk.ts"

/** Checks the body of an appliance class, once, for all its instances. */
export function checkClass(check: Check, symbol: ClassSymbol): void {
  const env: Env = { ...topOf(symbol.unit), self: symbol }
  const fields = classFields(check, symbol)
  walk(check, symbol.declaration.body.items, env, (item, inner) => {
    switch (item.kind) {
      case "field":
        checkField(check, item, inner, fields)
        break
      case "param":
        checkParam(check, item, inner)
        checkNarrowed(check, item, symbol, inner)
        break
      case "needs": {
        const need = check.bindings.declared.get(item)
        if (need !== undefined) typeOfSymbol(check, need)
        break
      }
      case "provides":
        checkProvides(check, item, inner)
        break
      default:
        checkStatement(check, item, inner)
    }
  })
  settledBy(check, symbol)
}

/** The names of the fields that a class or one that it specialises sets; a field set twice in one body is A0309. */
export function settledBy(check: Check, symbol: ClassSymbol): ReadonlySet<string> {
  const known = check.settled.get(symbol)
  if (known !== undefined) return known
  const given = namesGiven(check, symbol.declaration.body.items, topOf(symbol.unit))
  const own = givenOrMeant(given, classFields(check, symbol))
  const base = check.bindings.bases.get(symbol)
  const all = base === undefined ? own : new Set([...settledBy(check, base), ...own])
  check.settled.set(symbol, all)
  return all
}

/** The fields that an instance of a class may set: its params, its picks for what it needs, and the built-in ones. */
export function instanceFields(check: Check, symbol: ClassSymbol): Fields {
  return fieldsOf(check, symbol, "instance", null)
}

/** What an instance must still say: params without a default, and built-in fields that no class has set. */
export function stillNeeded(
  check: Check,
  symbol: ClassSymbol,
  given: ReadonlySet<string>,
): readonly { readonly name: string; readonly type: Type; readonly declared: Span | null }[] {
  if (!isWhole(symbol, check.bindings.bases)) return []
  const settled = settledBy(check, symbol)
  const missing: { name: string; type: Type; declared: Span | null }[] = []
  for (const [name, member] of check.bindings.members.get(symbol) ?? []) {
    if (member.kind !== "param" || member.declaration.value || given.has(name) || settled.has(name)) continue
    const type = resolveType(check, member.declaration.type, member.unit)
    if (type.kind !== "optional" && type.kind !== "unknown") {
      missing.push({ name, type, declared: spanIn(topOf(member.unit), member.declaration.name) })
    }
  }
  for (const name of ["image", "start"]) {
    if (given.has(name) || settled.has(name)) continue
    const declared = spanIn(topOf(symbol.unit), symbol.declaration.name)
    missing.push({ name, type: applianceSchema.get(name)!.type, declared })
  }
  return missing
}

/** Checks a param's type and default. */
export function checkParam(check: Check, param: tree.Param, env: Env): void {
  const type = resolveType(check, param.type, env.unit)
  if (param.value) typeOf(check, param.value, env, want(type, param.name.text, spanIn(env, param.type)))
}

function classFields(check: Check, symbol: ClassSymbol): Fields {
  return fieldsOf(check, symbol, "class", symbol)
}

function fieldsOf(check: Check, symbol: ClassSymbol, by: "class" | "instance", own: ClassSymbol | null): Fields {
  const members = check.bindings.members.get(symbol)
  return {
    what: symbol.name,
    find: (name) =>
      schemaPlace(applianceSchema, name, by) ??
      memberPlace(check, symbol, name, own) ??
      (isWhole(symbol, check.bindings.bases) ? null : { kind: "place", type: unknownType, declared: null }),
    names: () => {
      const settable = [...(members ?? [])].filter(([, member]) => member.kind === "param" || member.kind === "needs")
      const builtin = [...applianceSchema].filter(([, field]) => field.set === "both" || field.set === by)
      return [...settable.map(([name]) => name), ...builtin.map(([name]) => name)]
    },
  }
}

function memberPlace(check: Check, symbol: ClassSymbol, name: string, own: ClassSymbol | null): FieldPlace | null {
  const member = check.bindings.members.get(symbol)?.get(name)
  if (member === undefined || !("declaration" in member)) return null
  const declared = "name" in member.declaration && "unit" in member ? spanOfName(member.unit, member.declaration) : null
  const details = { related: declared ? [{ message: "declared here", span: declared }] : [] }
  switch (member.kind) {
    case "param":
      if (member.owner === own) {
        const message = `${name} is a param of this class`
        return {
          kind: "refused",
          code: "A0326",
          message,
          details: { ...details, hint: "give it a default where it is declared" },
        }
      }
      return { kind: "place", type: typeOfSymbol(check, member)!, declared }
    case "needs":
      if (member.owner === own) {
        return {
          kind: "refused",
          code: "A0326",
          message: `${name} is a need of this class: an appliance picks for it`,
          details,
        }
      }
      return { kind: "place", type: typeOfSymbol(check, member)!, declared }
    default: {
      const word = member.kind === "provides" ? "provided by the class" : `${member.kind} of the class`
      return { kind: "refused", code: "A0326", message: `${name} is ${word}, so it cannot be set`, details }
    }
  }
}

function spanOfName(unit: Env["unit"], declaration: object): Span | null {
  const { name } = declaration as { name?: tree.Name }
  return name === undefined ? null : spanIn(topOf(unit), name)
}

/** A param that is declared again takes no more than before. */
function checkNarrowed(check: Check, param: tree.Param, symbol: ClassSymbol, env: Env): void {
  const base = check.bindings.bases.get(symbol)
  const inherited = base && check.bindings.members.get(base)?.get(param.name.text)
  if (inherited?.kind !== "param") return
  const before = resolveType(check, inherited.declaration.type, inherited.unit)
  const after = resolveType(check, param.type, env.unit)
  if (isSubtype(after, before, check.bindings.bases)) return
  problem(
    check,
    env,
    param.type,
    "A0325",
    `${param.name.text} may only be narrowed, and ${showType(after)} is no part of ${showType(before)}`,
    {
      related: [
        { message: `${base!.name} declares it here`, span: spanIn(topOf(inherited.unit), inherited.declaration.type) },
      ],
    },
  )
}
