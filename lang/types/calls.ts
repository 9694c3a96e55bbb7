import type { AnySymbol } from "../names/symbol.ts"
import { nearest } from "../report/nearest.ts"
import type * as tree from "../syntax/tree.ts"
import { boolType, unknownType } from "./build.ts"
import { allowsParameters } from "./compiled.ts"
import { type Check, type Env, problem, replacing, sourceOf, spanIn, topOf, type Want, want } from "./context.ts"
import { typeOf } from "./expression.ts"
import { type Builtin, type BuiltinParameter, builtins } from "./functions.ts"
import { memberOf } from "./members.ts"
import { typeOfRead } from "./read-call.ts"
import { resolveType } from "./resolve.ts"
import { showType } from "./show.ts"
import { both, taintOf, withTaint } from "./taint.ts"
import { typeOfFails } from "./tests.ts"
import type { Type } from "./type.ts"

type ParameterOf = {
  readonly name: string
  readonly want: Want
  readonly required: boolean
  readonly literal: boolean
}

/** A call of a function of the language or of a file: every parameter once, by place or by name. */
export function typeOfCall(check: Check, call: tree.Call, env: Env, wanted: Want | null): Type {
  const symbol = symbolOf(check, call)
  if (symbol?.kind === "builtin") return typeOfBuiltin(check, call, symbol.name, env, wanted)
  if (symbol?.kind === "function") {
    const parameters = symbol.declaration.parameters.map((parameter): ParameterOf => {
      const type = resolveType(check, parameter.type, symbol.unit)
      return {
        name: parameter.name.text,
        want: want(type, parameter.name.text, spanIn(topOf(symbol.unit), parameter)),
        required: parameter.value === undefined && type.kind !== "optional",
        literal: false,
      }
    })
    checkArguments(check, call, symbol.name, parameters, env)
    return resolveType(check, symbol.declaration.result, symbol.unit)
  }
  const allows = symbol === null ? typeOfAllows(check, call, env) : null
  if (allows !== null) return allows
  for (const argument of call.arguments) typeOf(check, argument.value, env, null)
  if (symbol === null && call.callee.kind === "name") return unknownType
  const type = symbol === null || symbol.kind === "class" ? null : typeOf(check, call.callee, env, null)
  if (type?.kind === "unknown") return unknownType
  const { callee } = call
  const asked = callee.kind === "member" ? check.of.get(callee.of) : undefined
  const hint =
    symbol?.kind === "class"
      ? `an appliance is declared: \`appliance name: ${symbol.name} { … }\``
      : asked?.kind === "compiled"
        ? "a cluster is asked `allows(from, to, ports)`"
        : undefined
  problem(check, env, call.callee, "A0313", `${sourceOf(env, call.callee)} is no function`, { hint })
  return unknownType
}

function symbolOf(check: Check, call: tree.Call): AnySymbol | null {
  const { callee } = call
  const name = callee.kind === "name" ? callee : callee.kind === "member" ? callee.name : null
  return (name && check.bindings.uses.get(name)) ?? null
}

function typeOfBuiltin(check: Check, call: tree.Call, name: string, env: Env, wanted: Want | null): Type {
  const builtin = builtins.get(name)!
  const parameters = parametersOf(builtin.parameters)
  if (name === "fails") {
    return typeOfFails(check, call, placeArguments(check, call, name, parameters, env, () => {}) ?? new Map(), env)
  }
  const given = checkArguments(check, call, name, parameters, env)
  if (name === "template" && given !== null) checkTemplate(check, call, given, env)
  if (name === "read" && given !== null) return typeOfRead(check, call, env, wanted)
  return resultOf(check, call, builtin, given, env)
}

/** A secret comes from the call that names it; a calculation with what is late is late. */
function resultOf(
  check: Check,
  call: tree.Call,
  { result }: Builtin,
  given: ReadonlyMap<string, tree.Expression> | null,
  env: Env,
): Type {
  if (result.kind === "secret") return { ...result, from: spanIn(env, call) }
  if (result.kind !== "int") return result
  const taints = [...(given?.values() ?? [])].map((value) => taintOf(check.of.get(value) ?? unknownType))
  return withTaint(result, taints.reduce(both, null))
}

/** `c.allows(…)`, the one call that is asked of a value. */
function typeOfAllows(check: Check, call: tree.Call, env: Env): Type | null {
  if (call.callee.kind !== "member" || call.callee.name.text !== "allows") return null
  const of = typeOf(check, call.callee.of, env, null)
  if (of.kind !== "compiled" || memberOf(check, of, "allows") !== null) return null
  checkArguments(check, call, "allows", parametersOf(allowsParameters), env)
  return boolType
}

