import { allItems } from "../syntax/items.ts"
import { movesOn } from "../syntax/paths.ts"
import type * as tree from "../syntax/tree.ts"
import { isWhole } from "./bases.ts"
import { bindNamed, bindType } from "./bind-types.ts"
import { bindHead, bindPattern, bindValue } from "./bind-values.ts"
import { bindInnerCluster } from "./clusters.ts"
import { declareLets } from "./declare.ts"
import { type Binder, declare, describe, lookUp, makeScope, type Scope, whereDeclared } from "./scope.ts"
import type { AnySymbol, Owner, Unit } from "./symbol.ts"

/** A kind of body. What may stand in which one is the parser's affair (A0125). */
type Place = "file" | "class" | "cluster" | "body"

/** Where names are looked up, and in what kind of body. */
export type Here = {
  readonly binder: Binder
  readonly unit: Unit
  readonly scope: Scope
  readonly owner: Owner
  readonly place: Place
  /** The function or let whose value it is in. */
  readonly inside: AnySymbol | null
  /** Set where a name can only be that of a cluster or thing. */
  readonly wanted?: "thing"
}

const self: AnySymbol = { kind: "self", name: "self" }

/** Binds the items of a body whose scope is `here.scope`; its lets are declared first, so that their order has no meaning. */
export function bindBody(items: readonly tree.Item[], here: Here): void {
  if (here.place !== "file") declareLets(here.binder, here.scope, items, here.unit, here.owner)
  for (const item of items) {
    bindItem(item, here)
  }
}

/** Binds a body in a scope of its own. */
export function bindInner(body: tree.Body, here: Here, place: Place = here.place): void {
  bindBody(body.items, { ...here, scope: makeScope(here.scope), place })
}

function bindItem(item: tree.Item, here: Here): void {
  switch (item.kind) {
    case "use":
      return
    case "let":
      if (item.type) bindType(item.type, here)
      return bindValue(item.value, { ...here, inside: here.binder.declared.get(item) ?? null })
    case "param":
    case "output":
      if (item.type) bindType(item.type, here)
      if (item.value) bindValue(item.value, here)
      return
    case "function":
      return bindFunction(item, here)
    case "type":
    case "service":
      return bindType(item.type, here)
    case "appliance-class":
      if (item.base) bindNamed(item.base, here, "class")
      return bindOwner(item, here, "class")
    case "cluster":
      return bindOwner(item, here, "cluster")
    case "test":
      bindValue(item.title, here)
      return bindInner(item.body, here, "body")
    case "instance":
      if (item.key) bindValue(item.key, here)
      bindNamed(item.class, here, "class")
      if (item.body) bindInstance(item.body, here)
      return
    case "cluster-instance":
      if (item.key) bindValue(item.key, here)
      bindInnerCluster(item, here)
      if (item.body) bindInner(item.body, here, "body")
      return
    case "insert":
      bindNamed(item.class, here, "class")
      bindValue(item.before, { ...here, wanted: "thing" })
      bindValue(item.network, { ...here, wanted: "thing" })
      if (item.body) bindInstance(item.body, here)
      return
    case "host":
      if (item.key) bindValue(item.key, here)
      return bindValue(item.value, here)
    case "network":
      if (item.key) bindValue(item.key, here)
      return bindInner(item.body, here, "body")
    case "provides":
      bindNamed(item.service, here, "service")
      if (item.body) bindInner(item.body, here, "body")
      if (item.value) bindValue(item.value, here)
      return
    case "needs":
      return bindType(item.type, here)
    default:
      return bindStatement(item, here)
  }
}

