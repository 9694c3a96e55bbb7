import type { Unit } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import { eachChild } from "../syntax/walk.ts"
import { showType } from "../types/show.ts"
import { parametersOf } from "./expected.ts"
import { addressesOf, appliancesNamed } from "./facts.ts"
import type { Evaluated, Snapshot } from "./snapshot.ts"
import { typeOfSymbol } from "./types.ts"
import { viewOf } from "./view.ts"

/** A few words that an editor shows behind an offset, as if they stood there. */
export type Hint = {
  readonly offset: number
  readonly text: string
  readonly kind: "type" | "parameter" | "fact"
}

/**
 * What the compiler found out and nobody wrote: the types of lets, the addresses and hosts of appliances, the parameters of arguments.
 * `from` and `to` bound it to what an editor shows.
 */
export function inlayHints(snapshot: Snapshot, path: string, from = 0, to = Number.POSITIVE_INFINITY): readonly Hint[] {
  const unit = snapshot.units.get(path)
  if (unit === undefined) return []
  const hints: Hint[] = []
  let evaluated: Evaluated | null | undefined
  const visit = (node: tree.Node) => {
    if (node.kind === "comment" || node.end < from || node.start > to) return
    if (node.kind === "let") hints.push(...letHints(snapshot, node))
    else if (node.kind === "call") hints.push(...argumentHints(snapshot, unit, node))
    else if (node.kind === "instance" || node.kind === "insert") {
      evaluated ??= snapshot.evaluated(path)
      hints.push(...applianceHints(evaluated, node))
    }
    eachChild(node, visit)
  }
  for (const item of unit.tree.items) visit(item)
  return hints.sort((left, right) => left.offset - right.offset)
}

function letHints(snapshot: Snapshot, node: tree.Let): readonly Hint[] {
  if (node.type !== undefined || isPlain(node.value)) return []
  const symbol = snapshot.symbolOf(node.name)
  const type = symbol === null ? null : typeOfSymbol(snapshot, symbol)
  if (type === null) return []
  const shown = showType(type)
  return shown.length > 60 ? [] : [{ offset: node.name.end, text: `: ${shown}`, kind: "type" }]
}

/** Where a reader would have to look up what a literal is for. */
function argumentHints(snapshot: Snapshot, unit: Unit, call: tree.Call): readonly Hint[] {
  if (call.arguments.length < 2) return []
  const parameters = parametersOf(viewOf(snapshot, unit), call) ?? []
  return call.arguments.flatMap((argument, index) => {
    const parameter = parameters[index]
    if (parameter === undefined || argument.name !== undefined || !isPlain(argument.value)) return []
    if (parameter.path) return []
    return [{ offset: argument.start, text: `${parameter.name} =`, kind: "parameter" as const }]
  })
}

function applianceHints(evaluated: Evaluated | null, node: tree.Instance | tree.Insert): readonly Hint[] {
  const desired = evaluated?.desired
  if (!evaluated?.current || !desired) return []
  const all = appliancesNamed(desired, node.name.text)
  const [first] = all
  if (first === undefined) return []
  const key = "key" in node ? node.key : undefined
  const offset = key === undefined ? node.name.end : key.end + 1
  const addresses = all.length === 1 ? addressesOf(first) : `${addressesOf(first)} … ${addressesOf(all.at(-1)!)}`
  const hosts = [...new Set(all.map(({ host }) => host))]
  // With one host there is nothing to choose.
  const where = desired.hosts.length < 2 ? "" : ` on ${hosts.join(", ")}`
  return [{ offset, text: `${addresses}${where}`, kind: "fact" }]
}

function isPlain(value: tree.Expression): boolean {
  return ["int", "float", "quantity", "port", "ip", "cidr", "bool", "null", "text"].includes(value.kind)
}
