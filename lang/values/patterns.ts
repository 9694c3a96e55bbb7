import { linearExpressions } from "../text/libraries.ts"

type Matcher = (text: string) => boolean

const compiled = new Map<string, Matcher | { readonly problem: string }>()

/** Whether the whole of a text matches a pattern in RE2's syntax, in linear time. The problem says why a pattern is none. */
export function patternOf(pattern: string): Matcher | { readonly problem: string } {
  const known = compiled.get(pattern)
  if (known !== undefined) return known
  const made = compile(pattern)
  compiled.set(pattern, made)
  return made
}

function compile(pattern: string): Matcher | { readonly problem: string } {
  const { RE2JS } = linearExpressions()
  try {
    const expression = RE2JS.compile(pattern)
    return (text) => expression.matches(text)
  } catch (problem) {
    return { problem: (problem as Error).message }
  }
}
