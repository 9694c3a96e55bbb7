import type { Unit } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import { visitFor, visitIf, visitMatch } from "./blocks.ts"
import { compile } from "./expressions.ts"
import { checkAssert } from "./finish.ts"
import { type Evaluation, type Frame, makeFrame, makeScope, type Place, type Scope } from "./frame.ts"
import type { AssertPlan } from "./layout.ts"
import { declareLets } from "./lets.ts"
import { assertOf } from "./make-layout.ts"
import { display, isList, isObject } from "./show.ts"
import { invalid, type Value } from "./value.ts"

type Inner = Place & { readonly scope: Scope }

/** A body that is run as one case: that of a test, or one turn of a `for` in it. */
export type TestBody = {
  /** The key of each `for` around it, outermost first. */
  readonly keys: readonly string[]
  readonly items: readonly tree.Item[]
  readonly place: Inner
  readonly frame: Frame
}

/** A body that was unfolded: what is to be run, and the turns that are cases of their own. */
export type TestCase = {
  readonly asserts: { readonly plan: AssertPlan; readonly frame: Frame }[]
  /** The lets whose values are worked out also when nothing reads them. */
  readonly frames: { readonly scope: Scope; readonly frame: Frame }[]
  readonly turns: TestBody[]
  /** False when a `for`, `if` or `match` could not be worked out, which was reported. */
  complete: boolean
}

/** The name of a test, and its body. */
export function openTest(evaluation: Evaluation, unit: Unit, item: tree.Test): { title: string; body: TestBody } {
  const scope = makeScope(null, false)
  const place: Inner = { evaluation, unit, scope }
  const title = compile(place, item.title)
  const { items } = item.body
  declareLets(place, items)
  const frame = makeFrame(scope, null, null)
  const said = title.run(frame)
  return { title: typeof said === "string" ? said : "", body: { keys: [], items, place, frame } }
}

/** Unfolds a body: `if` and `match` choose, each turn of a `for` is a case of its own. */
export function unfoldCase(body: TestBody): TestCase {
  const made: TestCase = { asserts: [], frames: [], turns: [], complete: true }
  unfold(made, body.items, body.place, body.frame, body.keys)
  return made
}

/** Works out the lets and assertions of a case. False when something had no value. */
export function runCase(evaluation: Evaluation, one: TestCase): boolean {
  let { complete } = one
  for (const { scope, frame } of one.frames) {
    for (const read of scope.lazies) if (read(frame) === invalid) complete = false
  }
  for (const { plan, frame } of one.asserts) if (!checkAssert(evaluation, plan, frame)) complete = false
  return complete
}

function unfold(
  into: TestCase,
  items: readonly tree.Item[],
  place: Inner,
  frame: Frame,
  keys: readonly string[],
): void {
  if (place.scope.lazies.length > 0) into.frames.push({ scope: place.scope, frame })
  for (const item of items) {
    let complete = true
    if (item.kind === "assert") into.asserts.push({ plan: assertOf(item, place, { level: 0 }), frame })
    else if (item.kind === "if" || item.kind === "match") {
      const visit = (inner_items: readonly tree.Item[], inner: Inner, inner_frame: Frame) =>
        unfold(into, inner_items, inner, inner_frame, keys)
      complete = item.kind === "if" ? visitIf(place, item, frame, visit) : visitMatch(place, item, frame, visit)
    } else if (item.kind === "for") {
      let turn = 0
      complete = visitFor(place, item, frame, (inner_items, inner, inner_frame) => {
        const key = keyOf(item.head, inner_frame, ++turn)
        into.turns.push({ keys: [...keys, key], items: inner_items, place: inner, frame: inner_frame })
      })
    }
    if (!complete) into.complete = false
  }
}

/** The key of a turn, as people tell it from the others: the map's key, the element when it is short, else its number. */
function keyOf(head: tree.ForHead, frame: Frame, turn: number): string {
  const value = frame.slots[0] as Value
  if (typeof value === "string") return value
  if (isObject(value) && value.kind === "record") {
    const name = value.fields.get("name")
    return typeof name === "string" ? name : String(turn)
  }
  const shown = isList(value) || head.names.length === 0 ? String(turn) : display(value)
  return shown.length > 40 ? String(turn) : shown
}
