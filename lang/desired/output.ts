import { display, isList, show } from "../values/show.ts"
import type { Value } from "../values/value.ts"
import type { OutputValue } from "./desired-state.ts"

/** A value as plain JSON: numbers, texts and truths as they are, lists and records by their parts, all else as it is written. */
export function outputOf(value: Value): OutputValue {
  if (value === null || typeof value !== "object") return value
  if (isList(value)) return value.map(outputOf)
  switch (value.kind) {
    case "record":
      return fieldsOf([...(value.tag === null ? [] : [["kind", value.tag] as const]), ...value.fields])
    case "map":
      return fieldsOf(value.entries)
    case "reference":
      return show(value)
    default:
      return display(value)
  }
}

function fieldsOf(entries: Iterable<readonly [string | number, Value]>): OutputValue {
  return Object.fromEntries([...entries].map(([name, value]) => [String(name), outputOf(value)]))
}
