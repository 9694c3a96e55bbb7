import type { Edit, Report } from "../report/diagnostic.ts"
import type * as tree from "../syntax/tree.ts"
import type { Span } from "../text/source.ts"
import type { AnySymbol, ClassSymbol, ClusterSymbol, LetSymbol, Program, Unit } from "./symbol.ts"

/** The names that may be used in one body, beside those of the bodies around it. */
export type Scope = {
  readonly parent: Scope | null
  readonly names: Map<string, AnySymbol>
  /** The body of a class that specialises one that is not known: any name may come from there. */
  isOpen?: true
}

/** What binding works on: the side tables that become `Bindings`, and where problems go. */
export type Binder = {
  readonly program: Program
  readonly report: Report
  /** The symbol of a declaration that others may name: a new one, or the one that it was before the text was changed. */
  readonly renew: Keeping["renew"]
  readonly uses: Map<tree.Name, AnySymbol>
  readonly declared: Map<tree.Declaration | tree.Name, AnySymbol>
  readonly under: Map<AnySymbol, readonly tree.Body[]>
  /** The names at the top of each file, imported ones too. */
  readonly files: Map<Unit, Scope>
  readonly members: Map<ClassSymbol | ClusterSymbol, Map<string, AnySymbol>>
  readonly outputs: Map<ClusterSymbol, Map<string, AnySymbol>>
  readonly bases: Map<ClassSymbol, ClassSymbol>
  readonly reads: Map<AnySymbol, Set<AnySymbol>>
  /** What each file uses, to tell which imports and lets are never used. */
  readonly used: Map<Unit, Set<AnySymbol>>
  /** The lets of bodies, by file. */
  readonly lets: Map<Unit, LetSymbol[]>
  /** Names whose declaration was reported, by file: uses of them are passed over. */
  readonly silenced: Map<string, true>
  /** The names that a file takes with `use` and that are not there: one may be misspelt there and right where it is used. */
  readonly notFound: Map<Unit, readonly string[]>
  /** Unknown names that were reported, by file, with the other places that use them. */
  readonly unknown: Map<string, UnknownName>
}

/** An unknown name that was reported at its first use: its further uses, and the edits of its fix when that writes another name. */
export type UnknownName = { readonly related: { message: string; span: Span }[]; readonly edits: Edit[] | null }

/** How the tables of a binder are made, and what becomes of a symbol that was made before. */
export type Keeping = {
  readonly table: <Key, Value>() => Map<Key, Value>
  readonly renew: <Made extends AnySymbol>(symbol: Made) => Made
}

export function makeScope(parent: Scope | null): Scope {
  return { parent, names: new Map() }
}

/** What `name` means in `scope`: the innermost declaration. */
export function lookUp(scope: Scope, name: string): AnySymbol | null {
  for (let at: Scope | null = scope; at !== null; at = at.parent) {
    const found = at.names.get(name)
    if (found !== undefined) return found
  }
  return null
}

/** All names in `scope`, the innermost first. */
export function namesIn(scope: Scope): ReadonlySet<string> {
  const names = new Set<string>()
  for (let at: Scope | null = scope; at !== null; at = at.parent) for (const name of at.names.keys()) names.add(name)
  return names
}

/** Puts a declared name into `scope`. Reports A0203 for a second one there, A0204 for one that hides an outer one. */
export function declare(binder: Binder, scope: Scope, name: tree.Name, unit: Unit, symbol: AnySymbol): void {
  if (name.text === "") return
  if (!isFree(binder, scope, name, unit)) return
  scope.names.set(name.text, symbol)
}

function isFree(binder: Binder, scope: Scope, name: tree.Name, unit: Unit): boolean {
  const span = spanOf(unit, name)
  if (name.text === "self" || name.text === "outside") {
    binder.report.add("A0209", span, `\`${name.text}\` is a word of the language`)
    return false
  }
  const twin = scope.names.get(name.text)
  if (twin !== undefined) {
    binder.report.add("A0203", span, `${name.text} is declared already`, { related: whereDeclared(twin, "here") })
    return false
  }
  const outer = lookUp(scope, name.text)
  if (outer !== null && outer.kind !== "outside") {
    binder.report.add("A0204", span, `${name.text} would hide ${describe(outer)}`, {
      related: whereDeclared(outer, "declared here"),
      hint: "take another name: what a name means never depends on how deep it stands",
    })
  }
  return true
}

/** The place where a symbol is declared, as a related span; nothing for what the language itself declares. */
export function whereDeclared(symbol: AnySymbol, message: string): { message: string; span: Span }[] {
  const span = declarationSpan(symbol)
  return span === null ? [] : [{ message, span }]
}

/** The name in the declaration of a symbol; null for what the language itself declares. */
export function declarationSpan(symbol: AnySymbol): Span | null {
  switch (symbol.kind) {
    case "self":
    case "outside":
    case "builtin":
    case "namespace":
      return null
    case "local":
      return spanOf(symbol.unit, symbol.declaration)
    default:
      return spanOf(symbol.unit, symbol.declaration.name)
  }
}

/** A symbol in words: "the param site". */
export function describe(symbol: AnySymbol): string {
  switch (symbol.kind) {
    case "thing":
      return `the ${thingWord(symbol.declaration.kind)} ${symbol.name}`
    case "class":
      return `the appliance class ${symbol.name}`
    case "local":
      return symbol.role === "parameter"
        ? `the parameter ${symbol.name}`
        : `${symbol.name} of the loop or match around it`
    case "builtin":
      return `the function ${symbol.name}`
    case "self":
    case "outside":
      return `\`${symbol.name}\``
    case "provides":
      return `the service ${symbol.name}`
    case "needs":
      return `the need ${symbol.name}`
    case "params":
      return `the set of params ${symbol.name}`
    default:
      return `the ${symbol.kind} ${symbol.name}`
  }
}

export function spanOf(unit: Unit, node: tree.Spanned): Span {
  return { source: unit.source, start: node.start, end: node.end }
}

function thingWord(kind: string): string {
  if (kind === "instance" || kind === "insert") return "appliance"
  return kind === "cluster-instance" ? "cluster" : kind
}
