import type * as tree from "../syntax/tree.ts"
import { entryOf } from "../text/entry.ts"
import { typeWords } from "../types/named.ts"
import { applianceSchema, hintOf } from "../types/schema.ts"
import { type Binder, declare, lookUp, makeScope, type Scope, spanOf, whereDeclared } from "./scope.ts"
import type {
  AnySymbol,
  ClassSymbol,
  ClusterSymbol,
  LetSymbol,
  Owner,
  ThingSymbol,
  TypeSymbol,
  Unit,
} from "./symbol.ts"
import { silence } from "./unknown.ts"

/** Makes the symbols at the top of a file. Imports come after all files have theirs. */
export function declareFile(binder: Binder, unit: Unit): void {
  const scope = makeScope(makeScope(null))
  scope.parent!.names.set("outside", { kind: "outside", name: "outside" })
  binder.files.set(unit, scope)
  binder.used.set(unit, new Set())
  for (const item of unit.tree.items) {
    const made = topSymbol(item, unit)
    const symbol = made === null ? null : binder.renew(made)
    if (symbol === null) {
      // What cannot stand here was reported by the parser, so uses of its name are not.
      if ("name" in item && item.name?.kind === "name") silence(binder, unit, item.name)
      continue
    }
    const { name } = item as { name: tree.Name }
    if (typeWords.has(name.text)) {
      binder.report.add("A0209", spanOf(unit, name), `${name.text} is a type of the language`)
      continue
    }
    binder.declared.set(item as tree.Declaration, symbol)
    declare(binder, scope, name, unit, symbol)
    if (symbol.kind === "type") declareVariants(binder, scope, symbol)
  }
}

/** Brings in what a file uses: names under their own or another name, unions with their variants, or a namespace. */
export function declareImports(binder: Binder, unit: Unit): void {
  const scope = binder.files.get(unit)!
  for (const [use, found] of unit.imports) {
    if (use.namespace !== undefined) {
      if (found === null) silence(binder, unit, use.namespace)
      else declareNamespace(binder, scope, unit, use, use.namespace, found)
    }
    for (const used of use.names) {
      const local = used.alias ?? used.name
      const symbol = importedSymbol(binder, found?.get(used.name.text), used.name.text)
      if (symbol === null) {
        silence(binder, unit, local)
        binder.notFound.set(unit, [...(binder.notFound.get(unit) ?? []), local.text])
        continue
      }
      binder.uses.set(used.name, symbol)
      if (used.alias) binder.uses.set(used.alias, symbol)
      declare(binder, scope, local, unit, symbol)
      if (symbol.kind === "type") bringVariants(scope, binder.files.get(symbol.unit)!, symbol)
    }
  }
}

/**
 * What a class declares, with what it inherits: one namespace, which the built-in fields share (A0209). A param may be declared
 * again, to narrow it; all else only once (A0203). A class that inherits from itself is A0215.
 */
export function classMembers(binder: Binder, symbol: ClassSymbol): ReadonlyMap<string, AnySymbol> {
  const known = binder.members.get(symbol)
  if (known !== undefined) return known
  const members = new Map<string, AnySymbol>()
  binder.members.set(symbol, members)
  declareMembers(binder, symbol.declaration.body.items, symbol, members, {
    keyed: false,
    bodies: [],
    outputs: members,
  })
  const base = baseOf(binder, symbol)
  if (base === null) return members
  binder.bases.set(symbol, base)
  for (const [name, inherited] of classMembers(binder, base)) {
    const own = members.get(name)
    if (own === undefined) members.set(name, inherited)
    else if (own.kind !== "param" || inherited.kind !== "param") {
      binder.report.add("A0203", nameSpan(own), `${name} is declared in ${base.name} already`, {
        related: whereDeclared(inherited, `${base.name} declares it here`),
      })
    }
  }
  return members
}

/**
 * What a cluster declares: its things and params, wherever in its body they stand. Its outputs are read from outside only, so that
 * one may have the name of what it gives.
 */
