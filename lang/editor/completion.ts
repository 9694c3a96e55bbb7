import type { Unit } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import { itemsAt } from "./completion-items.ts"
import { namesOfModule, namesOfTypes, variantsOf } from "./completion-names.ts"
import { completeTemplate } from "./completion-templates.ts"
import { completeText, textAround, unitsAfter } from "./completion-texts.ts"
import { argumentNames, membersAfter, valuesAt } from "./completion-values.ts"
import { nodesAt, wordAt } from "./nodes.ts"
import type { TextEdit } from "./places.ts"
import type { Snapshot } from "./snapshot.ts"
import { type View, viewWith } from "./view.ts"

/** One thing that could be written. */
export type Candidate = {
  readonly label: string
  readonly kind: CandidateKind
  /** Its type, or where it comes from. */
  readonly detail: string | null
  readonly doc: string | null
  /** What is written in the place of the word at the cursor. */
  readonly text: string
  /** The text has places for the cursor: `$1`, `${1:name}`, `$0`. */
  readonly snippet: boolean
  /** Lower comes first: what the place asks for, what fits it, all else. */
  readonly rank: 0 | 1 | 2 | 3 | 4 | 5
  /** What else must change, such as a `use`. */
  readonly more: readonly TextEdit[]
}

export type CandidateKind =
  | "field"
  | "param"
  | "class"
  | "service"
  | "type"
  | "variant"
  | "cluster"
  | "params"
  | "thing"
  | "provided"
  | "need"
  | "value"
  | "function"
  | "enum"
  | "unit"
  | "keyword"
  | "snippet"
  | "module"
  | "file"
  | "folder"
  | "key"

/** What could be written at an offset, and the text that it takes the place of. */
export type Completion = {
  readonly path: string
  readonly start: number
  readonly end: number
  readonly candidates: readonly Candidate[]
}

/** Where the cursor is: a tree with a name there, the nodes around it, and what is typed of it so far. */
export type Cursor = {
  readonly view: View
  readonly unit: Unit
  /** The innermost is the name at the cursor. */
  readonly chain: readonly tree.Node[]
  readonly typed: string
  readonly start: number
  readonly end: number
}

/** What could be written at an offset of a source or a template. The text may be broken there: it usually is. */
export function completion(snapshot: Snapshot, path: string, offset: number): Completion {
  const unit = snapshot.units.get(path)
  if (unit === undefined) return completeTemplate(snapshot, path, offset)
  const { text } = unit.source
  const none: Completion = { path, start: offset, end: offset, candidates: [] }
  if (isInComment(unit, offset)) return none
  const inText = textAround(unit, offset)
  if (inText !== null) return completeText(snapshot, unit, inText, offset)
  const word = wordAt(text, offset)
  const typed = text.slice(word.start, offset)
  if (/^[0-9]/.test(typed)) return unitsAfter(snapshot, unit, word.start, offset)
  if (/[0-9]\.$/.test(text.slice(0, word.start)) && !/[\])]\.$/.test(text.slice(0, word.start))) return none
  const cursor = cursorAt(snapshot, unit, word.start, offset)
  if (cursor === null) return none
  return { path, start: word.start, end: offset, candidates: sorted(candidatesAt(cursor)) }
}

/**
 * Names with what a declaration's head lacks when it is only begun: put in the place of what is typed, in turn, until the name has a
 * place in the tree.
 */
const attempts = ["zzcursor", "Zzcursor", "zzcursor { }", "Zzcursor -> 0", "zzcursor on 1/tcp", "zzcursor on x { }"]

/** The tree with a name in the place of what is typed; null where no name can stand. */
export function cursorAt(snapshot: Snapshot, unit: Unit, start: number, offset: number): Cursor | null {
  const { text } = unit.source
  for (const attempt of attempts) {
    const view = viewWith(snapshot, unit, start, offset, attempt)
    const chain = nodesAt(view.file, start + 1)
    const node = chain.at(-1)!
    if (node.kind === "name" && node.start === start && node.text !== "") {
      return { view, unit, chain, typed: text.slice(start, offset), start, end: offset }
    }
  }
  return null
}

function candidatesAt(cursor: Cursor): readonly Candidate[] {
  const { chain } = cursor
  const name = chain.at(-1) as tree.Name
  const parent = chain.at(-2)!
  switch (parent.kind) {
    case "field":
      return parent.name === name ? itemsAt(cursor) : valuesAt(cursor)
    case "member":
      return parent.name === name ? membersAfter(cursor, parent) : valuesAt(cursor)
    case "argument":
      if (parent.name === name) return argumentNames(cursor)
      return [...(parent.name === undefined ? argumentNames(cursor) : []), ...valuesAt(cursor)]
    case "named-type":
      return namesOfTypes(cursor, parent)
    case "used-name":
      return parent.name === name ? namesOfModule(cursor, chain.at(-3) as tree.Use) : []
    case "variant-pattern":
      return parent.name === name ? variantsOf(cursor) : []
    case "use":
      return []
    default: {
      // The name of what is being declared is the writer's own.
      const declares = "name" in parent && (parent.name as unknown) === name
      const loops = parent.kind === "for-head" && parent.in !== name && parent.filter !== name
      return declares || loops ? [] : valuesAt(cursor)
    }
  }
}

function sorted(candidates: readonly Candidate[]): readonly Candidate[] {
  const seen = new Set<string>()
  return [...candidates]
    .sort((left, right) => left.rank - right.rank)
    .filter(({ label, kind }) => {
      const isNew = !seen.has(`${label} ${kind}`)
      seen.add(`${label} ${kind}`)
      return isNew
    })
}

function isInComment(unit: Unit, offset: number): boolean {
  const { comments } = unit.tree
  let low = 0
  let high = comments.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (comments[middle]!.end < offset) low = middle + 1
    else high = middle
  }
  const comment = comments[low]
  return comment !== undefined && comment.start < offset && offset <= comment.end
}
