import type { AnySymbol } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import { dataSpan } from "./data-origins.ts"
import { compile } from "./expressions.ts"
import { type Frame, outward, type Place, type Scope, spanOf } from "./frame.ts"
import { memo } from "./lets.ts"
import { compileSelf } from "./members-of-things.ts"
import type { ApplianceThing, Traced } from "./model.ts"
import { readsIn } from "./reads.ts"
import { isObject } from "./show.ts"

/** Finds the place that gave the value of an expression, in the frame that it was worked out in. */
export type Tracer = (frame: Frame) => Traced

/**
 * Follows an expression back to where its value was written: through names to lets, params and what was given from outside, through
 * `self` and members to the fields of things and services. A calculation is a place of its own, and so is a text with parts; what they
 * are made of is named, one level deep: either may be what changed.
 */
export function tracerOf(place: Place, expression: tree.Expression): Tracer {
  const { bindings } = place.evaluation
  const here: Traced = { through: [], span: spanOf(place.unit, expression) }
  if (expression.kind === "name") {
    const symbol = bindings.uses.get(expression)
    return symbol === undefined ? () => here : traceSymbol(place, symbol, here)
  }
  if (expression.kind === "member") return traceMember(place, expression, here)
  if (expression.kind === "index") return traceIndex(place, expression, here)
  const made: Traced = { through: textsOf(place, readsIn(place, expression)), span: here.span }
  return () => made
}

/** Reads as they are written, each once; of many only the first ones. */
function textsOf(place: Place, reads: readonly tree.Expression[]): readonly string[] {
  const { text } = place.unit.source
  return [...new Set(reads.map((read) => text.slice(read.start, read.end)))].slice(0, most_reads)
}
const most_reads = 8

function traceSymbol(place: Place, symbol: AnySymbol, here: Traced): Tracer {
  const { evaluation } = place
  const given = evaluation.given.get(symbol)
  const from_outside = given === undefined ? null : { through: [symbol.name], span: given }
  if (from_outside !== null) return () => from_outside
  const written =
    symbol.kind === "let" || (symbol.kind === "param" && symbol.owner?.kind === "cluster") ? symbol.declaration : null
  let distance = 0
  for (let scope = place.scope; scope !== null; scope = scope.parent) {
    const reach = distance++
    if (scope.readers.has(symbol)) {
      if (symbol.kind === "param") return traceParam(place, symbol, scope, reach, here)
      if (written?.value === undefined) return () => here
      const inner: Place = { evaluation, unit: place.unit, scope }
      return named(symbol.name, tracerOf(inner, written.value), (frame) => outward(frame, reach))
    }
    if (scope.self && "owner" in symbol && symbol.owner?.kind === "class" && symbol.kind !== "let") {
      return traceOwn((frame) => outward(frame, reach).self!, symbol.name, here)
    }
  }
  if (symbol.kind !== "let" || written?.value === undefined) return () => here
  return named(symbol.name, tracerOf({ evaluation, unit: symbol.unit, scope: null }, written.value), (frame) => frame)
}

/** A param of a cluster: what it was given where it is put into another one, else its default. */
function traceParam(
  { evaluation, unit }: Place,
  { name, declaration }: AnySymbol & { readonly kind: "param" },
  scope: Scope,
  reach: number,
  here: Traced,
): Tracer {
  const { value } = declaration
  const usual = memo(() => (value === undefined ? () => here : tracerOf({ evaluation, unit, scope }, value)))
  const add = prefixer()
  return (frame) => {
    const at = outward(frame, reach)
    return add(name, evaluation.givenAt(at, name)?.trace() ?? usual()(at))
  }
}

function named(name: string, inner: Tracer, frameOf: (frame: Frame) => Frame): Tracer {
  const add = prefixer()
  return (frame) => add(name, inner(frameOf(frame)))
}

/** A param or field by its bare name; what is wired is found by its provider. */
function traceOwn(selfOf: (frame: Frame) => ApplianceThing, name: string, here: Traced): Tracer {
  const add = prefixer()
  return (frame) => {
    const thing = selfOf(frame)
    return thing.needs.some((need) => need.name === name) ? here : add(name, thing.trace(name))
  }
}

/**
 * Puts a read in front of a trace. The last result is kept: all things of a loop mostly have the same traces, which are then one
 * object, and so are the files that are made of them.
 */
function prefixer(): (read: string, traced: Traced) => Traced {
  let last: { readonly read: string; readonly inner: Traced; readonly outer: Traced } | null = null
  return (read, inner) => {
    if (last === null || last.inner !== inner || last.read !== read) {
      last = { read, inner, outer: { through: [read, ...inner.through], span: inner.span } }
    }
    return last.outer
  }
}

function traceMember(place: Place, expression: tree.Member, here: Traced): Tracer {
  const { bindings } = place.evaluation
  const name = expression.name.text
  const self = compileSelf(place)
  const add = prefixer()
  if (expression.of.kind === "name" && bindings.uses.get(expression.of)?.kind === "self" && self !== null) {
    return (frame) => traceOf(self.of(frame), name, add)
  }
  const declared = bindings.uses.get(expression.name)
  if (declared !== undefined) return traceSymbol(place, declared, here)
  const of = compile(place, expression.of)
  const outer = tracerOf(place, expression.of)
  return (frame) => {
    const value = of.run(frame)
    if (isObject(value) && value.kind === "reference" && value.to.kind === "appliance")
      return traceOf(value.to, name, add)
    const read = dataSpan(value, name)
    if (read !== null) return { through: [place.unit.source.text.slice(expression.start, expression.end)], span: read }
    if (!isObject(value) || value.kind !== "provided") return outer(frame)
    const { provided } = value
    const { appliance } = provided
    if (name === "address" || name === "name") return traceOf(appliance, name, add)
    return add(`${appliance.id}.${provided.name}.${name}`, provided.trace(name))
  }
}

/** An element or entry of what was read from a data file stands there. */
function traceIndex(place: Place, expression: tree.Index, here: Traced): Tracer {
  const of = compile(place, expression.of)
  const key = compile(place, expression.key)
  return (frame) => {
    const at = key.run(frame)
    const read = typeof at === "string" || typeof at === "number" ? dataSpan(of.run(frame), at) : null
    return read === null
      ? here
      : { through: [place.unit.source.text.slice(expression.start, expression.end)], span: read }
  }
}

/** A field of a thing that is named with it: `names.zone`, then what that was read from. */
function traceOf(thing: ApplianceThing, name: string, add: ReturnType<typeof prefixer>): Traced {
  return add(`${thing.id}.${name}`, thing.trace(name))
}
