import type { AnySymbol } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import type { Span } from "../text/source.ts"
import { Cluster, type GivenField } from "./cluster-thing.ts"
import { dataSpan, wholeDataSpan } from "./data-origins.ts"
import { compile } from "./expressions.ts"
import { type Frame, outward, type Place, spanOf } from "./frame.ts"
import { literalItem } from "./literal-items.ts"
import { compileSelf } from "./members-of-things.ts"
import { readsIn } from "./reads.ts"
import { ProvidedService } from "./services.ts"
import { isObject } from "./show.ts"
import { Appliance, Network } from "./things.ts"
import { invalid, type Value } from "./value.ts"

/** Why a value is what it is: where it was written, and what it was made of, each of which has reasons of its own. */
export type Explanation = {
  /** What was read, as it is written there: `site`, `names.zone`. */
  readonly what: string
  /** Undefined where it is not a value that was worked out, such as who provides something. */
  readonly value: Value | undefined
  /** What gave it, when that is no expression: the address plan, a built-in default. Null: what is written at `span`. */
  readonly how: string | null
  /** Where it is written; null for what the compiler itself decided. */
  readonly span: Span | null
  readonly because: readonly Explanation[]
}

/** An expression that made a value, with what its names stand for. */
type Written = { readonly place: Place; readonly expression: tree.Expression; readonly frame: Frame }
/** Where a value came from, before it is explained. */
type Source = { readonly written: readonly Written[]; readonly how: string | null; readonly span: Span | null }

type Around = { readonly path: readonly string[]; left: { nodes: number } }

const most_nodes = 300
const deepest = 24

/** Explains the value of an expression, back to where everything that it was made of is written, or was given. */
export function explain(place: Place, expression: tree.Expression, frame: Frame): Explanation {
  const around: Around = { path: [], left: { nodes: most_nodes } }
  const [only, ...others] = readsIn(place, expression)
  if (only === expression && others.length === 0) return explainRead(around, { place, expression, frame })
  return {
    what: textOf(place, expression),
    value: compile(place, expression).run(frame),
    how: null,
    span: spanOf(place.unit, expression),
    because: reasons(around, [{ place, expression, frame }]),
  }
}

function reasons(around: Around, written: readonly Written[]): readonly Explanation[] {
  const told = new Set<string>()
  return written.flatMap((one) =>
    readsIn(one.place, one.expression).flatMap((read) => {
      const text = textOf(one.place, read)
      const key = `${one.place.unit.path} ${read.start}`
      if (told.has(text) || around.path.includes(key) || around.path.length >= deepest || around.left.nodes-- <= 0)
        return []
      told.add(text)
      const explained = explainRead({ ...around, path: [...around.path, key] }, { ...one, expression: read })
      // What stands in a branch that was not taken may have no value.
      return explained.value === invalid ? [] : [explained]
    }),
  )
}

function explainRead(around: Around, read: Written): Explanation {
  const { place, expression, frame } = read
  const { written, how, span } = sourceOf(read)
  const last = written.at(-1)
  const value = compile(place, expression).run(frame)
  return {
    what: textOf(place, expression),
    value,
    how,
    // What a loop takes from a data file stands there, in its row.
    span: last === undefined ? (wholeDataSpan(value) ?? span) : spanOf(last.place.unit, last.expression),
    because: reasons(around, written),
  }
}

function sourceOf(read: Written): Source {
  const { place, expression, frame } = read
  const here: Source = { written: [], how: null, span: spanOf(place.unit, expression) }
  const { uses } = place.evaluation.bindings
  switch (expression.kind) {
    case "name": {
      const symbol = uses.get(expression)
      return symbol === undefined ? here : sourceOfSymbol(read, symbol, here)
    }
    case "member": {
      const declared = uses.get(expression.name)
      if (declared !== undefined) return sourceOfSymbol(read, declared, here)
      const self = expression.of.kind === "name" && uses.get(expression.of)?.kind === "self" ? compileSelf(place) : null
      const of: Value =
        self === null ? compile(place, expression.of).run(frame) : { kind: "reference", to: self.of(frame) }
      const data = dataSpan(of, expression.name.text)
      if (data !== null) return { written: [], how: null, span: data }
      return sourceOfMember({ ...read, expression: expression.of }, of, expression.name.text, here)
    }
    case "index": {
      const key = compile(place, expression.key).run(frame)
      const of = compile(place, expression.of).run(frame)
      const element = isObject(of) && of.kind === "map" ? of.entries.get(key as string) : undefined
      if (isObject(element) && element.kind === "reference") return { ...here, span: element.to.span }
      const data = typeof key === "string" || typeof key === "number" ? dataSpan(of, key) : null
      if (data !== null) return { written: [], how: null, span: data }
      return partOf(sourceOf({ ...read, expression: expression.of }), key)
    }
    case "call": {
      const name = expression.callee.kind === "member" ? expression.callee.name : expression.callee
      const symbol = name.kind === "name" ? uses.get(name) : undefined
      const written = expression.arguments.map((argument) => ({ ...read, expression: argument.value }))
      if (symbol?.kind !== "function") return { ...here, written }
      // The arguments are what is worth following: what the function makes of them stands in its body.
      const body = {
        place: { ...place, unit: symbol.unit, scope: null },
        expression: noReads(symbol.declaration.value),
        frame,
      }
      return { written: [...written, body], how: `the function ${symbol.name}`, span: here.span }
    }
    default:
      return { ...here, written: [read] }
  }
}

