import type { FunctionSymbol } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import { compileAs } from "./expressions.ts"
import {
  type Code,
  code,
  constantCode,
  type Evaluation,
  enter,
  makeFrame,
  makeScope,
  type Place,
  spanOf,
  step,
} from "./frame.ts"
import { memo } from "./lets.ts"
import { invalid, type Value } from "./value.ts"

type CompiledFunction = (values: readonly (Value | undefined)[]) => Value

/** A call of a function that a file declares: its arguments in the order of its parameters, its body compiled once. */
export function compileFunctionCall(place: Place, expression: tree.Call, symbol: FunctionSymbol): Code {
  const { evaluation, unit } = place
  const { parameters } = symbol.declaration
  const known = evaluation.blocks.get(symbol) as (() => CompiledFunction) | undefined
  const body = known ?? memo(() => compileFunction(evaluation, symbol))
  evaluation.blocks.set(symbol, body)
  const given = new Map<string, tree.Expression>()
  for (const [position, argument] of expression.arguments.entries()) {
    const name = argument.name?.text ?? parameters[position]?.name.text
    if (name !== undefined) given.set(name, argument.value)
  }
  const codes = parameters.map((parameter) => {
    const argument = given.get(parameter.name.text)
    return argument === undefined ? null : compileAs(place, argument, parameterType(evaluation, parameter))
  })
  const span = spanOf(unit, expression)
  const run: Code["run"] = (frame) => {
    const values = codes.map((argument) => argument?.run(frame))
    if (values.includes(invalid) || !step(evaluation, () => span)) return invalid
    return enter(evaluation, { owner: "", name: symbol.name, span }, 20, () => body()(values))
  }
  return code(
    run,
    codes.filter((argument) => argument !== null),
  )
}

function compileFunction(evaluation: Evaluation, symbol: FunctionSymbol): CompiledFunction {
  const { parameters, result, value } = symbol.declaration
  const scope = makeScope(null, false)
  const place: Place = { evaluation, unit: symbol.unit, scope }
  for (const [slot, parameter] of parameters.entries()) {
    const local = evaluation.bindings.declared.get(parameter.name)
    if (local !== undefined) scope.readers.set(local, (frame) => frame.slots[slot] as Value)
  }
  scope.slots = parameters.length
  const defaults = parameters.map((parameter) =>
    parameter.value === undefined
      ? constantCode(null)
      : compileAs(place, parameter.value, parameterType(evaluation, parameter)),
  )
  const body = compileAs(place, value, evaluation.types.declared.get(result) ?? null)
  return (values) => {
    const frame = makeFrame(scope, null, null)
    for (const [slot, given] of values.entries())
      frame.slots[slot] = given === undefined ? defaults[slot]!.run(frame) : given
    return body.run(frame)
  }
}

function parameterType(evaluation: Evaluation, parameter: tree.Parameter) {
  return evaluation.types.declared.get(parameter.type) ?? null
}
