import type * as tree from "../syntax/tree.ts"
import type { Span } from "../text/source.ts"
import type { Type } from "../types/type.ts"
import { compileAs } from "./expressions.ts"
import {
  type Code,
  type Evaluation,
  enter,
  type Frame,
  type Place,
  pending,
  type Reader,
  reportCycle,
  type Scope,
  spanOf,
} from "./frame.ts"
import type { Value } from "./value.ts"

/** Gives each `let` of a body a slot in the body's frames; its value is worked out when it is first read. */
export function declareLets(place: Place & { readonly scope: Scope }, items: readonly tree.Item[]): void {
  const { evaluation, unit, scope } = place
  for (const item of items) {
    if (item.kind !== "let") continue
    const symbol = evaluation.bindings.declared.get(item)
    if (symbol === undefined) continue
    const type = letType(evaluation, item)
    const once = memo(() => compileAs(place, item.value, type))
    const reader = lazyReader(evaluation, scope.slots++, item.name.text, spanOf(unit, item.name), once)
    scope.readers.set(symbol, reader)
    scope.lazies.push(reader)
  }
}

/** The type that a `let` says or that its value has. */
export function letType(evaluation: Evaluation, item: tree.Let): Type | null {
  const declared = item.type === undefined ? undefined : evaluation.types.declared.get(item.type)
  return declared ?? evaluation.types.of.get(item.value) ?? null
}

/** Reads a slot of a frame, and works its value out the first time. */
export function lazyReader(
  evaluation: Evaluation,
  slot: number,
  name: string,
  span: Span,
  codeOf: (frame: Frame) => Code,
): Reader {
  return (frame: Frame): Value => {
    const known = frame.slots[slot]
    if (known === pending) return reportCycle(evaluation, "", name)
    if (known !== undefined) return known
    const code = codeOf(frame)
    frame.slots[slot] = pending
    const value = enter(evaluation, { owner: "", name, span }, code.depth, () => code.run(frame))
    frame.slots[slot] = value
    return value
  }
}

/** What a function gives, worked out the first time it is asked for. */
export function memo<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
