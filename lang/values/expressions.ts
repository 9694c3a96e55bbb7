import type { AnySymbol } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import { units } from "../syntax/units.ts"
import type { RecordTypeOf, Type } from "../types/type.ts"
import { compileAmend } from "./amend.ts"
import { compileCall } from "./calls.ts"
import { compileCluster } from "./clusters.ts"
import { compileList, compileRecord } from "./collections.ts"
import { type Conformer, conformerOf } from "./conform.ts"
import { isDeferred, joined } from "./deferred.ts"
import {
  type Code,
  code,
  constantCode,
  type Evaluation,
  type Frame,
  fail,
  makeThings,
  outward,
  type Place,
  runOnce,
  spanOf,
} from "./frame.ts"
import { limits } from "./limits.ts"
import { compileMatch } from "./match.ts"
import { compileIndex, compileIs, compileMember } from "./members-of-things.ts"
import { compileBinary, compileUnary } from "./operators.ts"
import { readSelf } from "./read.ts"
import { show } from "./show.ts"
import { unitOf } from "./units-of-nodes.ts"
import { invalid, type Value } from "./value.ts"

/** Compiles an expression for the place that it stands in. Its value has the type that the checker found for it. */
export function compile(place: Place, expression: tree.Expression): Code {
  return compileAs(place, expression, place.evaluation.types.of.get(expression) ?? null)
}

/**
 * Compiles an expression for a place of a type: literals and the parts of lists, records and maps are checked each where it stands,
 * any other value as a whole. Null: no type is known.
 */
export function compileAs(place: Place, expression: tree.Expression, type: Type | null): Code {
  const { evaluation } = place
  if (evaluation.nesting >= limits.nesting) {
    fail(evaluation, "A0716", spanOf(place.unit, expression), "this is nested too deeply", {
      hint: `at most ${limits.nesting} levels`,
    })
    return constantCode(invalid)
  }
  evaluation.nesting++
  const made = compileInside(place, expression, chosenType(expression, type))
  evaluation.nesting--
  const conform = isBuiltFromParts(place, expression) || type === null ? null : conformerOf(type, defaultOf)
  const whole = conform === null ? made : conformed(place, expression, made, conform)
  // What reads no frame has one value for all; worked out when it is first needed, since many never are.
  return whole.reach === Number.POSITIVE_INFINITY && whole.depth > 1 ? runOnce(whole) : whole
}

/** The value of a field that a record does not give: its default, null where it is optional. */
export function defaultOf(evaluation: Evaluation, record: RecordTypeOf, name: string): Value {
  const field = record.fields.get(name)!
  if (field.default === null) return field.type.kind === "optional" ? null : invalid
  const known = evaluation.blocks.get(field.default) as Code | undefined
  if (known !== undefined) return known.run(noFrame)
  const place: Place = { evaluation, unit: unitOf(evaluation.program, field.default), scope: null }
  const made = runOnce(compileAs(place, field.default, field.type))
  evaluation.blocks.set(field.default, made)
  return made.run(noFrame)
}
const noFrame = { parent: null, slots: [], self: null }

function compileInside(place: Place, expression: tree.Expression, type: Type | null): Code {
  switch (expression.kind) {
    case "null":
      return constantCode(null)
    case "bool":
    case "int":
    case "float":
      return constantCode(expression.value)
    case "quantity":
      return quantity(place, expression)
    case "port":
      return constantCode({ kind: "port", from: expression.from, to: expression.to, protocol: expression.protocol })
    case "ip":
      return constantCode({ kind: "ip", address: expression.value })
    case "cidr":
      return constantCode({ kind: "cidr", address: expression.address, prefix: expression.prefix })
    case "text":
      return compileText(place, expression)
    case "name":
      return compileName(place, expression)
    case "list":
      return compileList(place, expression, type)
    case "record":
      return compileRecord(place, expression, type)
    case "unary":
      return compileUnary(place, expression)
    case "binary":
      return compileBinary(place, expression, type)
    case "is":
      return compileIs(place, expression)
    case "member":
      return compileMember(place, expression)
    case "index":
      return compileIndex(place, expression)
    case "call":
      return compileCall(place, expression)
    case "amend":
      return compileAmend(place, expression, type)
    case "conditional":
      return compileConditional(place, expression, type)
    case "match-value":
      return compileMatch(place, expression, type)
    case "missing":
      return constantCode(invalid)
  }
}

/** The parts of these were compiled for the types of their places, or read by them, so nothing is left to check of the whole. */
function isBuiltFromParts(place: Place, expression: tree.Expression): boolean {
  return (
    expression.kind === "list" ||
    expression.kind === "record" ||
    expression.kind === "conditional" ||
    expression.kind === "match-value" ||
    (expression.kind === "binary" && expression.operator === "??") ||
    (expression.kind === "call" && isRead(place, expression))
  )
}

function isRead(place: Place, { callee }: tree.Call): boolean {
  const symbol = callee.kind === "name" ? place.evaluation.bindings.uses.get(callee) : undefined
  return symbol?.kind === "builtin" && symbol.name === "read"
}

