import { limits } from "./limits.ts"
import type { ApplianceThing, HostThing } from "./model.ts"
import { isList, isObject, show } from "./show.ts"
import { type Deferred, type DeferredCall, invalid, type RecordValue, type Value } from "./value.ts"

/** What a host tells of itself, by the names of `factsRecord` in types/schema.ts. */
export const factNames = ["kernel", "cpus", "memory", "acceleration"] as const

/** A value out of the encrypted store; `length` says that it is made when it is not there. */
export function secretValue(name: string, length: number | null): Deferred {
  return { kind: "deferred", secret: true, of: { kind: "secret", name, length } }
}

/** `facts` of a host, or of the host that an appliance stands on. */
export function factsOf(thing: HostThing | ApplianceThing): RecordValue {
  const fields = factNames.map((fact): [string, Value] => [
    fact,
    { kind: "deferred", secret: false, of: { kind: "fact", fact, thing } },
  ])
  return { kind: "record", tag: null, fields: new Map(fields) }
}

export function isDeferred(value: Value | undefined): value is Deferred {
  return isObject(value) && value.kind === "deferred"
}

/** The first part of a value that is not known yet, at any depth; `undefined` when all is. */
export function deferredIn(value: Value | undefined): Deferred | undefined {
  if (isDeferred(value)) return value
  const parts =
    value === undefined || value === null || typeof value !== "object"
      ? []
      : isList(value)
        ? value
        : value.kind === "record"
          ? [...value.fields.values()]
          : value.kind === "map"
            ? [...value.entries.values()]
            : []
  for (const part of parts) {
    const found = deferredIn(part)
    if (found !== undefined) return found
  }
  return undefined
}

/** A text of known and unknown parts; a plain one when all is known. Null: it is too long. */
export function joined(parts: readonly Value[], longest: number = limits.text_length): string | Deferred | null {
  const flat: (string | Deferred)[] = []
  let length = 0
  let secret = false
  for (const part of parts) {
    const more: readonly (string | Deferred)[] = isDeferred(part)
      ? part.of.kind === "text"
        ? part.of.parts
        : [part]
      : [show(part)]
    for (const one of more) {
      const before = flat.at(-1)
      length += typeof one === "string" ? one.length : 1
      if (isDeferred(one)) secret ||= one.secret
      if (typeof one === "string" && typeof before === "string") flat[flat.length - 1] = before + one
      else if (one !== "") flat.push(one)
    }
    if (length > longest) return null
  }
  if (flat.every((one) => typeof one === "string")) return flat.join("")
  return { kind: "deferred", secret, of: { kind: "text", parts: flat } }
}

/** A calculation with something that is not known yet, to be done when it is. */
export function deferredCall(call: DeferredCall, operands: readonly Value[]): Deferred {
  const secret = operands.some((operand) => isDeferred(operand) && operand.secret)
  return { kind: "deferred", secret, of: { kind: "call", call, operands } }
}

/** A filter of a template that changes each text by itself, to be applied when the text is known. */
export function deferredFilter(filter: string, of: Deferred): Deferred {
  return { kind: "deferred", secret: of.secret, of: { kind: "filter", filter, value: of } }
}

/** What an operator gives for these operands when one of them is not known yet; null when all are. */
export function putOff(call: DeferredCall, operands: readonly Value[]): Value | null {
  if (operands.includes(invalid)) return invalid
  return operands.some(isDeferred) ? deferredCall(call, operands) : null
}