function bindStatement(item: tree.Item, here: Here): void {
  switch (item.kind) {
    case "check":
      bindValue(item.title, here)
      return bindValue(item.value, here)
    case "publish":
      bindValue(item.port, here)
      return bindValue(item.target, here)
    case "allow":
      bindValue(item.from, here)
      bindValue(item.to, here)
      return bindValue(item.ports, here)
    case "assert":
      bindValue(item.condition, here)
      if (item.message) bindValue(item.message, here)
      return
    case "params":
      return bindInner(item.body, here, "body")
    case "every":
      return bindEvery(item, here)
    case "moved":
      // An old name is not there any more: its path is read as it is written.
      if (here.owner !== null && movesOn(item, here.owner.declaration.body)) return
      return bindValue(item.to, { ...here, wanted: "thing" })
    case "field":
      return bindValue(item.value, here)
    case "entry":
      bindValue(item.key, here)
      return bindValue(item.value, here)
    case "map-for": {
      const inner = bindHead(item.head, here)
      bindValue(item.key, inner)
      return bindValue(item.value, inner)
    }
    case "for":
      return bindInner(item.body, bindHead(item.head, here))
    case "if":
      bindValue(item.condition, here)
      bindInner(item.then, here)
      if (item.else?.kind === "if") bindItem(item.else, here)
      else if (item.else) bindInner(item.else, here)
      return
    case "match":
      bindValue(item.value, here)
      for (const arm of item.arms) bindInner(arm.body, bindPattern(arm.pattern, here))
  }
}

function bindFunction(item: tree.FunctionDeclaration, here: Here): void {
  const scope = makeScope(here.scope)
  for (const parameter of item.parameters) {
    bindType(parameter.type, here)
    if (parameter.value) bindValue(parameter.value, here)
    const symbol: AnySymbol = {
      kind: "local",
      name: parameter.name.text,
      unit: here.unit,
      declaration: parameter.name,
      role: "parameter",
    }
    here.binder.declared.set(parameter.name, symbol)
    declare(here.binder, scope, parameter.name, here.unit, symbol)
  }
  bindType(item.result, here)
  bindValue(item.value, { ...here, scope, inside: here.binder.declared.get(item) ?? null })
}

function bindOwner(item: tree.ApplianceClass | tree.Cluster, here: Here, place: "class" | "cluster"): void {
  const owner = here.binder.declared.get(item)
  if (owner?.kind !== "class" && owner?.kind !== "cluster") return
  const scope = makeScope(here.scope)
  for (const [name, symbol] of here.binder.members.get(owner) ?? []) {
    const outer = lookUp(here.scope, name)
    if (
      outer !== null &&
      "unit" in symbol &&
      symbol.unit === here.unit &&
      "owner" in symbol &&
      symbol.owner === owner
    ) {
      const span = whereDeclared(symbol, "")[0]!.span
      here.binder.report.add("A0204", span, `${name} would hide ${describe(outer)}`, {
        related: whereDeclared(outer, "declared here"),
        hint: "take another name: what a name means never depends on how deep it stands",
      })
    }
    scope.names.set(name, symbol)
  }
  if (place === "class") scope.names.set("self", self)
  if (owner.kind === "class" && !isWhole(owner, here.binder.bases)) scope.isOpen = true
  bindBody(item.body.items, { ...here, scope, owner, place })
}

/** What stands right of `=` in an instance is looked up in the cluster; only `self` is its own. */
function bindInstance(body: tree.Body, here: Here): void {
  const scope = makeScope(here.scope)
  scope.names.set("self", self)
  bindBody(body.items, { ...here, scope, place: "body" })
}

/** The appliance has a name in `where` and in the body, where what the body itself adds has one too. */
function bindEvery(item: tree.Every, here: Here): void {
  const { binder, unit, owner } = here
  const scope = makeScope(here.scope)
  if (item.name) {
    const symbol: AnySymbol = { kind: "local", name: item.name.text, unit, declaration: item.name, role: "every" }
    binder.declared.set(item.name, symbol)
    declare(binder, scope, item.name, unit, symbol)
  }
  if (item.where) bindValue(item.where, { ...here, scope })
  const inner = makeScope(scope)
  for (const added of allItems(item.body.items)) {
    if (added.kind !== "needs" && added.kind !== "provides") continue
    const symbol: AnySymbol =
      added.kind === "needs"
        ? { kind: "needs", name: added.name.text, unit, declaration: added, owner }
        : { kind: "provides", name: added.name.text, unit, declaration: added, owner }
    binder.declared.set(added, symbol)
    declare(binder, inner, added.name, unit, symbol)
  }
  bindBody(item.body.items, { ...here, scope: inner, place: "body" })
}