export function clusterMembers(binder: Binder, symbol: ClusterSymbol): ReadonlyMap<string, AnySymbol> {
  const members = new Map<string, AnySymbol>()
  binder.members.set(symbol, members)
  const outputs = new Map<string, AnySymbol>()
  binder.outputs.set(symbol, outputs)
  const around: Around = { keyed: false, bodies: [], outputs }
  declareMembers(binder, symbol.declaration.body.items, symbol, members, around)
  return members
}

/** Puts the lets of one body into its scope. */
export function declareLets(binder: Binder, scope: Scope, items: readonly tree.Item[], unit: Unit, owner: Owner): void {
  for (const item of items) {
    if (item.kind !== "let") continue
    const symbol: LetSymbol = { kind: "let", name: item.name.text, unit, declaration: item, owner }
    binder.declared.set(item, symbol)
    entryOf(binder.lets, unit, () => []).push(symbol)
    declare(binder, scope, item.name, unit, symbol)
  }
}

type Around = {
  readonly keyed: boolean
  readonly bodies: readonly tree.Body[]
  /** Where outputs have their names: those of a cluster apart from its other members. */
  readonly outputs: Map<string, AnySymbol>
}

function declareMembers(
  binder: Binder,
  items: readonly tree.Item[],
  owner: ClassSymbol | ClusterSymbol,
  members: Map<string, AnySymbol>,
  around: Around,
): void {
  const inside = (body: tree.Body, next: Around) => declareMembers(binder, body.items, owner, members, next)
  const under = (body: tree.Body) => inside(body, { ...around, bodies: [...around.bodies, body] })
  for (const item of items) {
    if (item.kind === "for") inside(item.body, { ...around, keyed: true })
    else if (item.kind === "match") for (const arm of item.arms) under(arm.body)
    else if (item.kind === "if") {
      for (let branch: tree.IfItem | undefined = item; branch !== undefined; ) {
        under(branch.then)
        if (branch.else?.kind === "body") under(branch.else)
        branch = branch.else?.kind === "if" ? branch.else : undefined
      }
    } else declareMember(binder, item, owner, members, around)
  }
}

function declareMember(
  binder: Binder,
  item: tree.Item,
  owner: ClassSymbol | ClusterSymbol,
  members: Map<string, AnySymbol>,
  around: Around,
): void {
  const unit = owner.unit
  const made = memberSymbol(item, unit, owner)
  if (made === null || made.name === "") return
  const symbol = binder.renew(made)
  const { name } = item as { name: tree.Name }
  const keyed = symbol.kind === "thing" && symbol.keyed
  if (around.keyed && !keyed) {
    const hint = symbol.kind === "thing" ? `give it a key: \`${name.text}[…]\`` : "let it stand outside of the `for`"
    binder.report.add("A0210", spanOf(unit, name), `${name.text} would be declared once for each turn of the \`for\``, {
      hint,
    })
  }
  if (owner.kind === "class" && applianceSchema.has(name.text)) {
    binder.report.add("A0209", spanOf(unit, name), `${name.text} is a built-in field of every appliance`, {
      hint: hintOf(applianceSchema.get(name.text)!),
    })
    return
  }
  const names = symbol.kind === "output" ? around.outputs : members
  const twin = names.get(name.text)
  if (twin !== undefined && keyed && twin.kind === "thing" && twin.keyed) {
    binder.declared.set(item as tree.Declaration, twin)
    return
  }
  binder.declared.set(item as tree.Declaration, symbol)
  if (twin !== undefined) {
    binder.report.add("A0203", spanOf(unit, name), `${name.text} is declared already`, {
      related: whereDeclared(twin, "here"),
      hint: symbol.kind === "thing" ? "things of one name have keys, as in `web[1]`" : undefined,
    })
    return
  }
  names.set(name.text, symbol)
  if (!keyed && around.bodies.length > 0) binder.under.set(symbol, around.bodies)
}

function memberSymbol(item: tree.Item, unit: Unit, owner: ClassSymbol | ClusterSymbol): AnySymbol | null {
  switch (item.kind) {
    case "param":
      return { kind: "param", name: item.name.text, unit, declaration: item, owner }
    case "output":
      return { kind: "output", name: item.name.text, unit, declaration: item, owner }
    case "provides":
      return { kind: "provides", name: item.name.text, unit, declaration: item, owner }
    case "needs":
      return { kind: "needs", name: item.name.text, unit, declaration: item, owner }
    default:
      return thingSymbol(item, unit, owner)
  }
}

