import type * as tree from "../syntax/tree.ts"
import { boolType, intType, textType, unknownType } from "./build.ts"
import { type Check, type Env, problem, sourceOf, type Want, want } from "./context.ts"
import { typeOf } from "./expression.ts"
import { common, exactly } from "./literals.ts"
import { factsOf, knowing } from "./narrow.ts"
import { showType } from "./show.ts"
import { reportUse } from "./sinks.ts"
import { taintOf } from "./taint.ts"
import type { Bounds, Type } from "./type.ts"

/** A list takes the element type of its place; without one, its elements must have a type in common. */
export function typeOfList(check: Check, list: tree.List, env: Env, wanted: Want | null): Type {
  const to = listIn(wanted?.type ?? null)
  const asked = to === null || wanted === null ? null : { ...wanted, type: to.of }
  const types: Type[] = []
  const places: tree.Spanned[] = []
  let isFixed = true
  for (const element of list.elements) {
    if (element.kind === "element-if" || element.kind === "element-for") isFixed = false
    types.push(typeOfElement(check, element, env, asked))
    places.push(element)
  }
  const bounds: Bounds = isFixed ? exactly(list.elements.length) : { least: null, most: null, computed: true }
  if (to !== null) return { kind: "list", of: types.includes(unknownType) ? unknownType : to.of, bounds }
  // Elements that are checked against no type may be of any, so an empty list fits wherever a list does.
  return { kind: "list", of: common(check, types, env, places), bounds }
}

/** Checks what is looped over, gives the loop's names their types, checks the filter; gives the place inside. */
export function enterHead(check: Check, head: tree.ForHead, env: Env): Env {
  const type = typeOf(check, head.in, env, null)
  const [key, element] = turnsOf(type)
  if (element === null && taintOf(type) !== null) reportUse(check, env, head.in, type, "elements to loop over")
  else if (element === null) {
    const hint =
      type.kind === "optional"
        ? `it may be null: \`${sourceOf(env, head.in)} ?? []\``
        : type.kind === "int"
          ? `as many turns as that: \`1..${sourceOf(env, head.in)}\``
          : type.kind === "record"
            ? "a record has fields; with a type it is a map that can be looped over, such as `let all: Map<Text, Int> = { a = 1 }`"
            : "a list, a map or a range can be looped over"
    problem(check, env, head.in, "A0317", `${showType(type)} has no elements to loop over`, { hint })
  }
  if (head.names.length > 1 && key === null && element !== null) {
    problem(check, env, head.names[0]!, "A0317", `only a map has keys, and this is ${showType(type)}`)
  }
  head.names.forEach((name, index) => {
    const symbol = check.bindings.declared.get(name)
    const isKey = head.names.length > 1 && index === 0
    if (symbol) check.symbols.set(symbol, (isKey ? key : element) ?? unknownType)
  })
  if (head.filter === undefined) return env
  typeOf(check, head.filter, env, want(boolType))
  return knowing(env, factsOf(check, head.filter).holds)
}

function typeOfElement(check: Check, element: tree.Element, env: Env, asked: Want | null): Type {
  if (element.kind === "element-if") {
    typeOf(check, element.condition, env, want(boolType))
    return typeOfElement(check, element.element, knowing(env, factsOf(check, element.condition).holds), asked)
  }
  if (element.kind === "element-for") {
    return typeOfElement(check, element.element, enterHead(check, element.head, env), asked)
  }
  return typeOf(check, element, env, asked)
}

/** The types of the key and the element of each turn; null where there is none. */
function turnsOf(type: Type): readonly [key: Type | null, element: Type | null] {
  switch (type.kind) {
    case "list":
    case "range":
      return [null, type.of]
    case "map":
      return [type.key.kind === "either" ? textOrInt : type.key, type.value]
    case "unknown":
      return [unknownType, unknownType]
    default:
      return [null, null]
  }
}

const textOrInt: Type = { kind: "either", of: [intType, textType] }

/** The list that a place asks for; of several, the first. */
function listIn(type: Type | null): (Type & { kind: "list" }) | null {
  if (type === null) return null
  if (type.kind === "list") return type
  if (type.kind === "optional") return listIn(type.of)
  return type.kind === "either" ? (type.of.map(listIn).find((found) => found !== null) ?? null) : null
}
