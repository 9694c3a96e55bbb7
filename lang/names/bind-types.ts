import type * as tree from "../syntax/tree.ts"
import { namedTypes, typeWords } from "../types/named.ts"
import type { Here } from "./bind-items.ts"
import { bindValue } from "./bind-values.ts"
import { describe, lookUp, spanOf, whereDeclared } from "./scope.ts"
import type { AnySymbol } from "./symbol.ts"
import { reportUnknownType } from "./unknown.ts"

/** Binds the names in a type; those of the language have no symbol. */
export function bindType(type: tree.TypeExpression, here: Here): void {
  switch (type.kind) {
    case "named-type":
      bindNamed(type, here, "type")
      for (const argument of type.arguments) bindType(argument, here)
      return
    case "record-type":
      for (const field of type.fields) {
        bindType(field.type, here)
        if (field.value) bindValue(field.value, here)
      }
      return
    case "variant-type":
      return bindType(type.fields, here)
    case "union-type":
      for (const alternative of type.alternatives) bindType(alternative, here)
      return
    case "optional-type":
    case "list-type":
    case "late-type":
    case "ranged-type":
      return bindType(type.of, here)
  }
}

type Wanted = "type" | "class" | "service" | "question"

const accepted: Readonly<Record<Wanted, readonly AnySymbol["kind"][]>> = {
  type: ["type", "service", "class"],
  class: ["class"],
  service: ["service"],
  // What may stand right of `is`.
  question: ["class", "service", "variant"],
}

const words: Readonly<Record<Wanted, string>> = {
  type: "type",
  class: "appliance class",
  service: "service",
  question: "class, service or variant",
}

/** Binds a name that must be of one kind. Reports A0202 when there is none, A0214 when it is something else. */
export function bindNamed(named: tree.NamedType, here: Here, wanted: Wanted): void {
  const { binder, unit, scope } = here
  const [first, ...rest] = named.path
  if (first === undefined || first.text === "") return
  let symbol = lookUp(scope, first.text)
  let last = first
  for (const name of rest) {
    if (symbol === null) break
    noteUse(here, last, symbol)
    last = name
    symbol = symbol.kind === "namespace" ? (symbol.members.get(name.text) ?? null) : null
  }
  if (symbol === null) {
    const isOfLanguage = rest.length === 0 && typeWords.has(last.text)
    if (isOfLanguage && wanted === "type") return
    if (isOfLanguage) return reportKind(here, last, `${last.text} is a type of the language`, wanted)
    return reportUnknownType(binder, scope, last, unit, words[wanted])
  }
  noteUse(here, last, symbol)
  if (accepted[wanted].includes(symbol.kind)) return
  binder.report.add("A0214", spanOf(unit, last), `${describe(symbol)} is no ${words[wanted]}`, {
    related: whereDeclared(symbol, "declared here"),
  })
  binder.uses.delete(last)
}

/** Notes what a name means, and that its file makes use of it. */
export function noteUse(here: Here, name: tree.Name, symbol: AnySymbol): void {
  here.binder.uses.set(name, symbol)
  const used = here.binder.used.get(here.unit)!
  used.add(symbol)
  if (symbol.kind === "variant") used.add(symbol.union)
  if (here.inside === null || (symbol.kind !== "let" && symbol.kind !== "function")) return
  const reads = here.binder.reads.get(here.inside)
  if (reads === undefined) here.binder.reads.set(here.inside, new Set([symbol]))
  else reads.add(symbol)
}

function reportKind(here: Here, name: tree.Name, message: string, wanted: Wanted): void {
  const hint = namedTypes.has(name.text)
    ? `an ${words[wanted]} is wanted here`.replace(/^an (?![aeio])/, "a ")
    : undefined
  here.binder.report.add("A0214", spanOf(here.unit, name), message, { hint })
}
