import type { Description } from "../modules/description.ts"
import type { AnySymbol, Bindings, ClassSymbol, Program, Unit } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import { joinPath } from "../text/paths.ts"
import type { Span } from "../text/source.ts"
import { showType } from "../types/show.ts"
import type { Type, Types } from "../types/type.ts"
import { cut, membersOfClass, membersOfCluster, membersOfFunction, membersOfRecord } from "./members.ts"

/** What a module gives to others, typed: what its documents show, and what two versions of it are compared by. */
export type Surface = {
  readonly description: Description
  /** In the order of `module.json`, parts after what has none. */
  readonly entries: readonly Entry[]
  /** The class that each class of the module specialises. */
  readonly bases: ReadonlyMap<ClassSymbol, ClassSymbol>
}

export type EntryKind = "class" | "service" | "type" | "function" | "cluster" | "value" | "network" | "host"

/** One export. */
export type Entry = {
  readonly kind: EntryKind
  readonly name: string
  /** The part of the module that it is in; null: none. */
  readonly part: string | null
  /** Its doc comment, in Markdown; empty when it has none. */
  readonly doc: string
  /** Where it is declared: its name. */
  readonly span: Span
  readonly symbol: AnySymbol
  /** The class that it specialises, as it is written; null: none, or it is no class. */
  readonly base: string | null
  /** What it is, of a type or value, and what a function gives; null for all else. */
  readonly type: TypeText | null
  readonly members: readonly Member[]
}

export type MemberKind =
  | "param"
  | "needs"
  | "uses"
  | "provides"
  | "output"
  | "field"
  | "parameter"
  | "check"
  | "builtin"

/** A type with its text: as it is written where it is written, else as the checker shows it. */
export type TypeText = { readonly type: Type; readonly text: string }

/** A param, need, field or the like. */
export type Member = {
  readonly kind: MemberKind
  readonly name: string
  readonly doc: string
  readonly span: Span
  /** Null for a check and for what has the value of a built-in field. */
  readonly type: TypeText | null
  /** The text of its default, or of what it always is, in one line; null: there is none. */
  readonly value: string | null
  /** The same in the lines in which it is written. */
  readonly written: string | null
  /** It must be given: there is no default, and its type allows no null. */
  readonly required: boolean
  /** The class that it is inherited from; null: it is its own. */
  readonly inherited: string | null
  /** The alternative of a tagged union that it is a field of. */
  readonly variant: string | null
}

/** What the checker knows of a module, to read its surface from. */
export type Checked = { readonly program: Program; readonly bindings: Bindings; readonly types: Types }

/** The surface of a module that was checked without an error: exports that are not there are left out. */
export function surfaceOf(description: Description, checked: Checked): Surface {
  const entries = [
    ...entriesOf(description.exports, null, description, checked),
    ...[...description.parts].flatMap(([part, exports]) => entriesOf(exports, part, description, checked)),
  ]
  return { description, entries, bases: checked.bindings.bases }
}

function entriesOf(
  exports: ReadonlyMap<string, string>,
  part: string | null,
  description: Description,
  checked: Checked,
): Entry[] {
  const folder = description.source.path.replace(/\/?module\.json$/, "") || "."
  return [...exports].flatMap(([name, file]) => {
    const unit = checked.program.units.find((one) => one.path === joinPath(folder, file))
    const found = unit === undefined ? null : declaredIn(unit, name)
    if (unit === undefined || found === null) return []
    const entry = entryOf(found, unit, checked)
    return entry === null ? [] : [{ ...entry, name, part }]
  })
}

function declaredIn(unit: Unit, name: string): tree.Item | null {
  const isNamed = (item: tree.Item) => "name" in item && item.name?.kind === "name" && item.name.text === name
  return unit.tree.items.find(isNamed) ?? unit.tree.items.find((item) => hasVariant(item, name)) ?? null
}

/** A variant is exported as its union, which brings all of them. */
function hasVariant(item: tree.Item, name: string): boolean {
  if (item.kind !== "type") return false
  const alternatives = item.type.kind === "union-type" ? item.type.alternatives : [item.type]
  return alternatives.some((alternative) => alternative.kind === "variant-type" && alternative.name.text === name)
}

function entryOf(item: tree.Item, unit: Unit, checked: Checked): Omit<Entry, "name" | "part"> | null {
  const symbol = checked.bindings.declared.get(item as tree.Declaration)
  if (symbol === undefined || !("name" in item) || item.name?.kind !== "name") return null
  const span = { source: unit.source, start: item.name.start, end: item.name.end }
  const common = { doc: ("doc" in item && item.doc) || "", span, symbol, base: null, type: null, members: [] }
  switch (item.kind) {
    case "appliance-class": {
      const base = item.base === undefined ? null : cut(unit, item.base)
      return { ...common, kind: "class", base, members: membersOfClass(symbol as ClassSymbol, checked) }
    }
    case "cluster":
      return { ...common, kind: "cluster", members: membersOfCluster(item, unit, checked) }
    case "service":
      return { ...common, kind: "service", members: membersOfRecord(item.type, null, unit, checked) }
    case "function": {
      const type = typeText(item.result, unit, checked)
      return { ...common, kind: "function", type, members: membersOfFunction(item, unit, checked) }
    }
    case "type":
      return {
        ...common,
        kind: "type",
        type: typeText(item.type, unit, checked),
        members: membersOfType(item.type, unit, checked),
      }
    case "let": {
      const type = checked.types.of.get(item.value)
      const inferred = type === undefined ? null : { type, text: showType(type) }
      return { ...common, kind: "value", type: item.type === undefined ? inferred : typeText(item.type, unit, checked) }
    }
    case "network":
    case "host":
      return { ...common, kind: item.kind }
    default:
      return null
  }
}

function membersOfType(type: tree.TypeExpression, unit: Unit, checked: Checked): Member[] {
  if (type.kind === "record-type") return membersOfRecord(type, null, unit, checked)
  const alternatives = type.kind === "union-type" ? type.alternatives : [type]
  return alternatives.flatMap((one) =>
    one.kind === "variant-type" ? membersOfRecord(one.fields, one.name.text, unit, checked) : [],
  )
}

function typeText(type: tree.TypeExpression, unit: Unit, checked: Checked): TypeText | null {
  const found = checked.types.declared.get(type)
  return found === undefined ? null : { type: found, text: cut(unit, type) }
}
