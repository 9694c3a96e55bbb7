import { nearest } from "../report/nearest.ts"
import type * as tree from "../syntax/tree.ts"
import { deferredCall, isDeferred } from "./deferred.ts"
import { compile, compileSymbol } from "./expressions.ts"
import { type Code, code, constantCode, type Frame, fail, outward, type Place, type Scope, spanOf } from "./frame.ts"
import type { ApplianceThing } from "./model.ts"
import { readMember, readSelf } from "./read.ts"
import { describe, display, isList, isObject } from "./show.ts"
import { invalid, type Value } from "./value.ts"

/** `x.name`; on a namespace it is what that file declares. */
export function compileMember(place: Place, expression: tree.Member): Code {
  const { evaluation, unit } = place
  const { text } = expression.name
  const declared = evaluation.bindings.uses.get(expression.name)
  if (declared !== undefined) return compileSymbol(place, expression.name, declared)
  const span = () => spanOf(unit, expression.name)
  const self = compileSelf(place)
  if (expression.of.kind === "name" && evaluation.bindings.uses.get(expression.of)?.kind === "self") {
    if (self === null) return constantCode(invalid)
    return { run: (frame) => readSelf(evaluation, self.of(frame), text, span), reach: self.reach, depth: 2 }
  }
  const of = compile(place, expression.of)
  const run: Code["run"] = (frame) => {
    const value = of.run(frame)
    if (value === invalid) return invalid
    if (isDeferred(value)) return deferredCall(`.${text}`, [value])
    const found = readMember(evaluation, value, text, self === null ? null : self.of(frame), span)
    return found === undefined ? missing(value) : found
  }
  const made = code(run, [of])
  // The address of a service depends on who asks for it, so such a read reaches the frame of `self`.
  return text === "address" && self !== null ? { ...made, reach: Math.min(made.reach, self.reach) } : made

  function missing(value: Value): Value {
    if (value !== null && !(isObject(value) && value.kind === "record")) return null
    return fail(evaluation, "A0708", span(), `${describe(value)} has no \`${text}\``)
  }
}

/** How the appliance that an expression belongs to is found from its frame; null outside of one. */
export function compileSelf(place: Place): { of: (frame: Frame) => ApplianceThing; reach: number } | null {
  let distance = 0
  for (let scope: Scope | null = place.scope; scope !== null; scope = scope.parent) {
    if (scope.self) {
      const reach = distance
      return { of: (frame) => outward(frame, reach).self!, reach }
    }
    distance++
  }
  return null
}

/** `x[key]`: a family or map by key, a list by position from 0. */
export function compileIndex(place: Place, expression: tree.Index): Code {
  const of = compile(place, expression.of)
  const key = compile(place, expression.key)
  const run: Code["run"] = (frame) => {
    const value = of.run(frame)
    const at = key.run(frame)
    if (value === invalid || at === invalid || value === null) return value
    const found = element(value, at)
    return found ?? (isEntryNull(value, at) ? null : missingKey(place, expression, value, at))
  }
  return code(run, [of, key])
}

function element(value: Value, key: Value): Value | undefined {
  if (isList(value)) return typeof key === "number" ? value[key] : undefined
  if (!isObject(value) || (typeof key !== "number" && typeof key !== "string")) return undefined
  if (value.kind === "map") return value.entries.get(key)
  return value.kind === "record" ? value.fields.get(String(key)) : undefined
}

/** Whether the element is there and is null. */
function isEntryNull(value: Value, key: Value): boolean {
  return element(value, key) === null
}

function missingKey(place: Place, expression: tree.Index, value: Value, key: Value): Value {
  const { evaluation, unit } = place
  const text = unit.source.text.slice(expression.of.start, expression.of.end)
  if (isList(value)) {
    const hint = value.length === 0 ? `\`${text}\` is empty` : `\`${text}\` has positions 0 to ${value.length - 1}`
    return fail(evaluation, "A0708", spanOf(unit, expression.key), `there is no position ${display(key)}`, { hint })
  }
  const keys = isObject(value) && value.kind === "map" ? [...value.entries.keys()] : []
  const near = typeof key === "string" ? nearest(key, keys.map(String)) : null
  const listed = keys.slice(0, 20).map(display).join(", ")
  const more = keys.length > 20 ? `, and ${keys.length - 20} more` : ""
  const hint = keys.length === 0 ? `\`${text}\` is empty` : `there are ${listed}${more}`
  return fail(evaluation, "A0708", spanOf(unit, expression.key), `there is no \`${text}[${display(key)}]\``, {
    hint: near === null ? hint : `did you mean ${display(near)}? ${hint}`,
  })
}

/** `x is C`, for a class (or one that specialises it), a service or a variant. */
export function compileIs(place: Place, expression: tree.Is): Code {
  const of = compile(place, expression.value)
  const { bindings } = place.evaluation
  const name = expression.type.path.at(-1)!
  const wanted = bindings.uses.get(name)
  const run: Code["run"] = (frame) => {
    const value = of.run(frame)
    if (value === invalid) return invalid
    if (!isObject(value)) return false
    if (value.kind === "record") return value.tag === name.text
    if (value.kind === "provided") return value.provided.service === wanted
    if (value.kind !== "reference" || value.to.kind !== "appliance") return false
    let at: typeof value.to.class | undefined = value.to.class
    while (at !== undefined && at !== wanted) at = bindings.bases.get(at)
    return at !== undefined
  }
  return code(run, [of])
}
