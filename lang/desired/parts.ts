import type { PlacedModel } from "../placement/model.ts"
import { isDeferred } from "../values/deferred.ts"
import { isObject, show } from "../values/show.ts"
import type { Deferred, Value } from "../values/value.ts"
import type { Content, LateExpression, LateOperand, Part } from "./desired-state.ts"
import { showLate } from "./late.ts"

/** The host that a fact is asked of: for an appliance the one that it was placed on. */
export type HostOf = (thing: (Deferred["of"] & { kind: "fact" })["thing"]) => string

/** The host of a fact: for an appliance the one that it was placed on. */
export function hostsBy(placed: PlacedModel): HostOf {
  return (thing) => (thing.kind === "host" ? thing.id : (placed.placement.spots.get(thing.id)?.host ?? ""))
}

/** A text as content: plain when all of it is known, else in parts. */
export function contentOfText(value: string | Deferred, hostOf: HostOf): Exclude<Content, { readonly base64: string }> {
  return typeof value === "string" ? { text: value } : { parts: partsOf(value, hostOf) }
}

/** The parts of a value that is not known yet. */
export function partsOf(value: Deferred, hostOf: HostOf): readonly Part[] {
  const { of } = value
  switch (of.kind) {
    case "text":
      return of.parts.flatMap((part) => (typeof part === "string" ? [part] : partsOf(part, hostOf)))
    case "secret":
      return [of.length === null ? { secret: of.name } : { secret: of.name, length: of.length }]
    case "filter":
      return [{ filter: of.filter, of: partsOf(of.value, hostOf) }]
    default:
      return [{ late: expressionOf(value, hostOf) }]
  }
}

/** Parts as people read them: a secret is `•••`, and what is late the words that make it. */
export function showParts(parts: readonly Part[]): string {
  return parts
    .map((part) => {
      if (typeof part === "string") return part
      if ("secret" in part) return "•••"
      return "late" in part ? `\${${showLate(part.late)}}` : showParts(part.of)
    })
    .join("")
}

/** A calculation as data. No secret gets here: the types see to it that nothing is calculated with one. */
export function expressionOf({ of }: Deferred, hostOf: HostOf): LateExpression {
  switch (of.kind) {
    case "fact":
      return { fact: of.fact, host: hostOf(of.thing) }
    case "call":
      return { call: of.call, of: of.operands.map((operand) => operandOf(operand, hostOf)) }
    case "text":
      return { call: "text", of: of.parts.map((part) => operandOf(part, hostOf)) }
    default:
      throw new Error(`a ${of.kind} is in a calculation`)
  }
}

function operandOf(value: Value, hostOf: HostOf): LateOperand {
  if (isDeferred(value)) return expressionOf(value, hostOf)
  if (isObject(value) && value.kind === "quantity") return { amount: value.amount, measure: value.of }
  if (value === null || typeof value !== "object") return { value }
  return { value: show(value) }
}