function thingSymbol(item: tree.Item, unit: Unit, owner: Owner): ThingSymbol | null {
  switch (item.kind) {
    case "instance":
    case "network":
    case "host":
    case "cluster-instance":
      return { kind: "thing", name: item.name.text, unit, declaration: item, keyed: item.key !== undefined, owner }
    case "insert":
      return { kind: "thing", name: item.name.text, unit, declaration: item, keyed: false, owner }
    default:
      return null
  }
}

function topSymbol(item: tree.Item, unit: Unit): AnySymbol | null {
  switch (item.kind) {
    case "let":
      return { kind: "let", name: item.name.text, unit, declaration: item, owner: null }
    case "function":
      return { kind: "function", name: item.name.text, unit, declaration: item }
    case "type":
      return { kind: "type", name: item.name.text, unit, declaration: item }
    case "service":
      return { kind: "service", name: item.name.text, unit, declaration: item }
    case "appliance-class":
      return { kind: "class", name: item.name.text, unit, declaration: item }
    case "cluster":
      return { kind: "cluster", name: item.name.text, unit, declaration: item }
    case "params":
      return { kind: "params", name: item.name.text, unit, declaration: item }
    case "host":
    case "network":
      return thingSymbol(item, unit, null)
    default:
      return null
  }
}

function declareVariants(binder: Binder, scope: Scope, union: TypeSymbol): void {
  for (const declaration of variantsOf(union)) {
    const { unit } = union
    const symbol = binder.renew({ kind: "variant", name: declaration.name.text, unit, declaration, union })
    binder.declared.set(declaration.name, symbol)
    declare(binder, scope, declaration.name, union.unit, symbol)
  }
}

/** The variants come along with their union, unless the file has something else of that name. */
function bringVariants(scope: Scope, from: Scope, union: TypeSymbol): void {
  for (const { name } of variantsOf(union)) {
    const symbol = from.names.get(name.text)
    if (symbol?.kind === "variant" && !scope.names.has(name.text)) scope.names.set(name.text, symbol)
  }
}

function variantsOf(union: TypeSymbol): readonly tree.VariantType[] {
  const { type } = union.declaration
  const alternatives = type.kind === "union-type" ? type.alternatives : [type]
  return alternatives.filter((alternative) => alternative.kind === "variant-type")
}

function declareNamespace(
  binder: Binder,
  scope: Scope,
  unit: Unit,
  use: tree.Use,
  name: tree.Name,
  found: ReadonlyMap<string, Unit>,
): void {
  const members = new Map<string, AnySymbol>()
  for (const [member, from] of found) {
    const symbol = importedSymbol(binder, from, member)
    if (symbol !== null) members.set(member, symbol)
  }
  const symbol: AnySymbol = { kind: "namespace", name: name.text, unit, members }
  binder.declared.set(use, symbol)
  declare(binder, scope, name, unit, symbol)
}

/** The symbol that a file itself declares under a name; what it imports is not handed on. */
function importedSymbol(binder: Binder, from: Unit | undefined, name: string): AnySymbol | null {
  const symbol = from === undefined ? undefined : binder.files.get(from)?.names.get(name)
  return symbol === undefined || !("unit" in symbol) || symbol.unit !== from ? null : symbol
}

function baseOf(binder: Binder, symbol: ClassSymbol): ClassSymbol | null {
  const base = symbol.declaration.base
  if (base === undefined) return null
  const scope = binder.files.get(symbol.unit)!
  const [first, ...rest] = base.path
  let found = first === undefined ? null : lookUp(scope, first.text)
  for (const name of rest) found = found?.kind === "namespace" ? (found.members.get(name.text) ?? null) : null
  if (found?.kind !== "class") return null
  for (let at: ClassSymbol | undefined = found; at !== undefined; at = binder.bases.get(at)) {
    if (at !== symbol) continue
    binder.report.add("A0215", spanOf(symbol.unit, base), `${symbol.name} would specialise itself`)
    return null
  }
  return found
}

function nameSpan(symbol: AnySymbol) {
  return whereDeclared(symbol, "")[0]!.span
}
