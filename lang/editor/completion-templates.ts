import { showType } from "../types/show.ts"
import type { Type } from "../types/type.ts"
import { filters } from "../values/templates/filters.ts"
import { templateName } from "../values/templates/scope.ts"
import { candidate } from "./candidates.ts"
import type { Candidate, Completion } from "./completion.ts"
import { membersOf } from "./members.ts"
import { textOf } from "./places.ts"
import type { Snapshot } from "./snapshot.ts"
import { namesOfUse, type TemplateUse, usesOfTemplate } from "./templates.ts"

/** What could be written in a template: the variables that are passed to it, members of values, filters, tags. */
export function completeTemplate(snapshot: Snapshot, path: string, offset: number): Completion {
  const none: Completion = { path, start: offset, end: offset, candidates: [] }
  const text = textOf(snapshot, path)
  const inside = text === null ? null : insideOf(text, offset)
  if (text === null || inside === null) return none
  const before = text.slice(inside.start, offset)
  const typed = /[A-Za-z_][A-Za-z0-9_]*$/.exec(before)?.[0] ?? ""
  const start = offset - typed.length
  const lead = text.slice(inside.start, start)
  const result = (candidates: readonly Candidate[]): Completion => ({ path, start, end: offset, candidates })
  if (/\|\s*$/.test(lead)) return result([...filters.keys()].map((name) => candidate(name, "function", 0)))
  if (inside.kind === "tag" && /^[-\s]*$/.test(lead)) return result(tags())
  const uses = usesOfTemplate(snapshot, path)
  const found = uses.map((use) => candidatesOf(snapshot, use, path, text, start, offset))
  const seen = new Map(found.flat().map((one) => [one.label, one]))
  return result([...seen.values()])
}

const placeholder = "zz_cursor"

/** Reads the template with a variable at the cursor; where the rest of it is broken, only that expression. */
function candidatesOf(
  snapshot: Snapshot,
  use: TemplateUse,
  path: string,
  text: string,
  start: number,
  offset: number,
): readonly Candidate[] {
  const inside = insideOf(text, offset)!
  const whole = text.slice(0, start) + placeholder + text.slice(offset)
  const alone = `{{ ${text.slice(inside.start, start).replace(/^[-\s]*(?:if|elif|for\s+\w+\s+in|set\s+\w+\s*=)\s/, "")}${placeholder} }}`
  for (const attempt of [whole, alone]) {
    const bytes = new TextEncoder().encode(attempt)
    const files = { ...snapshot.files, read: (name: string) => (name === path ? bytes : snapshot.files.read(name)) }
    const found = namesOfUse(snapshot, use, files).find(({ occurrence }) => occurrence.name === placeholder)
    if (found === undefined) continue
    const { kind, of, scope } = found.occurrence
    if (kind === "member") return membersOf(snapshot, of).map((one) => named(one.name, one.type, one.doc))
    return [...scope].map(([name, type]) => named(name, type, null))
  }
  return []
}

function named(name: string, type: Type | null, doc: string | null): Candidate {
  const detail = type === null || type.kind === "unknown" ? null : showType(type)
  return candidate(templateName(name), "value", 0, { detail, doc })
}

function tags(): readonly Candidate[] {
  const words: readonly (readonly [string, string])[] = [
    ["if", "if $1 %}$0{% endif"],
    ["for", "for $1 in $2 %}$0{% endfor"],
    ["set", "set $1 = $2"],
    ["include", 'include "$1"'],
    ["else", "else"],
    ["elif", "elif $1"],
    ["endif", "endif"],
    ["endfor", "endfor"],
    ["raw", "raw %}$0{% endraw"],
  ]
  return words.map(([label, text]) => candidate(label, "keyword", 0, { text, snippet: text.includes("$") }))
}

/** The `{{ … }}` or `{% … %}` that an offset lies in: where its inside starts. */
function insideOf(text: string, offset: number): { readonly kind: "output" | "tag"; readonly start: number } | null {
  const output = text.lastIndexOf("{{", offset - 1)
  const tag = text.lastIndexOf("{%", offset - 1)
  const opened = Math.max(output, tag)
  if (opened === -1 || opened + 2 > offset) return null
  const closed = Math.max(text.lastIndexOf("}}", offset - 1), text.lastIndexOf("%}", offset - 1))
  if (closed > opened && closed + 2 <= offset) return null
  return { kind: output > tag ? "output" : "tag", start: opened + 2 }
}
