import type { AnySymbol, Unit } from "../names/symbol.ts"
import { type Code, codes } from "../report/codes.ts"
import type * as tree from "../syntax/tree.ts"
import { folderOf, joinPath } from "../text/paths.ts"
import type { Span } from "../text/source.ts"
import { typeWords } from "../types/named.ts"
import type { Type } from "../types/type.ts"
import { parameterOf, parametersOf } from "./expected.ts"
import { type Member, memberNamed } from "./members.ts"
import { nodesAt } from "./nodes.ts"
import { shapeAt } from "./shapes.ts"
import type { Snapshot } from "./snapshot.ts"
import { declarationOf } from "./symbols.ts"
import { type View, viewOf } from "./view.ts"

/** What stands at a place of a source. Everything but a symbol and a member with a declaration belongs to the language. */
export type Target = { readonly start: number; readonly end: number } & (
  | { readonly kind: "symbol"; readonly symbol: AnySymbol; readonly type: Type | null }
  /** A field of a record or a service, or one of the language's. `of` says what has it. */
  | { readonly kind: "member"; readonly member: Member; readonly of: string; readonly default: string | null }
  | { readonly kind: "type"; readonly name: string }
  /** A text that names a file, as `Files` knows it. */
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "code"; readonly code: Code }
  | { readonly kind: "value"; readonly expression: tree.Expression; readonly type: Type }
)

/**
 * What stands at an offset, the most telling first; none in white space and comments. A short field `{ site }` is two things: the
 * name that it reads, and the field that it gives.
 */
export function targetsAt(snapshot: Snapshot, unit: Unit, offset: number): readonly Target[] {
  const view = viewOf(snapshot, unit)
  const chain = nodesAt(unit.tree, offset)
  const node = chain.at(-1)!
  if (node.kind === "name") return nameTargets(view, chain)
  const span = { start: node.start, end: node.end }
  if (node.kind === "text") return textTargets(view, chain, node)
  const type = isExpression(node) ? view.typeOf(node as tree.Expression) : null
  return type === null ? [] : [{ ...span, kind: "value", expression: node as tree.Expression, type }]
}

/** What a name at the end of a chain of nodes stands for. */
export function nameTargets(view: View, chain: readonly tree.Node[]): readonly Target[] {
  const node = chain.at(-1)
  if (node?.kind !== "name" || node.text === "") return []
  const at = chain.length - 1
  const parent = chain[at - 1]
  if (parent?.kind === "field" && parent.name === node) {
    const field = fieldTarget(view, chain, at)
    return parent.short ? [...symbolTargets(view, node), ...field] : field
  }
  if (parent?.kind === "argument" && parent.name === node) return argumentTarget(view, chain, at, node)
  const own = symbolTargets(view, node)
  if (own.length > 0) return own
  if (parent?.kind === "member" && parent.name === node) {
    const type = view.typeOf(parent.of)
    const member = memberNamed(view.snapshot, type, node.text)
    return member === null ? [] : [memberTarget(node, member, type === null ? "" : ownerOf(type), null)]
  }
  if (parent?.kind === "record-field" && parent.name === node) return recordFieldTarget(view, chain, at, node, parent)
  if (parent?.kind === "named-type" && typeWords.has(node.text))
    return [{ ...spanOf(node), kind: "type", name: node.text }]
  return []
}

/** The place that declares what a target is; null for what the language declares. */
export function declaredSpan(target: Target): Span | null {
  if (target.kind === "member") return target.member.declared
  return target.kind === "symbol" ? (declarationOf(target.symbol)?.span ?? null) : null
}

function symbolTargets(view: View, name: tree.Name): readonly Target[] {
  const symbol = view.symbolOf(name)
  if (symbol === null) return []
  return [{ ...spanOf(name), kind: "symbol", symbol, type: view.typeOf(name) }]
}

