import type * as tree from "../syntax/tree.ts"
import { equals } from "./arithmetic.ts"
import { literalPath } from "./calls.ts"
import { compile } from "./expressions.ts"
import { type Code, code, constantCode, type Evaluation, fail, type Place, spanOf } from "./frame.ts"
import { compileSelf } from "./members-of-things.ts"
import type { ApplianceThing, Traced } from "./model.ts"
import { readMember } from "./read.ts"
import { isObject } from "./show.ts"
import { renderTemplate } from "./templates/render.ts"
import { templateName } from "./templates/scope.ts"
import type { Template } from "./templates/tree.ts"
import { type Tracer, tracerOf } from "./trace.ts"
import { type Content, type Deferred, invalid, type RecordValue, type Value } from "./value.ts"

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
  const call = spanOf(unit, expression)
  const path = literalPath(place, path_argument)
  let template: Template | null | undefined
  // Many appliances of one class pass the same values from the same places, and then have one content.
  let last: Rendered | null = null
  const run: Code["run"] = (frame) => {
    const value = record.run(frame)
    if (path === null || !isObject(value) || value.kind !== "record") return invalid
    template ??= evaluation.library.template(unit, path, spanOf(unit, path_argument!))
    if (template === null) return invalid
    const traces = tracers.map(([, trace]) => trace(frame))
    const same_values = last !== null && equals(last.record, value)
    if (last !== null && same_values && traces.every((trace, index) => trace === last?.traces[index]))
      return last.content
    const reader = self?.of(frame) ?? null
    const text = last !== null && same_values ? last.content.text : render(evaluation, template, value, reader, call)
    if (text === null) return invalid
    const causes = tracers.map(([name], index) => causeOf(name, value, traces[index]!))
    last = { record: value, traces, content: { kind: "template", path, text, causes, span: call } }
    return last.content
  }
  return code(run, [record])
}

type Rendered = {
  readonly record: RecordValue
  readonly traces: readonly Traced[]
  readonly content: Content & { readonly kind: "template" }
}

const noVariables: RecordValue = { kind: "record", tag: null, fields: new Map() }

function render(
  evaluation: Evaluation,
  template: Template,
  record: RecordValue,
  self: ApplianceThing | null,
  call: Content["span"],
): string | Deferred | null {
  const variables = new Map<string, Value>()
  for (const [name, value] of record.fields) variables.set(templateName(name), value)
  const member = (value: Value, name: string) => readMember(evaluation, value, name, self, () => call)
  const rendered = renderTemplate(template, variables, member)
  if ("text" in rendered) return rendered.text
  if (rendered.problem === null) return null
  const { code: found, span, message, hint } = rendered.problem
  fail(evaluation, found, span, message, { hint, related: [{ message: "rendered by this call", span: call }] })
  return null
}

/** How each variable that is written out is traced. */
function tracersOf(place: Place, variables: tree.Expression | undefined): readonly (readonly [string, Tracer])[] {
  if (variables?.kind !== "record") return []
  const fields = variables.items.filter((item) => item.kind === "field")
  return fields.map((field) => [field.name.text, tracerOf(place, field.value)] as const)
}

function causeOf(name: string, record: RecordValue, { through, span }: Traced) {
  const others = through.includes(name) ? through.filter((read) => read !== name) : through
  return { name, value: record.fields.get(name) ?? null, through: others, span }
}
