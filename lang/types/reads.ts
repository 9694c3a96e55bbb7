import { nearest } from "../report/nearest.ts"
import type * as tree from "../syntax/tree.ts"
import { unknownType } from "./build.ts"
import { compiledApplianceSchema } from "./compiled.ts"
import { type Check, type Env, problem, replacing, sourceOf, spanIn, want } from "./context.ts"
import { typeOf } from "./expression.ts"
import { memberNames, memberOf } from "./members.ts"
import { pathOf } from "./narrow.ts"
import { showType } from "./show.ts"
import { reportUse } from "./sinks.ts"
import { typeOfUse } from "./symbols.ts"
import { bareOf, taintOf, withTaint } from "./taint.ts"
import { areAllGiven } from "./tests.ts"
import type { Type } from "./type.ts"

export function typeOfMember(check: Check, value: tree.Member, env: Env): Type {
  const named = check.bindings.uses.get(value.name)
  if (named !== undefined) return typeOfNamespaced(check, value, env)
  if (value.of.kind === "name" && check.bindings.uses.get(value.of)?.kind === "namespace") return unknownType
  const of = typeOf(check, value.of, env, null)
  if (of.kind === "unknown" || value.name.text === "") return unknownType
  const path = pathOf(check, value)
  const narrower = path === null ? undefined : env.narrowed.get(path)
  if (narrower !== undefined) return narrower
  if (of.kind === "optional" || of.kind === "null") {
    const text = sourceOf(env, value.of)
    problem(check, env, value.of, "A0305", `${text} may be null, so it may have no ${value.name.text}`, {
      hint: `ask first: \`if ${text} != null\``,
    })
    return unknownType
  }
  const decided =
    of.kind === "appliance" && env.place === "test" ? compiledApplianceSchema.get(value.name.text) : undefined
  if (decided !== undefined) return decided.type
  const taint = taintOf(of)
  const plain = bareOf(of)
  const member = memberOf(check, plain, value.name.text)
  if (member !== null && taint?.secret !== undefined) {
    reportUse(check, env, value.name, of, value.name.text)
    return unknownType
  }
  if (member !== null) return withTaint(readHere(member.type, env, value), taint)
  reportNoMember(check, value, env, of)
  return unknownType
}

export function typeOfIndex(check: Check, value: tree.Index, env: Env): Type {
  const of = typeOf(check, value.of, env, null)
  switch (of.kind) {
    case "list":
      typeOf(check, value.key, env, want({ kind: "int", bounds: { least: null, most: null } }, "a list's index"))
      return of.of
    case "map":
      typeOf(check, value.key, env, want(of.key, "the key"))
      return of.value
    case "unknown":
      typeOf(check, value.key, env, null)
      return unknownType
    case "optional": {
      typeOf(check, value.key, env, null)
      const text = sourceOf(env, value.of)
      problem(check, env, value.of, "A0305", `${text} may be null`, { hint: `ask first: \`if ${text} != null\`` })
      return unknownType
    }
    default:
      typeOf(check, value.key, env, null)
      if (taintOf(of) === null) reportNoIndex(check, value, env, of)
      else reportUse(check, env, value, of, "index")
      return unknownType
  }
}

/** What is late by the tables of built-ins is late because it is read here. */
function readHere(type: Type, env: Env, value: tree.Member): Type {
  return type.kind === "late" && type.from === null ? { ...type, from: spanIn(env, value) } : type
}

function typeOfNamespaced(check: Check, value: tree.Member, env: Env): Type {
  const symbol = check.bindings.uses.get(value.name)!
  const type = typeOfUse(check, symbol, env)
  if (type?.kind === "compiled" && !areAllGiven(check, value, new Set(), env)) return unknownType
  if (type !== null) return type
  problem(check, env, value, "A0318", `${sourceOf(env, value)} is a ${symbol.kind}, not a value`)
  return unknownType
}

function reportNoIndex(check: Check, value: tree.Index, env: Env, of: Type): void {
  const text = sourceOf(env, value.of)
  if (of.kind === "appliance" || of.kind === "network" || of.kind === "host" || of.kind === "cluster") {
    problem(check, env, value, "A0316", `${text} has no key`, {
      hint: `there is one ${text}`,
      fix: replacing(env, value, text),
    })
    return
  }
  const isField = of.kind === "record" && value.key.kind === "text" && typeof value.key.parts[0] === "string"
  problem(check, env, value, "A0316", `${showType(of)} has no keys`, {
    hint: isField ? `a field is read as \`${text}.${(value.key as tree.Text).parts[0]}\`` : "a list or a map has",
  })
}

function reportNoMember(check: Check, value: tree.Member, env: Env, of: Type): void {
  const names = memberNames(check, of)
  const meant = nearest(value.name.text, names)
  const isFamily = of.kind === "map" && memberOf(check, of.value, value.name.text) !== null
  const hint =
    meant !== null
      ? `did you mean ${meant}?`
      : isFamily
        ? `it has keys: say which, \`${sourceOf(env, value.of)}[…].${value.name.text}\``
        : of.kind === "map"
          ? `an entry of a map is read as \`${sourceOf(env, value.of)}["${value.name.text}"]\``
          : of.kind === "union"
            ? "ask first which one it is: `is`, or `match`"
            : of.kind === "appliance" && of.class === null
              ? "only some classes may have it: ask first for one, as in `a is Web and …`"
              : names.length > 0 && names.length <= 12
                ? `it has ${names.join(", ")}`
                : undefined
  const whose = of.kind === "record" && of.name === null ? "this record" : showType(of)
  problem(check, env, value.name, "A0311", `${whose} has no ${value.name.text}`, {
    hint,
    fix: meant === null ? undefined : replacing(env, value.name, meant),
  })
}
