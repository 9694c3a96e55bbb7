import type { AnySymbol } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import { isSubtype } from "../types/assignable.ts"
import { outsideType } from "../types/build.ts"
import { builtins } from "../types/functions.ts"
import { showType } from "../types/show.ts"
import type { Type } from "../types/type.ts"
import { builtinCandidate, candidate, detailOf, memberCandidate, symbolCandidate } from "./candidates.ts"
import type { Candidate, Cursor } from "./completion.ts"
import { expectedAt, parametersOf } from "./expected.ts"
import { importable, importEdit } from "./imports.ts"
import { membersOf } from "./members.ts"
import { selfAt, visibleAt } from "./scope.ts"
import { shapeOfType } from "./shapes.ts"
import { bare, typeOfOne, typeOfSymbol } from "./types.ts"

/** Values for the place of the cursor: what it asks for first, then what fits, then everything that can be seen. */
export function valuesAt(cursor: Cursor): readonly Candidate[] {
  const holder = cursor.chain.at(-2)
  if (holder?.kind === "cluster-instance" && holder.cluster === cursor.chain.at(-1)) return clusters(cursor)
  const expected = expectedAt(cursor.view, cursor.chain, cursor.chain.length - 1)
  return [
    ...keysAt(cursor),
    ...(expected === null ? [] : writtenValues(cursor, expected)),
    ...services(cursor, expected),
    ...visibleValues(cursor, expected),
    ...functions(expected),
    ...keywords(cursor),
  ]
}

/** What stands after a `.`: the members of the value before it, or the names of a namespace. */
export function membersAfter({ view, chain }: Cursor, member: tree.Member): readonly Candidate[] {
  const { snapshot } = view
  const symbol = member.of.kind === "name" ? view.symbolOf(member.of) : null
  if (symbol?.kind === "namespace") {
    return [...symbol.members].map(([name, of]) => symbolCandidate(snapshot, name, of, 1))
  }
  const isSelf = symbol?.kind === "self"
  const selfClass = isSelf ? selfAt(view, chain) : null
  const type = selfClass === null ? view.typeOf(member.of) : ({ kind: "appliance", class: selfClass } as const)
  const expected = expectedAt(view, chain, chain.length - 2)
  return membersOf(snapshot, type).map((one) => {
    const fits = expected !== null && one.type !== null && isFit({ view }, one.type, expected)
    return memberCandidate(one, fits ? 0 : one.symbol !== null || one.declared !== null ? 1 : 2)
  })
}

/** The parameters that a call has not been given yet, as `name = `. */
export function argumentNames({ view, chain }: Cursor): readonly Candidate[] {
  const at = chain.findLastIndex(({ kind }) => kind === "argument")
  const call = chain[at - 1]
  if (call?.kind !== "call") return []
  const own = chain[at] as tree.Argument
  const given = new Set(
    call.arguments.filter((one) => one !== own).map((one, index) => one.name?.text ?? String(index)),
  )
  return (parametersOf(view, call) ?? []).flatMap((parameter, index) => {
    if (given.has(parameter.name) || given.has(String(index)) || index < call.arguments.indexOf(own)) return []
    return [
      candidate(parameter.name, "param", parameter.required ? 1 : 3, {
        detail: detailOf(parameter.type),
        text: `${parameter.name} = `,
      }),
    ]
  })
}

/** The values that a type has a way to write: the texts of an enum, `true`, a record with its fields. */
export function writtenValues({ view }: Pick<Cursor, "view">, type: Type): readonly Candidate[] {
  switch (type.kind) {
    case "bool":
      return ["true", "false"].map((word) => candidate(word, "keyword", 0))
    case "enum":
      return type.values.map((value) => candidate(JSON.stringify(value), "enum", 0, { detail: type.name }))
    case "optional":
      return [...writtenValues({ view }, type.of), candidate("null", "keyword", 3)]
    case "late":
    case "secret":
      return writtenValues({ view }, type.of)
    case "either":
      return type.of.flatMap((one) => writtenValues({ view }, one))
    case "list":
      return [candidate("[…]", "snippet", 3, { detail: showType(type), text: "[$0]", snippet: true })]
    case "map":
      return [candidate("{ … }", "snippet", 3, { detail: showType(type), text: "{ $0 }", snippet: true })]
    case "record":
      return [candidate("{ … }", "snippet", 0, { detail: showType(type), text: recordText(view, type), snippet: true })]
    case "union":
      return type.variants.map((variant) => {
        const text = `${variant.name!} ${recordText(view, variant)}`
        return candidate(variant.name!, "variant", 0, { detail: type.name, text, snippet: true })
      })
    default:
      return []
  }
}

/** The clusters that another one may hold: those that can be seen, but for itself, and those of other files. */
function clusters({ view, chain, unit }: Cursor): readonly Candidate[] {
  const { snapshot } = view
  const own = chain.find((node) => node.kind === "cluster")?.name.text
  const visible = visibleAt(view, chain)
  const seen = [...visible].flatMap(([name, symbol]) =>
    symbol.kind === "namespace" || (symbol.kind === "cluster" && name !== own)
      ? [symbolCandidate(snapshot, name, symbol, symbol.kind === "cluster" ? 0 : 3)]
      : [],
  )
  const others = importable(snapshot, unit).filter(({ kind, name }) => kind === "cluster" && !visible.has(name))
  return [
    ...seen,
    ...others.map(({ name, from, doc }) =>
      candidate(name, "cluster", 5, { detail: from, doc, more: [importEdit(unit, name, from)] }),
    ),
  ]
}

