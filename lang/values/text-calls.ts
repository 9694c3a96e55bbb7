import type * as tree from "../syntax/tree.ts"
import { countThings, tooLong } from "./expressions.ts"
import { type Place, spanOf, step } from "./frame.ts"
import { limits } from "./limits.ts"
import { invalid, type Value } from "./value.ts"

/** The functions of the language that make texts of texts. */
export type TextCall = "replace" | "split" | "join" | "lower" | "upper"

/** How many characters are as much work as one step of evaluation. */
const characters_per_step = 1024

/**
 * `replace(text, old, by)`, `split(text, at)`, `join(texts, between)`, `lower(text)` and `upper(text)`. An empty `old` is nowhere; an empty `at` stands between
 * any two characters. What they make counts against the limits of texts and of elements.
 */
export function textCall(place: Place, expression: tree.Call, call: TextCall, values: readonly Value[]): Value {
  const [text, second, third] = values as readonly string[]
  if (!step(place.evaluation, () => spanOf(place.unit, expression), stepsFor(values))) return invalid
  switch (call) {
    case "split": {
      const parts = second === "" ? [...text!] : text!.split(second!)
      return countThings(place, expression, parts.length) ? parts : invalid
    }
    case "join":
      return joined(place, expression, values[0] as readonly string[], second!)
    case "replace":
      return second === "" ? text! : joined(place, expression, text!.split(second!), third!)
    case "lower":
      return joined(place, expression, [text!.toLowerCase()], "")
    case "upper":
      return joined(place, expression, [text!.toUpperCase()], "")
  }
}

/** The length is asked before the text is made: a few characters can ask for all of the memory. */
function joined(place: Place, expression: tree.Call, texts: readonly string[], between: string): Value {
  const gaps = Math.max(0, texts.length - 1) * between.length
  const length = texts.reduce((sum, text) => sum + text.length, gaps)
  return length > limits.text_length ? tooLong(place, expression) : texts.join(between)
}

function stepsFor(values: readonly Value[]): number {
  const length = values.reduce((sum: number, value) => sum + (typeof value === "string" ? value.length : 0), 0)
  return 1 + Math.floor(length / characters_per_step)
}
