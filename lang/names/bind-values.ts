import { nearest } from "../report/nearest.ts"
import type * as tree from "../syntax/tree.ts"
import { builtins } from "../types/functions.ts"
import { bindBody, type Here } from "./bind-items.ts"
import { bindNamed, noteUse } from "./bind-types.ts"
import { declare, lookUp, makeScope, spanOf } from "./scope.ts"
import type { AnySymbol } from "./symbol.ts"
import { reportUnknownName } from "./unknown.ts"

/** Binds every name in a value. Names of fields and of arguments are found by type, later. */
export function bindValue(value: tree.Expression, here: Here): void {
  switch (value.kind) {
    case "name":
      return bindName(value, here)
    case "text":
      for (const part of value.parts) if (typeof part !== "string") bindValue(part, here)
      return
    case "list":
      for (const element of value.elements) bindElement(element, here)
      return
    case "record":
      return bindBody(value.items, { ...here, place: "body" })
    case "amend":
      bindValue(value.of, here)
      return bindBody(value.body.items, { ...here, scope: makeScope(here.scope), place: "body" })
    case "unary":
      return bindValue(value.operand, here)
    case "binary":
      bindValue(value.left, here)
      return bindValue(value.right, here)
    case "is":
      bindValue(value.value, here)
      return bindNamed(value.type, here, "question")
    case "member":
      return bindMember(value, here)
    case "index":
      bindValue(value.of, here)
      return bindValue(value.key, here)
    case "call":
      bindCallee(value.callee, here)
      for (const argument of value.arguments) bindValue(argument.value, here)
      return
    case "conditional":
      bindValue(value.condition, here)
      bindValue(value.then, here)
      return bindValue(value.else, here)
    case "match-value":
      bindValue(value.value, here)
      for (const arm of value.arms) bindValue(arm.value, bindPattern(arm.pattern, here))
  }
}

/** Binds what is looped over, declares the loop's names, then binds its filter; gives the place with these names in scope. */
export function bindHead(head: tree.ForHead, here: Here): Here {
  bindValue(head.in, here)
  const scope = makeScope(here.scope)
  head.names.forEach((name, index) => {
    const role = head.names.length > 1 && index === 0 ? "key" : "element"
    declareLocal(name, role, { ...here, scope })
  })
  const inner: Here = { ...here, scope }
  if (head.filter) bindValue(head.filter, inner)
  return inner
}

/** Binds the variant of a pattern, and declares the name that it binds. */
export function bindPattern(pattern: tree.Pattern, here: Here): Here {
  if (pattern.kind === "literal-pattern" && pattern.value.kind === "text") bindValue(pattern.value, here)
  if (pattern.kind !== "variant-pattern") return here
  const symbol = lookUp(here.scope, pattern.name.text)
  if (symbol !== null) noteUse(here, pattern.name, symbol)
  else reportUnknownName(here.binder, here.scope, pattern.name, here.unit, "value")
  if (pattern.binding === undefined) return here
  const inner: Here = { ...here, scope: makeScope(here.scope) }
  declareLocal(pattern.binding, "binding", inner)
  return inner
}

function declareLocal(name: tree.Name, role: "element" | "key" | "binding", here: Here): void {
  const symbol: AnySymbol = { kind: "local", name: name.text, unit: here.unit, declaration: name, role }
  here.binder.declared.set(name, symbol)
  declare(here.binder, here.scope, name, here.unit, symbol)
}

function bindElement(element: tree.Element, here: Here): void {
  if (element.kind === "element-if") {
    bindValue(element.condition, here)
    bindElement(element.element, here)
  } else if (element.kind === "element-for") bindElement(element.element, bindHead(element.head, here))
  else bindValue(element, here)
}

function bindName(name: tree.Name, here: Here): void {
  const symbol = lookUp(here.scope, name.text)
  if (symbol === null) reportUnknownName(here.binder, here.scope, name, here.unit, here.wanted ?? "value")
  else noteUse(here, name, symbol)
}

/** A function of the language may have the name of a param or let: called, it is the function that is meant. */
function bindCallee(callee: tree.Expression, here: Here): void {
  if (callee.kind !== "name") return bindValue(callee, here)
  const symbol = lookUp(here.scope, callee.text)
  if (symbol?.kind !== "function" && builtins.has(callee.text)) {
    noteUse(here, callee, { kind: "builtin", name: callee.text })
  } else if (symbol === null) reportUnknownName(here.binder, here.scope, callee, here.unit, "function")
  else noteUse(here, callee, symbol)
}

/** `namespace.name` is bound here; all other members are found by type. */
function bindMember(member: tree.Member, here: Here): void {
  const { binder, unit } = here
  bindValue(member.of, here)
  if (member.of.kind !== "name") return
  const namespace = binder.uses.get(member.of)
  if (namespace?.kind !== "namespace" || member.name.text === "") return
  const symbol = namespace.members.get(member.name.text)
  if (symbol !== undefined) return noteUse(here, member.name, symbol)
  const meant = nearest(member.name.text, namespace.members.keys())
  const span = spanOf(unit, member.name)
  binder.report.add("A0207", span, `${namespace.name} has no ${member.name.text}`, {
    hint: meant === null ? `it has ${[...namespace.members.keys()].join(", ")}` : `did you mean ${meant}?`,
    fix: meant === null ? undefined : { title: `change to ${meant}`, edits: [{ span, text: meant }] },
  })
}
