import { originOf } from "../text/source.ts"
import { isDeferred } from "../values/deferred.ts"
import type { OutputThing } from "../values/model.ts"
import { display, isList, isObject, show } from "../values/show.ts"
import type { Value } from "../values/value.ts"
import type { LateOutput, Output, OutputValue } from "./desired-state.ts"
import { expressionOf, type HostOf } from "./parts.ts"

/** An output, with what is late in it apart. */
export function desireOutput({ name, value, span }: OutputThing, hostOf: HostOf): Output {
  const made = value()
  const late = lateIn(made, [], hostOf)
  return { name, value: outputOf(made), ...(late.length === 0 ? {} : { late }), origin: originOf(span) }
}

function lateIn(value: Value, path: LateOutput["path"], hostOf: HostOf): readonly LateOutput[] {
  if (isDeferred(value)) return [{ path, of: expressionOf(value, hostOf) }]
  if (isList(value)) return value.flatMap((element, index) => lateIn(element, [...path, index], hostOf))
  if (!isObject(value) || (value.kind !== "record" && value.kind !== "map")) return []
  const entries: Iterable<readonly [string | number, Value]> = value.kind === "record" ? value.fields : value.entries
  return [...entries].flatMap(([key, one]) => lateIn(one, [...path, String(key)], hostOf))
}

/** A value as plain JSON: numbers, texts and truths as they are, lists and records by their parts, all else as it is written. */
export function outputOf(value: Value): OutputValue {
  if (value === null || typeof value !== "object") return value
  if (isList(value)) return value.map(outputOf)
  switch (value.kind) {
    case "record":
      return fieldsOf([...(value.tag === null ? [] : [["kind", value.tag] as const]), ...value.fields])
    case "map":
      return fieldsOf(value.entries)
    case "deferred":
      return null
    case "reference":
      return show(value)
    default:
      return display(value)
  }
}

function fieldsOf(entries: Iterable<readonly [string | number, Value]>): OutputValue {
  return Object.fromEntries([...entries].map(([name, value]) => [String(name), outputOf(value)]))
}