function fieldTarget(view: View, chain: readonly tree.Node[], at: number): readonly Target[] {
  const name = chain[at] as tree.Name
  const holder = chain.slice(0, at - 1).findLastIndex(({ kind }) => kind === "body" || kind === "record")
  const shape = holder === -1 ? null : shapeAt(view, chain, holder)
  const field = shape?.fields.find((one) => one.name === name.text)
  if (field === undefined) return []
  return [memberTarget(name, field, shape!.what, field.default)]
}

function argumentTarget(view: View, chain: readonly tree.Node[], at: number, name: tree.Name): readonly Target[] {
  const call = chain[at - 2]
  if (call?.kind !== "call" || call.callee.kind !== "name") return []
  const symbol = view.symbolOf(call.callee)
  if (symbol?.kind === "function") {
    const declared = symbol.declaration.parameters.find((parameter) => parameter.name.text === name.text)
    const local = declared === undefined ? null : view.snapshot.symbolOf(declared.name)
    return local === null ? [] : [{ ...spanOf(name), kind: "symbol", symbol: local, type: null }]
  }
  const parameter = parametersOf(view, call)?.find((one) => one.name === name.text)
  if (parameter === undefined) return []
  const member: Member = { name: name.text, type: parameter.type, doc: null, declared: null, symbol: null }
  return [memberTarget(name, member, call.callee.text, parameter.default)]
}

function recordFieldTarget(
  view: View,
  chain: readonly tree.Node[],
  at: number,
  name: tree.Name,
  field: tree.RecordField,
): readonly Target[] {
  const text = view.text
  const member: Member = {
    name: name.text,
    type: view.snapshot.declaredType(field.type),
    doc: field.doc ?? null,
    declared: { source: view.unit.source, start: name.start, end: name.end },
    symbol: null,
  }
  const owner = chain.slice(0, at).findLast((node) => "name" in node && node.kind !== "record-field") as
    | { name: tree.Name }
    | undefined
  const value = field.value === undefined ? null : text.slice(field.value.start, field.value.end)
  return [memberTarget(name, member, owner?.name.text ?? "a record", value)]
}

/** What has a symbol of its own is shown as that. */
function memberTarget(name: tree.Name, member: Member, of: string, value: string | null): Target {
  if (member.symbol !== null) return { ...spanOf(name), kind: "symbol", symbol: member.symbol, type: member.type }
  return { ...spanOf(name), kind: "member", member, of, default: value }
}

function textTargets(view: View, chain: readonly tree.Node[], node: tree.Text): readonly Target[] {
  const span = { start: node.start, end: node.end }
  const written = node.parts.every((part) => typeof part === "string") ? node.parts.join("") : null
  const parent = chain.at(-2)
  if (written === null || written === "") return []
  if (parent?.kind === "use") {
    const [found] = new Set(view.unit.imports.get(parent)?.values() ?? [])
    return found === undefined ? [] : [{ ...span, kind: "file", path: found.path }]
  }
  const call = chain.at(-3)
  if (parent?.kind === "argument" && call?.kind === "call") {
    if (parameterOf(view, call, parent)?.path) {
      return [{ ...span, kind: "file", path: joinPath(folderOf(view.unit.path), written) }]
    }
    if (Object.hasOwn(codes, written)) return [{ ...span, kind: "code", code: written as Code }]
  }
  const type = view.typeOf(node)
  return type === null ? [] : [{ ...span, kind: "value", expression: node, type }]
}

function ownerOf(type: Type): string {
  switch (type.kind) {
    case "record":
      return type.name ?? "this record"
    case "union":
      return type.name
    case "appliance":
      return "an appliance"
    case "service":
      return type.service?.name ?? "a service"
    case "network":
    case "host":
    case "cluster":
      return `a ${type.kind}`
    case "optional":
      return ownerOf(type.of)
    default:
      return "this value"
  }
}

function isExpression(node: tree.Node): boolean {
  return ["int", "float", "quantity", "port", "ip", "cidr", "bool", "null"].includes(node.kind)
}

function spanOf(name: tree.Name) {
  return { start: name.start, end: name.end }
}
