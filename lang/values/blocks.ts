import type * as tree from "../syntax/tree.ts"
import { compileHead, type Loop } from "./collections.ts"
import { compile } from "./expressions.ts"
import { type Code, type Frame, makeFrame, makeScope, type Place, type Scope } from "./frame.ts"
import { declareLets } from "./lets.ts"
import { type Arm, armFrame, compileArm } from "./match.ts"
import { invalid } from "./value.ts"

type Inner = Place & { readonly scope: Scope }
type CompiledIf = { readonly condition: Code; readonly taken: Inner; readonly otherwise: Inner | null }
type CompiledMatch = {
  readonly value: Code
  readonly arms: readonly (Arm & { readonly items: readonly tree.Item[] })[]
}

/** What is done with the items of a body, in the frame of that turn or branch. */
export type Visit = (items: readonly tree.Item[], place: Inner, frame: Frame) => void

/** Whether a body has the same items for all frames. */
export function isStatic(items: readonly tree.Item[]): boolean {
  return !items.some((item) => item.kind === "for" || item.kind === "if" || item.kind === "match")
}

/** Visits the branch of an `if` that is taken, if any. False when its condition failed, which was reported. */
export function visitIf(place: Inner, item: tree.IfItem, frame: Frame, visit: Visit): boolean {
  const { blocks } = place.evaluation
  const made = (blocks.get(item) as CompiledIf | undefined) ?? compileIf(place, item)
  blocks.set(item, made)
  const chosen = made.condition.run(frame)
  if (chosen === invalid) return false
  if (chosen === true) visit(item.then.items, made.taken, makeFrame(made.taken.scope, frame, null))
  else if (item.else?.kind === "if") return visitIf(place, item.else, frame, visit)
  else if (item.else !== undefined) {
    visit(item.else.items, made.otherwise!, makeFrame(made.otherwise!.scope, frame, null))
  }
  return true
}

/** Visits the body of a `for` once for each turn. False when it could not be run to its end, which was reported. */
export function visitFor(place: Inner, item: tree.ForItem, frame: Frame, visit: Visit): boolean {
  const { blocks } = place.evaluation
  const made = (blocks.get(item) as Loop | undefined) ?? compileFor(place, item)
  blocks.set(item, made)
  return made.each(frame, (inner) => visit(item.body.items, made.inner, inner))
}

/** Visits the arm of a `match` that takes the value. False when the value failed, which was reported. */
export function visitMatch(place: Inner, item: tree.MatchItem, frame: Frame, visit: Visit): boolean {
  const { blocks } = place.evaluation
  const made = (blocks.get(item) as CompiledMatch | undefined) ?? compileMatchItem(place, item)
  blocks.set(item, made)
  const value = made.value.run(frame)
  if (value === invalid) return false
  const arm = made.arms.find((candidate) => candidate.takes(value, frame))
  if (arm !== undefined) visit(arm.items, arm.inner, armFrame(arm.inner.scope, frame, value))
  return true
}

function compileMatchItem(place: Inner, item: tree.MatchItem): CompiledMatch {
  const arms = item.arms.map((arm) => {
    const { items } = arm.body
    const made = compileArm(place, arm.pattern)
    declareLets(made.inner, items)
    return { ...made, items }
  })
  return { value: compile(place, item.value), arms }
}

function compileIf(place: Inner, item: tree.IfItem): CompiledIf {
  return {
    condition: compile(place, item.condition),
    taken: innerPlace(place, item.then.items),
    otherwise: item.else === undefined || item.else.kind === "if" ? null : innerPlace(place, item.else.items),
  }
}

function compileFor(place: Inner, item: tree.ForItem): Loop {
  const loop = compileHead(place, item.head)
  declareLets(loop.inner, item.body.items)
  return loop
}

function innerPlace(place: Inner, items: readonly tree.Item[]): Inner {
  const inner = { ...place, scope: makeScope(place.scope, false) }
  declareLets(inner, items)
  return inner
}