/** Whether values of a type fit a place, also where only their form or range is told by evaluation. */
function isFit({ view }: Pick<Cursor, "view">, from: Type, to: Type): boolean {
  if (from.kind === "unknown" || to.kind === "unknown") return false
  const { bases } = view.snapshot.bindings
  const target = bare(to)!
  if (target.kind === "either") return target.of.some((one) => isFit({ view }, from, one))
  if (from.kind === "text" && target.kind === "text") return target.form === null || from.form === target.form
  return isSubtype(from, to, bases) || (from.kind === target.kind && "bounds" in from && isQuantityOf(from, target))
}

function isQuantityOf(from: Type, to: Type): boolean {
  return from.kind !== "quantity" || (to.kind === "quantity" && from.of === to.of)
}

/** The keys of a family that stands before `[`. */
function keysAt({ view, chain }: Cursor): readonly Candidate[] {
  const index = chain.at(-2)
  if (index?.kind !== "index" || index.key !== chain.at(-1) || index.of.kind !== "name") return []
  const name = index.of.text
  const evaluated = view.snapshot.evaluated(view.unit.path)
  const appliances = evaluated?.model.appliances.filter((one) => one.name === name && one.key !== null) ?? []
  return appliances.map(({ key, hostname }) =>
    candidate(typeof key === "number" ? String(key) : JSON.stringify(key), "key", 0, { detail: hostname }),
  )
}

/** The services of the appliances that can be seen, where one is asked for: `names.dns`. */
function services({ view, chain }: Cursor, expected: Type | null): readonly Candidate[] {
  const of = bare(expected)
  const wanted = of?.kind === "list" ? bare(of.of) : of
  if (wanted?.kind !== "service") return []
  return [...visibleAt(view, chain)].flatMap(([name, symbol]) => {
    if (symbol.kind !== "thing") return []
    const type = typeOfOne(view.snapshot, symbol)
    return membersOf(view.snapshot, type).flatMap((member) => {
      if (member.symbol?.kind !== "provides" || member.type === null || !isFit({ view }, member.type, wanted)) return []
      const path = symbol.keyed ? `${name}[$1].${member.name}` : `${name}.${member.name}`
      const label = symbol.keyed ? `${name}[…].${member.name}` : path
      return [
        candidate(label, "provided", 0, {
          detail: showType(member.type),
          doc: member.doc,
          text: path,
          snippet: symbol.keyed,
        }),
      ]
    })
  })
}

function visibleValues({ view, chain, unit }: Cursor, expected: Type | null): readonly Candidate[] {
  const { snapshot } = view
  const inside = chain.findLast((node) => node.kind === "let" || node.kind === "param" || node.kind === "output")
  return [...visibleAt(view, chain)].flatMap(([name, symbol]) => {
    if (!isValue(symbol) || isOwn(symbol, inside, unit.path)) return []
    if (symbol.kind === "outside" && !(expected !== null && isFit({ view }, outsideType, expected))) return []
    const type = symbol.kind === "self" ? null : typeOfSymbol(snapshot, symbol)
    const result = symbol.kind === "function" ? snapshot.declaredType(symbol.declaration.result) : type
    const fits = expected !== null && result !== null && isFit({ view }, result, expected)
    return [symbolCandidate(snapshot, name, symbol, fits ? 1 : symbol.kind === "function" ? 3 : 2)]
  })
}

function isValue(symbol: AnySymbol): boolean {
  return !["class", "service", "type", "cluster", "variant"].includes(symbol.kind)
}

/** A declaration does not read itself. */
function isOwn(symbol: AnySymbol, inside: tree.Node | undefined, path: string): boolean {
  if (inside === undefined || !("declaration" in symbol) || symbol.unit.path !== path) return false
  return symbol.declaration.start === inside.start
}

function functions(expected: Type | null): readonly Candidate[] {
  const to = expected === null ? null : bare(expected)
  const kinds = new Set(to?.kind === "either" ? to.of.map(kindKey) : to === null ? [] : [kindKey(to)])
  return [...builtins].flatMap(([name, { doc, result }]) => {
    const fits = result.kind !== "unknown" && kinds.has(kindKey(result))
    // What only a function can give comes before all else; a number may as well be written.
    return [builtinCandidate(name, doc, fits ? (onlyCalled.has(result.kind) ? 0 : 2) : 3)]
  })
}

const onlyCalled: ReadonlySet<Type["kind"]> = new Set(["image", "probe", "connection", "content", "nic"])

function kindKey(type: Type): string {
  return type.kind === "content" ? type.of : type.kind === "map" ? kindKey(type.value) : type.kind
}

function keywords({ chain }: Cursor): readonly Candidate[] {
  const isElement = chain.at(-2)?.kind === "list"
  const words = ["if", "match", "not", "true", "false", "null", ...(isElement ? ["for"] : [])]
  return words.map((word) => candidate(word, "keyword", 4))
}

/** A record with a place for each field that must be given. */
function recordText(view: Cursor["view"], type: Type): string {
  const required = shapeOfType(view, type)?.fields.filter((field) => field.required) ?? []
  if (required.length === 0) return "{ $0 }"
  return `{ ${required.map((field, index) => `${field.name} = $${index + 1}`).join(", ")} }`
}
