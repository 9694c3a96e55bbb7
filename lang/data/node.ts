import type { Code } from "../report/codes.ts"
import type { Source } from "../text/source.ts"

/** A stretch of a data file: offsets in UTF-16 units, `end` exclusive. */
export type Stretch = { readonly start: number; readonly end: number }

/**
 * What stands in a data file, as it was written and where. `bare` is a word without quotes that the declared type gives its meaning:
 * a cell of a CSV file, a plain scalar in YAML, a date in TOML.
 */
export type DataNode =
  | ({ readonly kind: "text" | "bare"; readonly text: string } & Stretch)
  | ({ readonly kind: "number"; readonly value: number; readonly text: string } & Stretch)
  | ({ readonly kind: "bool"; readonly value: boolean } & Stretch)
  | ({ readonly kind: "null" } & Stretch)
  | DataList
  | DataFields
export type DataList = { readonly kind: "list"; readonly elements: readonly DataNode[] } & Stretch
export type DataFields = {
  readonly kind: "fields"
  readonly entries: ReadonlyMap<string, DataEntry>
  /** The names of its fields are those of a header: what is wrong with them is wrong once for all rows. */
  readonly columns?: true
} & Stretch
export type DataEntry = { readonly name: Stretch; readonly node: DataNode }

/** Why a data file cannot be read, and where in it. */
export type DataProblem = {
  readonly code: Extract<Code, "A0805" | "A0809" | "A0822">
  readonly at: Stretch
  readonly message: string
  readonly hint?: string
  readonly related?: { readonly message: string; readonly at: Stretch }
}

/** One format: from text to a tree, or to the first problem that makes the rest meaningless. */
export type DataParser = (source: Source) => DataNode | { readonly problem: DataProblem }

/** How deep lists and records may stand inside of one another. */
export const deepest = 100

export function tooDeep(at: Stretch): { readonly problem: DataProblem } {
  const hint = `at most ${deepest} levels of lists and records`
  return { problem: { code: "A0822", at, message: "this is nested too deeply", hint } }
}

export function keyTwice(name: string, at: Stretch, first: Stretch): { readonly problem: DataProblem } {
  const related = { message: "the first one", at: first }
  return { problem: { code: "A0809", at, message: `\`${name}\` is here twice`, related } }
}

export function malformed(at: Stretch, message: string, hint?: string): { readonly problem: DataProblem } {
  return { problem: { code: "A0805", at, message, ...(hint === undefined ? {} : { hint }) } }
}

/** A part of an earlier part that was being read, or the problem with it. */
export function isProblem<T extends object>(
  made: T | { readonly problem: DataProblem },
): made is { readonly problem: DataProblem } {
  return "problem" in made
}
