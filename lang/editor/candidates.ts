import type { AnySymbol } from "../names/symbol.ts"
import { showType } from "../types/show.ts"
import type { Type } from "../types/type.ts"
import type { Candidate, CandidateKind } from "./completion.ts"
import type { Member } from "./members.ts"
import type { Snapshot } from "./snapshot.ts"
import { declarationOf } from "./symbols.ts"
import { typeOfSymbol } from "./types.ts"
import { builtinHead, headOf } from "./words.ts"

/** A candidate that is written as it is called. */
export function candidate(
  label: string,
  kind: CandidateKind,
  rank: Candidate["rank"],
  more: Partial<Candidate> = {},
): Candidate {
  return { label, kind, rank, detail: null, doc: null, text: label, snippet: false, more: [], ...more }
}

/** A name that can be seen. */
export function symbolCandidate(
  snapshot: Snapshot,
  name: string,
  symbol: AnySymbol,
  rank: Candidate["rank"],
): Candidate {
  const type = symbol.kind === "self" ? null : typeOfSymbol(snapshot, symbol)
  const more = { detail: detailOf(type), doc: declarationOf(symbol)?.doc ?? null }
  if (symbol.kind === "function")
    return candidate(name, "function", rank, {
      ...more,
      detail: headOf(symbol, null).slice("fn ".length),
      text: `${name}($1)`,
      snippet: true,
    })
  return candidate(name, kindOf(symbol), rank, more)
}

/** What can be read after a `.`. */
export function memberCandidate(member: Member, rank: Candidate["rank"]): Candidate {
  const kind = member.symbol === null ? "field" : kindOf(member.symbol)
  return candidate(member.name, kind, rank, { detail: detailOf(member.type), doc: member.doc })
}

/** A function of the language, with its parentheses. */
export function builtinCandidate(name: string, doc: string, rank: Candidate["rank"]): Candidate {
  const inner = pathFunctions.has(name) ? '"$1"' : "$1"
  return candidate(name, "function", rank, { detail: builtinHead(name), doc, text: `${name}(${inner})`, snippet: true })
}

export function detailOf(type: Type | null): string | null {
  return type === null || type.kind === "unknown" ? null : showType(type)
}

export function kindOf(symbol: AnySymbol): CandidateKind {
  switch (symbol.kind) {
    case "provides":
      return "provided"
    case "needs":
      return "need"
    case "let":
    case "output":
    case "local":
    case "self":
    case "outside":
      return "value"
    case "builtin":
      return "function"
    case "namespace":
      return "module"
    default:
      return symbol.kind
  }
}

const pathFunctions: ReadonlySet<string> = new Set(["file", "folder", "template", "read", "debian"])
