import type * as tree from "../syntax/tree.ts"
import type { Type } from "../types/type.ts"
import { compare, equals } from "./arithmetic.ts"
import { compile, compileAs } from "./expressions.ts"
import { type Code, code, type Frame, makeFrame, makeScope, outerReach, type Place, type Scope } from "./frame.ts"
import { isObject } from "./show.ts"
import { invalid, type Value } from "./value.ts"

type Inner = Place & { readonly scope: Scope }

/** One arm: whether it takes a value, and the scope in which its binding is that value. */
export type Arm = { readonly takes: (value: Value, frame: Frame) => boolean; readonly inner: Inner }

/** `match x { Tcp t -> t.port, "gold" -> 1, 1..5 -> 2, else -> 0 }`: the first arm that takes the value. */
export function compileMatch(place: Place, expression: tree.Match, type: Type | null): Code {
  const value = compile(place, expression.value)
  const arms = expression.arms.map((arm) => {
    const made = compileArm(place, arm.pattern)
    return { ...made, body: compileAs(made.inner, arm.value, type) }
  })
  const run: Code["run"] = (frame) => {
    const given = value.run(frame)
    if (given === invalid) return invalid
    const arm = arms.find((candidate) => candidate.takes(given, frame))
    return arm === undefined ? invalid : arm.body.run(armFrame(arm.inner.scope, frame, given))
  }
  const parts = arms.map((arm): Code => ({ run, reach: outerReach(arm.body.reach), depth: arm.body.depth }))
  return code(run, [value, ...parts])
}

export function compileArm(place: Place, pattern: tree.Pattern): Arm {
  const scope = makeScope(place.scope, false)
  const inner = { ...place, scope }
  if (pattern.kind === "variant-pattern" && pattern.binding !== undefined) {
    const local = place.evaluation.bindings.declared.get(pattern.binding)
    if (local !== undefined) scope.readers.set(local, (frame) => frame.slots[0] as Value)
  }
  scope.slots = 1
  return { takes: takesOf(place, pattern), inner }
}

export function armFrame(scope: Scope, frame: Frame, value: Value): Frame {
  const made = makeFrame(scope, frame, null)
  // Slot 0 is the binding, if there is one; lets of the arm come after it.
  made.slots[0] = value
  return made
}

function takesOf(place: Place, pattern: tree.Pattern): Arm["takes"] {
  switch (pattern.kind) {
    case "else-pattern":
      return () => true
    case "literal-pattern": {
      const wanted = compile(place, pattern.value)
      return (value, frame) => equals(value, wanted.run(frame))
    }
    case "range-pattern": {
      const from = compile(place, pattern.from)
      const to = compile(place, pattern.to)
      return (value, frame) => (compare(value, from.run(frame)) ?? -1) >= 0 && (compare(value, to.run(frame)) ?? 1) <= 0
    }
    case "variant-pattern":
      return (value) => isObject(value) && value.kind === "record" && value.tag === pattern.name.text
    case "missing-pattern":
      return () => false
  }
}
