import type { Diagnostic } from "../report/diagnostic.ts"
import { makeReport } from "../report/report.ts"
import { parse } from "../syntax/parse.ts"
import { folderOf, joinPath } from "../text/paths.ts"
import type { Source, Span } from "../text/source.ts"

/** One input by hand: an expression, a let, or what stands at the top of a file. */
export type Entered = {
  readonly kind: "expression" | "let" | "declaration"
  /** The names that it declares. */
  readonly names: readonly string[]
  readonly source: Source
}

/** The name of the let that an expression is the value of. */
export const questionName = "the-answer"

/** Says what an input is, by the word that it begins with; `number` tells it from the others. */
export function enteredAs(text: string, number: number): Entered {
  // What is asserted is shown, as any condition is.
  const source: Source = { path: `input ${number}`, text: text.replace(/^(\s*)assert\s/, "$1       ") }
  const word = /^\s*(?:\/\/\/.*\n\s*|#.*\n\s*)*([a-z]+)\s/.exec(text)?.[1]
  if (word === undefined || !words.has(word)) return { kind: "expression", names: [], source }
  const { items } = parse(source, makeReport())
  const names = items.flatMap((item) => {
    if (item.kind === "use") return [item.namespace, ...item.names.map((one) => one.alias ?? one.name)]
    return "name" in item && item.name?.kind === "name" ? [item.name] : []
  })
  return {
    kind: word === "let" && items.length <= 1 ? "let" : "declaration",
    names: names.flatMap((name) => (name === undefined ? [] : [name.text])),
    source,
  }
}

const words: ReadonlySet<string> = new Set([
  ...["let", "fn", "type", "use", "service", "appliance", "cluster", "host", "network", "params"],
])

/** Where the page of a session lies: beside the file whose names it knows, so that paths mean the same. */
export function pageOf(file: string | null): string {
  return joinPath(file === null ? "." : folderOf(file), "entered-by-hand.appl")
}

/** All inputs as one file: lets and the expression in a test, for there a cluster is a value. */
export function composed(
  session: readonly Entered[],
  known: { readonly path: string; readonly names: readonly string[] } | null,
): string {
  const own = new Set(session.flatMap(({ names }) => names))
  const names = known?.names.filter((name) => !own.has(name)) ?? []
  const use =
    known === null || names.length === 0
      ? ""
      : `use { ${names.join(", ")} } from "./${known.path.slice(known.path.lastIndexOf("/") + 1)}"\n`
  const declarations = session.filter(({ kind }) => kind === "declaration").map(({ source }) => `${source.text}\n`)
  const lets = session.filter(({ kind }) => kind === "let").map(({ source }) => `${source.text}\n`)
  const asked = session.filter(({ kind }) => kind === "expression").map(({ source }) => `${before}${source.text}\n`)
  return `${use}${declarations.join("")}test "by hand" {\n${lets.join("")}${asked.join("")}}\n`
}

const before = `let ${questionName} = `

/** Diagnostics of a page, each in the input that it is about; what is only true of a page, such as an unused name, is left out. */
export function onItsOwn(
  diagnostics: readonly Diagnostic[],
  page: string,
  session: readonly Entered[],
  entered: Entered,
): readonly Diagnostic[] {
  const moved = (span: Span): Span => movedSpan(span, page, session)
  return diagnostics
    .filter(({ code }) => !unused.has(code))
    .map((one) => ({
      ...one,
      span: moved(one.span),
      related: one.related.map((other) => ({ ...other, span: moved(other.span) })),
      values: one.values?.map((value) => (value.at === undefined ? value : { ...value, at: moved(value.at) })),
      fix: undefined,
    }))
    .filter(({ severity, span }) => severity === "error" || span.source === entered.source)
}

const unused: ReadonlySet<string> = new Set(["A0211", "A0212", "A0912"])

function movedSpan(span: Span, page: string, session: readonly Entered[]): Span {
  if (span.source.text !== page) return span
  for (const { source, kind } of session.toReversed()) {
    const head = kind === "expression" ? before : ""
    const start = page.lastIndexOf(`${head}${source.text}\n`) + head.length
    if (span.start < start - head.length || span.start > start + source.text.length) continue
    const inside = (offset: number) => Math.max(0, Math.min(offset - start, source.text.length))
    return { source, start: inside(span.start), end: inside(span.end) }
  }
  return span
}
