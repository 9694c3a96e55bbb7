import { jsonParser } from "./libraries.ts"

/**
 * Where a JSON text first stands deeper inside of itself than `most` levels; null: nowhere. The parser calls itself for each level, so
 * whoever parses what somebody else wrote looks at this first.
 */
export function tooDeepAt(text: string, most: number): number | null {
  const { createScanner } = jsonParser()
  const scanner = createScanner(text, true)
  let depth = 0
  for (let token = scanner.scan(); token !== end_of_file; token = scanner.scan()) {
    if (token === open_brace || token === open_bracket) depth++
    else if (token === close_brace || token === close_bracket) depth--
    if (depth > most) return scanner.getTokenOffset()
  }
  return null
}

// `SyntaxKind` is a const enum, which is gone when the program runs.
const open_brace = 1
const close_brace = 2
const open_bracket = 3
const close_bracket = 4
const end_of_file = 17
