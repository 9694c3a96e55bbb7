import type { AnySymbol } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import type { Span } from "../text/source.ts"
import { compile } from "./expressions.ts"
import { type Frame, outward, type Place, spanOf } from "./frame.ts"
import { compileSelf } from "./members-of-things.ts"
import type { ApplianceThing, Traced } from "./model.ts"
import { isObject } from "./show.ts"

/** Finds the place that gave the value of an expression, in the frame that it was worked out in. */
export type Tracer = (frame: Frame) => Traced

/**
 * Follows an expression back to where its value was written: through names to lets, params and what was given from outside, through
 * `self` and members to the fields of things and services. A calculation or a text with parts is a place of its own.
 */
export function tracerOf(place: Place, expression: tree.Expression): Tracer {
  const { bindings } = place.evaluation
  const here = spanOf(place.unit, expression)
  if (expression.kind === "name") {
    const symbol = bindings.uses.get(expression)
    return symbol === undefined ? () => ({ through: [], span: here }) : traceSymbol(place, symbol, here)
  }
  if (expression.kind === "member") return traceMember(place, expression, here)
  return () => ({ through: [], span: here })
}

function traceSymbol(place: Place, symbol: AnySymbol, here: Span): Tracer {
  const { evaluation } = place
  const given = evaluation.given.get(symbol)
  if (given !== undefined) return () => ({ through: [symbol.name], span: given })
  const written =
    symbol.kind === "let" || (symbol.kind === "param" && symbol.owner?.kind === "cluster") ? symbol.declaration : null
  let distance = 0
  for (let scope = place.scope; scope !== null; scope = scope.parent) {
    const reach = distance++
    if (scope.readers.has(symbol)) {
      if (written?.value === undefined) return () => ({ through: [], span: here })
      const inner: Place = { evaluation, unit: place.unit, scope }
      return named(symbol.name, tracerOf(inner, written.value), (frame) => outward(frame, reach))
    }
    if (scope.self && "owner" in symbol && symbol.owner?.kind === "class" && symbol.kind !== "let") {
      return (frame) => traceThing(outward(frame, reach).self!, symbol.name, here)
    }
  }
  if (symbol.kind !== "let" || written?.value === undefined) return () => ({ through: [], span: here })
  return named(symbol.name, tracerOf({ evaluation, unit: symbol.unit, scope: null }, written.value), (frame) => frame)
}

function named(name: string, inner: Tracer, frameOf: (frame: Frame) => Frame): Tracer {
  return (frame) => {
    const { through, span } = inner(frameOf(frame))
    return { through: [name, ...through], span }
  }
}

/** A param or field by its bare name; what is wired is found by its provider. */
function traceThing(thing: ApplianceThing, name: string, here: Span): Traced {
  if (thing.needs.some((need) => need.name === name)) return { through: [], span: here }
  const { through, span } = thing.trace(name)
  return { through: [name, ...through], span }
}

function traceMember(place: Place, expression: tree.Member, here: Span): Tracer {
  const { bindings } = place.evaluation
  const name = expression.name.text
  const self = compileSelf(place)
  if (expression.of.kind === "name" && bindings.uses.get(expression.of)?.kind === "self" && self !== null) {
    return (frame) => traceOf(self.of(frame), name)
  }
  const declared = bindings.uses.get(expression.name)
  if (declared !== undefined) return traceSymbol(place, declared, here)
  const of = compile(place, expression.of)
  const outer = tracerOf(place, expression.of)
  return (frame) => {
    const value = of.run(frame)
    if (isObject(value) && value.kind === "reference" && value.to.kind === "appliance") return traceOf(value.to, name)
    if (!isObject(value) || value.kind !== "provided") return outer(frame)
    const { provided } = value
    const { appliance } = provided
    if (name === "address" || name === "name") return { through: [`${appliance.id}.${name}`], span: appliance.span }
    const { through, span } = provided.trace(name)
    return { through: [`${appliance.id}.${provided.name}.${name}`, ...through], span }
  }
}

/** A field of a thing that is named with it: `names.zone`, then what that was read from. */
function traceOf(thing: ApplianceThing, name: string): Traced {
  const { through, span } = thing.trace(name)
  return { through: [`${thing.id}.${name}`, ...through], span }
}
