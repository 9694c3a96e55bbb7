import type * as tree from "../syntax/tree.ts"
import { literalPath } from "./calls.ts"
import { compile } from "./expressions.ts"
import { type Code, code, constantCode, type Evaluation, type Frame, fail, type Place, spanOf } from "./frame.ts"
import { compileSelf } from "./members-of-things.ts"
import type { ApplianceThing } from "./model.ts"
import { readMember } from "./read.ts"
import { isObject } from "./show.ts"
import { renderTemplate } from "./templates/render.ts"
import { templateName } from "./templates/scope.ts"
import type { Template } from "./templates/tree.ts"
import { type Tracer, tracerOf } from "./trace.ts"
import { invalid, type RecordValue, type TracedValue, type Value } from "./value.ts"

/**
 * `template("site.conf.njk", { site, workers })`: the text that the template gives for the record, and for each of its variables
 * where its value came from.
 */
export function compileTemplate(
  place: Place,
  expression: tree.Call,
  path_argument: tree.Expression | undefined,
  variables: tree.Expression | undefined,
): Code {
  const { evaluation, unit } = place
  const record = variables === undefined ? constantCode(noVariables) : compile(place, variables)
  const self = compileSelf(place)
  const tracers = tracersOf(place, variables)
  const span = spanOf(unit, expression)
  const path = literalPath(place, path_argument)
  let template: Template | null | undefined
  let last: { readonly values: readonly Value[]; readonly text: string } | null = null
  const run: Code["run"] = (frame) => {
    const value = record.run(frame)
    if (path === null || !isObject(value) || value.kind !== "record") return invalid
    template ??= evaluation.library.template(unit, path, spanOf(unit, path_argument!))
    if (template === null) return invalid
    const values = [...value.fields.values()]
    // Many appliances of one class pass the same values, and so get the same text.
    if (last === null || !sameValues(last.values, values)) {
      const text = render(evaluation, template, value, self?.of(frame) ?? null, expression, place)
      if (text === null) return invalid
      last = { values, text }
    }
    return { kind: "template", path, text: last.text, causes: causesOf(tracers, value, frame), span }
  }
  return code(run, [record])
}

const noVariables: RecordValue = { kind: "record", tag: null, fields: new Map() }

function render(
  evaluation: Evaluation,
  template: Template,
  record: RecordValue,
  self: ApplianceThing | null,
  expression: tree.Call,
  place: Place,
): string | null {
  const call = spanOf(place.unit, expression)
  const variables = new Map([...record.fields].map(([name, value]) => [templateName(name), value]))
  const member = (value: Value, name: string) => readMember(evaluation, value, name, self, () => call)
  const rendered = renderTemplate(template, variables, member)
  if ("text" in rendered) return rendered.text
  if (rendered.problem === null) return null
  const { code: found, span, message, hint } = rendered.problem
  fail(evaluation, found, span, message, { hint, related: [{ message: "rendered by this call", span: call }] })
  return null
}

/** Values that hold no others are the same when they are equal, and lists and records when they are one. */
function sameValues(left: readonly Value[], right: readonly Value[]): boolean {
  return left.length === right.length && left.every((value, index) => value === right[index])
}

function tracersOf(place: Place, variables: tree.Expression | undefined): readonly (readonly [string, Tracer])[] {
  if (variables?.kind !== "record") return []
  const fields = variables.items.filter((item) => item.kind === "field")
  return fields.map((field) => [field.name.text, tracerOf(place, field.value)])
}

function causesOf(
  tracers: readonly (readonly [string, Tracer])[],
  record: RecordValue,
  frame: Frame,
): readonly TracedValue[] {
  return tracers.map(([name, trace]) => {
    const { through, span } = trace(frame)
    return { name, value: record.fields.get(name) ?? null, through: through.filter((read) => read !== name), span }
  })
}
