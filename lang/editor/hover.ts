import type { AnySymbol } from "../names/symbol.ts"
import { codes } from "../report/codes.ts"
import { builtins } from "../types/functions.ts"
import { showType } from "../types/show.ts"
import { factsOf } from "./facts.ts"
import { memberNamed } from "./members.ts"
import type { Place } from "./places.ts"
import type { Snapshot } from "./snapshot.ts"
import { declarationOf } from "./symbols.ts"
import { type Target, targetsAt } from "./target.ts"
import { namesOfUse, usesOfTemplate } from "./templates.ts"
import { typeDocs } from "./type-docs.ts"
import { typeOfSymbol } from "./types.ts"
import { headOf } from "./words.ts"

/** What an editor shows of a place: Markdown, and the place that it is about. */
export type Hover = { readonly place: Place; readonly markdown: string }

/** What stands at an offset: its type, its doc comment, and what it came to when the cluster was evaluated; null for nothing. */
export function hover(snapshot: Snapshot, path: string, offset: number): Hover | null {
  const unit = snapshot.units.get(path)
  if (unit === undefined) return hoverInTemplate(snapshot, path, offset)
  const [target] = targetsAt(snapshot, unit, offset)
  const markdown = target === undefined ? null : textOfTarget(snapshot, path, offset, target)
  if (target === undefined || markdown === null) return null
  return { place: { path, start: target.start, end: target.end }, markdown }
}

function textOfTarget(snapshot: Snapshot, path: string, offset: number, target: Target): string | null {
  switch (target.kind) {
    case "symbol":
      return symbolText(snapshot, path, offset, target.symbol)
    case "member": {
      const { name, type, doc } = target.member
      const value = target.default === null ? "" : ` = ${target.default}`
      return page(`${name}${type === null ? "" : `: ${showType(type)}`}${value}`, [doc, `a field of ${target.of}`])
    }
    case "type":
      return page(target.name, [typeDocs.get(target.name) ?? null])
    case "file":
      return page(target.path, [])
    case "code": {
      const { title, explain } = codes[target.code]
      return `**${target.code}** ${title}\n\n${explain}`
    }
    case "value":
      return page(showType(target.type), [])
  }
}

function symbolText(snapshot: Snapshot, path: string, offset: number, symbol: AnySymbol): string {
  const type = symbol.kind === "self" ? null : typeOfSymbol(snapshot, symbol)
  const doc =
    symbol.kind === "builtin" ? (builtins.get(symbol.name)?.doc ?? null) : (declarationOf(symbol)?.doc ?? null)
  return page(headOf(symbol, type), [doc, factsOf(snapshot, path, offset, symbol).join("\n")])
}

function hoverInTemplate(snapshot: Snapshot, path: string, offset: number): Hover | null {
  for (const use of usesOfTemplate(snapshot, path)) {
    for (const { place, occurrence } of namesOfUse(snapshot, use)) {
      if (place.path !== path || offset < place.start || offset > place.end) continue
      const { name, type, of, kind } = occurrence
      const member = kind === "member" ? memberNamed(snapshot, of, name) : null
      const where = kind === "passed" ? `passed by ${use.unit.source.path}` : null
      return {
        place,
        markdown: page(`${name}${type === null ? "" : `: ${showType(type)}`}`, [member?.doc ?? null, where]),
      }
    }
  }
  return null
}

function page(head: string, parts: readonly (string | null)[]): string {
  const rest = parts.filter((part) => part !== null && part !== "")
  return [`\`\`\`appl\n${head}\n\`\`\``, ...rest].join("\n\n")
}