function parametersOf(parameters: readonly BuiltinParameter[]): readonly ParameterOf[] {
  return parameters.map((parameter) => ({
    name: parameter.name,
    want: want(parameter.type, parameter.name),
    required: parameter.default === undefined,
    literal: parameter.literal === true,
  }))
}

/** Gives the argument of each parameter, its type checked; null when they do not fit the parameters, which is reported. */
function checkArguments(
  check: Check,
  call: tree.Call,
  name: string,
  parameters: readonly ParameterOf[],
  env: Env,
): ReadonlyMap<string, tree.Expression> | null {
  return placeArguments(check, call, name, parameters, env, (value, wanted) => typeOf(check, value, env, wanted))
}

/** Finds the parameter of each argument; `visit` is shown those that have one, in order. */
function placeArguments(
  check: Check,
  call: tree.Call,
  name: string,
  parameters: readonly ParameterOf[],
  env: Env,
  visit: (value: tree.Expression, wanted: Want) => void,
): ReadonlyMap<string, tree.Expression> | null {
  const given = new Map<string, tree.Expression>()
  let fits = true
  call.arguments.forEach((argument, index) => {
    const parameter = parameterOf(check, argument, index, name, parameters, env)
    if (parameter === null) {
      fits = false
      typeOf(check, argument.value, env, null)
      return
    }
    if (given.has(parameter.name)) {
      fits = false
      problem(check, env, argument, "A0312", `${parameter.name} is given already`)
      return
    }
    given.set(parameter.name, argument.value)
    visit(argument.value, parameter.want)
    if (parameter.literal && !isPlainText(argument.value)) {
      fits = false
      problem(check, env, argument.value, "A0329", `${parameter.name} of ${name} is a text without \`\${}\``, {
        hint: "the file is read while compiling, so its name must stand here",
      })
    }
  })
  const missing = parameters.filter((parameter) => parameter.required && !given.has(parameter.name))
  if (!fits || missing.length === 0) return fits ? given : null
  const names = missing.map((parameter) => parameter.name).join(" and ")
  problem(check, env, call, "A0312", `${name} needs ${names}`, {
    related: missing.flatMap(({ want: { declared } }) =>
      declared ? [{ message: "declared here", span: declared }] : [],
    ),
    hint: `\`${name}(${parameters.map(({ name, want }) => `${name}: ${showType(want.type)}`).join(", ")})\``,
  })
  return null
}

function parameterOf(
  check: Check,
  argument: tree.Argument,
  index: number,
  name: string,
  parameters: readonly ParameterOf[],
  env: Env,
): ParameterOf | null {
  const word = argument.name?.text
  const found = word === undefined ? parameters[index] : parameters.find((parameter) => parameter.name === word)
  if (found !== undefined) return found
  const names = parameters.map((parameter) => parameter.name)
  if (word === undefined) {
    const takes = names.length === 0 ? "nothing" : names.join(", ")
    problem(check, env, argument, "A0312", `${name} takes ${takes}, and this is one more`)
    return null
  }
  const meant = nearest(word, names)
  problem(check, env, argument.name!, "A0312", `${name} has no parameter ${word}`, {
    hint: meant === null ? `it has ${names.join(", ") || "none"}` : `did you mean ${meant}?`,
    fix: meant === null ? undefined : replacing(env, argument.name!, meant),
  })
  return null
}

/** What a template is given must be a record, so that each variable is known by name and type. */
function checkTemplate(check: Check, call: tree.Call, given: ReadonlyMap<string, tree.Expression>, env: Env): void {
  const path = given.get("path")
  const passed = given.get("variables")
  const type = passed === undefined ? null : check.of.get(passed)
  if (path?.kind !== "text" || type?.kind === "unknown") return
  if (type && type.kind !== "record") {
    problem(check, env, passed!, "A0302", `a template is given a record, and this is ${showType(type)}`, {
      hint: "its fields are the template's variables: `{ site, workers }`",
    })
    return
  }
  const fields = type ? [...type.fields] : []
  const variables = fields.map(([name, field]) => ({ name, type: field.type, span: spanOfField(env, passed!, name) }))
  check.templates?.({ unit: env.unit, call, path, variables })
}

function spanOfField(env: Env, record: tree.Expression, name: string) {
  const items = record.kind === "record" ? record.items : []
  const field = items.find((item) => item.kind === "field" && item.name.text === name)
  return spanIn(env, field?.kind === "field" ? field.name : record)
}

function isPlainText(value: tree.Expression): boolean {
  return value.kind === "text" && value.parts.every((part) => typeof part === "string")
}
