import type * as tree from "../syntax/tree.ts"
import { templateName } from "../values/templates/scope.ts"
import { candidate, detailOf, symbolCandidate } from "./candidates.ts"
import type { Candidate, Cursor } from "./completion.ts"
import { valuesAt } from "./completion-values.ts"
import { visibleAt } from "./scope.ts"
import { type FieldOf, itemsOf, namesGiven, type Shape, shapeAt } from "./shapes.ts"
import { snippets } from "./snippets.ts"
import { namesOfUse, templateUses } from "./templates.ts"

/** What may begin in the body around the cursor: fields that are not given yet, and declarations. */
export function itemsAt(cursor: Cursor): readonly Candidate[] {
  const { view, chain } = cursor
  const field = chain.at(-2) as tree.Field
  const holder = chain.findLastIndex((node) => ["body", "record", "file"].includes(node.kind))
  const shape = holder === -1 ? null : shapeAt(view, chain, holder)
  const passed = passedToTemplate(cursor, holder)
  if (passed !== null) return passed
  if (shape === null) return valuesAt(cursor)
  const given = namesGiven(itemsOf(outermost(cursor, holder)))
  const isWritten = !field.short
  const fields = shape.fields.filter(({ name }) => !given.has(name)).map((one) => fieldCandidate(one, isWritten))
  return isWritten ? fields : [...fields, ...all(cursor, shape), ...declarations(shape)]
}

/** The body whose fields count as given: that around the `for` and `if` that the cursor is in. */
function outermost({ chain }: Cursor, holder: number): tree.Node {
  let at = holder
  while (at > 1 && ["for", "if", "item-arm", "match"].includes(chain[at - 1]!.kind)) {
    const outer = chain.slice(0, at - 1).findLastIndex(({ kind }) => kind === "body" || kind === "record")
    if (outer === -1) break
    at = outer
  }
  return chain[at]!
}

function fieldCandidate(field: FieldOf, isWritten: boolean): Candidate {
  const detail = detailOf(field.type)
  const kind = field.symbol?.kind === "param" ? "param" : field.symbol?.kind === "needs" ? "need" : "field"
  const value = field.default === null ? "" : ` = ${field.default}`
  return candidate(field.name, kind, field.required ? 0 : field.symbol !== null || field.declared !== null ? 1 : 2, {
    detail: detail === null ? null : `${detail}${value}${field.required ? " (needed)" : ""}`,
    doc: field.doc,
    text: isWritten ? field.name : `${field.name} = `,
  })
}

function declarations(shape: Shape): readonly Candidate[] {
  return snippets
    .filter((one) => one.in.includes(shape.of))
    .map((one) =>
      candidate(one.word, "snippet", shape.fields.length > 0 ? 3 : 1, {
        detail: one.says,
        text: one.lines.join("\n"),
        snippet: true,
      }),
    )
}

/** In a record or map of a value, `{ site }` is short for `{ site = site }`: names that a field has too. */
function all({ view, chain }: Cursor, shape: Shape): readonly Candidate[] {
  if (shape.of !== "fields") return []
  const names = visibleAt(view, chain)
  return shape.fields.flatMap(({ name }) => {
    const symbol = names.get(name)
    return symbol === undefined ? [] : [{ ...symbolCandidate(view.snapshot, name, symbol, 3), detail: "short form" }]
  })
}

/** The variables that a template asks for, in the record that is passed to it; null where there is no such record. */
function passedToTemplate(cursor: Cursor, holder: number): readonly Candidate[] | null {
  const { chain, view } = cursor
  const call = chain[holder - 2]
  if (chain[holder]?.kind !== "record" || call?.kind !== "call" || call.callee.kind !== "name") return null
  if (call.callee.text !== "template") return null
  const given = namesGiven(itemsOf(chain[holder]!))
  const asked = variablesAsked(cursor, call)
  const visible = visibleAt(view, chain)
  const isValue = (name: string) => !given.has(name) && /^[a-z]/.test(name)
  const names = [...visible].filter(
    ([name, symbol]) => isValue(name) && symbol.kind !== "self" && symbol.kind !== "outside",
  )
  const shorts = names.map(([name, symbol]) =>
    symbolCandidate(view.snapshot, name, symbol, asked.has(templateName(name)) ? 0 : 2),
  )
  const others = [...asked]
    .filter((name) => !given.has(name) && !names.some(([one]) => templateName(one) === name))
    .map((name) =>
      candidate(name.replaceAll("_", "-"), "field", 0, {
        detail: "asked for by the template",
        text: `${name.replaceAll("_", "-")} = `,
      }),
    )
  return [...others, ...shorts]
}

function variablesAsked({ view, unit }: Cursor, call: tree.Call): ReadonlySet<string> {
  const use = templateUses(view.snapshot, unit).find((one) => one.call.start === call.start)
  if (use === undefined) return new Set()
  const names = namesOfUse(view.snapshot, use).filter(
    ({ occurrence: { kind } }) => kind === "passed" || kind === "unknown",
  )
  return new Set(names.map(({ occurrence }) => occurrence.name))
}