/** The span of an expression without its names, which are the function's own. */
function noReads(expression: tree.Expression): tree.Expression {
  return { kind: "missing", start: expression.start, end: expression.end }
}

function sourceOfSymbol(read: Written, symbol: AnySymbol, here: Source): Source {
  const { place, frame } = read
  const { evaluation } = place
  const given = evaluation.given.get(symbol)
  if (given !== undefined) return { written: [], how: "given", span: given }
  const value =
    symbol.kind === "let" || (symbol.kind === "param" && symbol.owner?.kind === "cluster")
      ? symbol.declaration.value
      : undefined
  let distance = 0
  for (let scope = place.scope; scope !== null; scope = scope.parent) {
    const at = outward(frame, distance++)
    if (scope.readers.has(symbol)) {
      const inner = evaluation.givenAt(at, symbol.name)
      if (symbol.kind === "param" && inner !== null) return sourceOfGiven(inner)
      if (value !== undefined) {
        const how = symbol.kind === "param" ? "by default" : null
        return { ...here, how, written: [{ place: { ...place, scope }, expression: value, frame: at }] }
      }
      if (symbol.kind === "thing") return { ...here, span: spanOf(symbol.unit, symbol.declaration.name) }
      if (symbol.kind === "param")
        return { written: [], how: "not given", span: spanOf(symbol.unit, symbol.declaration.name) }
      const declared = "declaration" in symbol ? symbol.declaration : null
      if (symbol.kind !== "local" || declared === null) return here
      return { written: [], how: "this turn of the loop", span: spanOf(symbol.unit, symbol.declaration) }
    }
    const own = scope.self && "owner" in symbol && symbol.owner?.kind === "class" && symbol.kind !== "let"
    if (own && at.self instanceof Appliance) return sourceOfField(at.self, symbol.name, here)
  }
  if (symbol.kind !== "let") return here
  const global: Place = { evaluation, unit: symbol.unit, scope: null }
  return { ...here, written: [{ place: global, expression: symbol.declaration.value, frame }] }
}

function sourceOfGiven({ written, span }: GivenField): Source {
  return { written: written === null ? [] : [written], how: "given to the cluster", span }
}

function sourceOfMember(of: Written, value: Value, name: string, here: Source): Source {
  if (isObject(value) && value.kind === "reference" && value.to instanceof Appliance)
    return sourceOfField(value.to, name, here)
  if (isObject(value) && value.kind === "reference" && value.to instanceof Network) {
    const { to } = value
    const entries = to.slots().get(name)?.entries ?? []
    const written = entries.map((entry) => ({ ...entry.written, frame: to.frameOf(entry.frame) }))
    return { written, how: written.length === 0 ? "built in" : null, span: to.span }
  }
  if (isObject(value) && value.kind === "reference" && value.to instanceof Cluster) {
    const given = value.to.given.get(name)
    if (given !== undefined) return sourceOfGiven(given)
  }
  if (isObject(value) && value.kind === "provided") {
    const { provided } = value
    const { appliance } = provided
    if (name === "address" || name === "name" || name === "appliance") {
      return { ...addressSource(appliance as Appliance, here), how: `${appliance.id} provides it` }
    }
    const entry = provided instanceof ProvidedService ? provided.plan.fields.get(name)?.entry : undefined
    if (!entry || !(appliance instanceof Appliance)) return { ...here, span: provided.fieldSpan(name) }
    return { written: [{ ...entry.written, frame: appliance.frameOf(entry.frame) }], how: null, span: entry.span }
  }
  return partOf(sourceOf(of), name)
}

function sourceOfField(thing: Appliance, name: string, here: Source): Source {
  if (name === "address") return addressSource(thing, here)
  const need = thing.needs.find((one) => one.name === name)
  const pick = thing.layout.picks.get(name)
  const entries = pick === undefined ? (thing.layout.slots.get(name)?.entries ?? []) : [pick]
  const written = entries.map((entry) => ({ ...entry.written, frame: thing.frameOf(entry.frame) }))
  if (need !== undefined) {
    const how = pick === undefined ? `the wiring: ${thing.id} ${need.how} ${need.service.name}` : null
    return { written, how, span: need.declaration }
  }
  const provided = thing.provides.find((one) => one.name === name)
  if (provided !== undefined) return { ...here, span: provided.span }
  return { written, how: written.length === 0 ? "built in" : null, span: thing.span }
}

/** An address is of the plan; what it follows from is the network, and what the appliance says of its nics. */
function addressSource(thing: Appliance, here: Source): Source {
  const nic = thing.facts.nics?.get(thing)?.find((one) => one.network !== null)
  const on = thing.layout.slots.get("on")?.entries ?? []
  const written: Written[] = on.map((entry) => ({ ...entry.written, frame: thing.frameOf(entry.frame) }))
  if (nic?.network instanceof Network) {
    const { network } = nic
    for (const entry of network.slots().get("cidr")?.entries ?? []) {
      written.unshift({ ...entry.written, frame: network.frameOf(entry.frame) })
    }
    return { written, how: `the address plan of ${network.id}`, span: thing.span }
  }
  return { ...here, written }
}

/** Of what made a record, map or list, the part that made one entry of it, where that can be seen; else all of it. */
function partOf(source: Source, key: Value): Source {
  if (typeof key !== "string" && typeof key !== "number") return source
  const written = source.written.map((one) => {
    const item = literalItem(one.expression, key)
    return item === null ? one : { ...one, expression: item }
  })
  return { ...source, written }
}

function textOf(place: Place, node: tree.Spanned): string {
  return place.unit.source.text.slice(node.start, node.end)
}