/** Of a type that leaves a choice, the one that this expression is of. */
function chosenType(expression: tree.Expression, type: Type | null): Type | null {
  if (type === null) return null
  if (type.kind === "optional" || type.kind === "late" || type.kind === "secret") return chosenType(expression, type.of)
  if (type.kind !== "either") return type
  const wanted = expression.kind === "list" ? ["list"] : expression.kind === "record" ? ["record", "map"] : []
  return type.of.find((candidate) => wanted.includes(candidate.kind)) ?? null
}

function conformed(place: Place, expression: tree.Expression, made: Code, conform: Conformer): Code {
  const { evaluation, unit } = place
  const where = () => ({ span: spanOf(unit, expression) })
  const run: Code["run"] = (frame) => {
    const value = made.run(frame)
    return value === invalid ? value : conform(value, evaluation, where)
  }
  return { run, reach: made.reach, depth: made.depth + 1 }
}

function quantity(place: Place, expression: tree.QuantityLiteral): Code {
  const { measure, factor } = units[expression.unit]
  const exact = expression.amount * factor
  const amount = measure === "percent" ? exact : Math.floor(exact)
  if (amount <= Number.MAX_SAFE_INTEGER) return constantCode({ kind: "quantity", of: measure, amount })
  return constantCode(fail(place.evaluation, "A0702", spanOf(place.unit, expression), "this is over 2^53"))
}

function compileText(place: Place, expression: tree.Text): Code {
  const [only] = expression.parts
  if (only === undefined) return constantCode("")
  if (expression.parts.length === 1 && typeof only === "string") return constantCode(only)
  const parts = expression.parts.map((part) => (typeof part === "string" ? part : compile(place, part)))
  const run: Code["run"] = (frame) => {
    let text = ""
    for (const part of parts) {
      const value = typeof part === "string" ? part : part.run(frame)
      if (value === invalid) return invalid
      if (isDeferred(value)) return joinedText(place, expression, parts, frame)
      text += typeof value === "string" ? value : show(value)
      if (text.length > limits.text_length) {
        return tooLong(place, expression)
      }
    }
    return text
  }
  return code(
    run,
    parts.filter((part) => typeof part !== "string"),
  )
}

/** A text of which not all is known. */
function joinedText(place: Place, expression: tree.Text, parts: readonly (string | Code)[], frame: Frame): Value {
  const values = parts.map((part) => (typeof part === "string" ? part : part.run(frame)))
  return values.includes(invalid) ? invalid : (joined(values) ?? tooLong(place, expression))
}

function compileConditional(place: Place, expression: tree.Conditional, type: Type | null): Code {
  const condition = compile(place, expression.condition)
  const when_true = compileAs(place, expression.then, type)
  const when_false = compileAs(place, expression.else, type)
  const run: Code["run"] = (frame) => {
    const chosen = condition.run(frame)
    return chosen === invalid ? invalid : chosen === true ? when_true.run(frame) : when_false.run(frame)
  }
  return code(run, [condition, when_true, when_false])
}

/** A name reads what stands for it in the nearest scope that has it; members of a class are those of `self`. */
function compileName(place: Place, name: tree.Name): Code {
  const symbol = place.evaluation.bindings.uses.get(name)
  return symbol === undefined ? constantCode(invalid) : compileSymbol(place, name, symbol)
}

/** What a symbol means at a place; also for the last name of `namespace.name`. */
export function compileSymbol(place: Place, at: tree.Spanned, symbol: AnySymbol): Code {
  const { evaluation, unit } = place
  if (symbol.kind === "outside") return constantCode({ kind: "outside" })
  if (symbol.kind === "cluster" || symbol.kind === "params") return compileCluster(place, symbol)
  let distance = 0
  for (let scope = place.scope; scope !== null; scope = scope.parent) {
    const reader = scope.readers.get(symbol)
    if (reader !== undefined) {
      const reach = distance
      if (reach === 0) return { run: reader, reach, depth: 1 }
      return { run: (frame) => reader(outward(frame, reach)), reach, depth: 1 }
    }
    const is_member = "owner" in symbol && symbol.owner?.kind === "class" && symbol.kind !== "let"
    if (scope.self && (symbol.kind === "self" || is_member)) {
      const reach = distance
      const span = () => spanOf(unit, at)
      if (symbol.kind === "self") {
        return { run: (frame) => ({ kind: "reference", to: outward(frame, reach).self! }), reach, depth: 1 }
      }
      const { name } = symbol
      return { run: (frame) => readSelf(evaluation, outward(frame, reach).self!, name, span), reach, depth: 1 }
    }
    distance++
  }
  const global = evaluation.globals.get(symbol)
  return global === undefined ? constantCode(invalid) : { run: global, reach: Number.POSITIVE_INFINITY, depth: 1 }
}

/** Reports a text that grew beyond what any may have. */
export function tooLong(place: Place, node: tree.Spanned): Value {
  const span = spanOf(place.unit, node)
  return fail(place.evaluation, "A0717", span, `this text has over ${limits.text_length} characters`)
}

/** Counts elements against the budget; false when it is used up. */
export function countThings(place: Place, node: tree.Spanned, count: number): boolean {
  return makeThings(place.evaluation, () => spanOf(place.unit, node), count)
}
