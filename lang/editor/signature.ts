import type * as tree from "../syntax/tree.ts"
import { builtins } from "../types/functions.ts"
import { showType } from "../types/show.ts"
import { cursorAt } from "./completion.ts"
import { parametersOf } from "./expected.ts"
import { wordAt } from "./nodes.ts"
import type { Snapshot } from "./snapshot.ts"
import { declarationOf } from "./symbols.ts"

/** What a call takes: its label, where in the label each parameter stands, and which one the cursor is at. */
export type Signature = {
  readonly label: string
  readonly doc: string | null
  /** Offsets into the label. */
  readonly parameters: readonly { readonly start: number; readonly end: number }[]
  /** The place of the parameter in the list; null behind the last one. */
  readonly active: number | null
}

/** The innermost call whose parentheses an offset lies in; null outside of all. */
export function signatureHelp(snapshot: Snapshot, path: string, offset: number): Signature | null {
  const unit = snapshot.units.get(path)
  if (unit === undefined) return null
  const { text } = unit.source
  const { start } = wordAt(text, offset)
  const cursor = cursorAt(snapshot, unit, start, offset)
  const chain = cursor?.chain ?? []
  const at = chain.findLastIndex((node, index) => node.kind === "call" && node.callee !== chain[index + 1])
  const call = chain[at]
  if (cursor === null || call?.kind !== "call") return null
  const parameters = parametersOf(cursor.view, call)
  const callee = call.callee.kind === "name" ? call.callee : call.callee.kind === "member" ? call.callee.name : null
  if (parameters === null || callee === null) return null
  const symbol = cursor.view.symbolOf(callee)
  const places: { start: number; end: number }[] = []
  let label = `${callee.text}(`
  for (const [index, { name, type, default: value }] of parameters.entries()) {
    if (index > 0) label += ", "
    const shown = `${name}${type === null ? "" : `: ${showType(type)}`}${value === null ? "" : ` = ${value}`}`
    places.push({ start: label.length, end: label.length + shown.length })
    label += shown
  }
  const doc = builtins.get(callee.text)?.doc ?? (symbol === null ? null : (declarationOf(symbol)?.doc ?? null))
  return { label: `${label})`, doc, parameters: places, active: activeOf(call, chain[at + 1], parameters) }
}

function activeOf(
  call: tree.Call,
  argument: tree.Node | undefined,
  parameters: readonly { readonly name: string }[],
): number | null {
  if (argument?.kind !== "argument") return null
  const index = argument.name
    ? parameters.findIndex(({ name }) => name === argument.name!.text)
    : call.arguments.indexOf(argument)
  return index >= 0 && index < parameters.length ? index : null
}
