import type { DesiredState, End, Flow } from "./desired/desired-state.ts"
import { bind } from "./names/bind.ts"
import { load } from "./names/load.ts"
import type { ClusterSymbol } from "./names/symbol.ts"
import { type Input, realise } from "./realise.ts"
import type { Diagnostic } from "./report/diagnostic.ts"
import { makeReport } from "./report/report.ts"
import type * as tree from "./syntax/tree.ts"
import { joinPath } from "./text/paths.ts"
import { type Origin, originOf, type Source, type Span } from "./text/source.ts"
import { check } from "./types/check.ts"
import { makeLibrary } from "./values/content.ts"
import { type Explanation, explain } from "./values/explain.ts"
import { display } from "./values/show.ts"
import { templateChecker } from "./values/templates.ts"

/** Why a value is what it is, as plain data: what was read, what it is, where that is written, and what it was made of. */
export type Why = {
  readonly what: string
  /** Null for what is no value, such as a flow. */
  readonly value: string | null
  /** What gave it, when no expression did: `the address plan of dmz`. */
  readonly how: string | null
  readonly origin: Origin | null
  readonly because: readonly Why[]
}

/** The reasons, one for each thing that was meant; none when there was an error, which is told. */
export type WhyAnswer = { readonly reasons: readonly Why[]; readonly diagnostics: readonly Diagnostic[] }

/**
 * Says why a value of a cluster is what it is. `address` is an expression that could stand in the cluster, such as `web[1].address` or
 * `names.files["/etc/hosts"]`, the name of an output, or two ends of a flow, `web[1] -> names`.
 */
export function why(input: Input, address: string): WhyAnswer {
  const plain = compileWith(input, null)
  if (plain.realised === null) return { reasons: [], diagnostics: plain.diagnostics }
  const { desired } = plain.realised
  if (address.includes("->")) return flowsBetween(desired, address)
  const cluster = plain.cluster!
  const output = address.trim()
  const found = outputOf(cluster, output)
  const asked = found === null ? address : textOf(cluster, found.value)
  const question = questionIn(cluster, asked)
  const answered = compileWith(input, question)
  const item = answered.cluster?.declaration.body.items.find(
    (one) => one.kind === "let" && one.name.text === question.name,
  )
  if (answered.realised === null || item?.kind !== "let") {
    const errors = answered.diagnostics.filter(({ severity }) => severity === "error")
    return { reasons: [], diagnostics: errors.map((one) => aboutQuestion(one, question)) }
  }
  const { place, frame } = answered.realised.model.inside
  const explanation = plainWhy(explain(place, item.value, frame), question)
  const top = found === null ? explanation : { ...explanation, what: output, origin: originOf(spanIn(cluster, found)) }
  return { reasons: [top], diagnostics: [] }
}

/** A let at the end of the cluster's body, whose value is what is asked about. */
type Question = {
  readonly name: string
  readonly text: string
  /** Where the let begins, and its value. */
  readonly from: number
  readonly start: number
  readonly source: Source
  readonly asked: Source
}

function questionIn(cluster: ClusterSymbol, address: string): Question {
  const { source } = cluster.unit
  const { start, end } = cluster.declaration.body
  let name = "the-question"
  while (source.text.includes(name)) name = `${name}-x`
  const before = source.text.slice(0, end - 1)
  const comma = /[{,\n]\s*$/.test(before.slice(start)) ? "" : ", "
  const head = `${before}${comma}let ${name} = `
  const text = `${head}${address} ${source.text.slice(end - 1)}`
  return {
    name,
    text,
    from: before.length,
    start: head.length,
    source,
    asked: { path: "the address", text: address, said: true },
  }
}

function compileWith(input: Input, question: Question | null) {
  const report = makeReport()
  const entry = joinPath(".", input.entry)
  const files: Input["files"] = {
    ...input.files,
    read: (path) =>
      question !== null && joinPath(".", path) === entry
        ? new TextEncoder().encode(question.text)
        : input.files.read(path),
  }
  const program = load(input.entry, files, input.standard, report, input.modules ?? null)
  const bindings = bind(program, report)
  const library = makeLibrary(files, report)
  const types = check(program, bindings, report, templateChecker(library, report))
  const { model, desired } = realise({ program, bindings, library, types }, input, report)
  return {
    realised: model === null || desired === null ? null : { model, desired },
    cluster: model?.cluster.cluster ?? null,
    diagnostics: report.diagnostics,
  }
}

/** A diagnostic about what was asked, as one about the text of the question. */
function aboutQuestion(diagnostic: Diagnostic, question: Question): Diagnostic {
  const moved = (span: Span): Span => movedSpan(span, question)
  return {
    ...diagnostic,
    span: moved(diagnostic.span),
    related: diagnostic.related.map((one) => ({ ...one, span: moved(one.span) })),
    fix: undefined,
  }
}

function movedSpan(span: Span, { from, start, asked, source }: Question): Span {
  if (span.source.path !== source.path || span.start < from) return span
  const inside = (offset: number) => Math.max(0, Math.min(offset - start, asked.text.length))
  return { source: asked, start: inside(span.start), end: inside(span.end) }
}

function plainWhy({ what, value, how, span, because }: Explanation, question: Question): Why {
  const own = span !== null && span.source.path === question.source.path && span.start >= question.start
  const inside = own && span.end <= question.start + question.asked.text.length
  return {
    what,
    value: value === undefined ? null : display(value),
    how,
    origin: span === null || inside ? null : originOf(span),
    because: because.map((one) => plainWhy(one, question)),
  }
}

function outputOf(cluster: ClusterSymbol, name: string): tree.Output | null {
  const found = cluster.declaration.body.items.find((item) => item.kind === "output" && item.name.text === name)
  return found?.kind === "output" ? found : null
}

function textOf(cluster: ClusterSymbol, node: tree.Spanned): string {
  return cluster.unit.source.text.slice(node.start, node.end)
}

function spanIn(cluster: ClusterSymbol, node: tree.Spanned): Span {
  return { source: cluster.unit.source, start: node.start, end: node.end }
}

/** The flows from one end to another, each with what opened it; `*` is any end. */
function flowsBetween(desired: DesiredState, address: string): WhyAnswer {
  const [from = "", rest = ""] = address.split("->").map((part) => part.trim())
  const [to = "", ports = ""] = rest.split(/\s+on\s+/)
  const isMeant = (flow: Flow): boolean =>
    (from === "*" || endText(flow.from) === from) &&
    (to === "*" || endText(flow.to) === to) &&
    (ports === "" || flow.ports.some((port) => portText(port) === ports))
  const reasons = desired.flows.filter(isMeant).map(
    (flow): Why => ({
      what: `${endText(flow.from)} -> ${endText(flow.to)} on ${flow.ports.map(portText).join(", ")}`,
      value: null,
      how: flow.cause,
      origin: flow.origin,
      because: [],
    }),
  )
  return { reasons, diagnostics: [] }
}

function endText(end: End): string {
  if (end.kind === "appliance") return end.id
  if (end.kind === "network") return end.name
  return end.kind === "cidr" ? end.cidr : "outside"
}

function portText({ from, to, protocol }: Flow["ports"][number]): string {
  return `${from === to ? from : `${from}..${to}`}/${protocol}`
}
