import { bind } from "./names/bind.ts"
import { declaredNames } from "./names/declared-names.ts"
import { load } from "./names/load.ts"
import { realiseCluster } from "./realise.ts"
import type { Diagnostic } from "./report/diagnostic.ts"
import { makeReport } from "./report/report.ts"
import { parse } from "./syntax/parse.ts"
import type * as tree from "./syntax/tree.ts"
import { isUnfinished } from "./syntax/unfinished.ts"
import { makeClusters } from "./testing/clusters.ts"
import { composed, type Entered, enteredAs, onItsOwn, pageOf, questionName } from "./testing/page.ts"
import { makeSwitch } from "./testing/switch.ts"
import type { Files } from "./text/files.ts"
import { check } from "./types/check.ts"
import { memberNames } from "./types/members.ts"
import { showType } from "./types/show.ts"
import { makeLibrary } from "./values/content.ts"
import { makeEvaluation } from "./values/evaluate.ts"
import { makeExpansion } from "./values/expansion.ts"
import { addGlobals } from "./values/globals.ts"
import { display } from "./values/show.ts"
import { templateChecker } from "./values/templates.ts"
import { openTest } from "./values/test-cases.ts"
import { invalid } from "./values/value.ts"

export { isUnfinished }

/** What expressions are tried in. */
export type ReplInput = {
  /** The `.appl` file whose names are known; null: only those of the language. */
  readonly file: string | null
  readonly files: Files
  readonly standard: string
  readonly modules: string | null
  readonly limit: number
}

/** What was entered so far and still counts, oldest first. */
export type Session = readonly Entered[]

export type ReplAnswer = {
  /** With what was entered, unless it had an error. */
  readonly session: Session
  /** The value of an expression or a `let`, with its type; null when there is none. */
  readonly value: { readonly name: string | null; readonly shown: string; readonly type: string } | null
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Takes one input: an expression, which is worked out, or something to remember, such as a `let`, a `use` or a `type`; one of the same
 * name replaces it. A cluster is a value, as in a test.
 */
export function enter(input: ReplInput, session: Session, text: string, number: number): ReplAnswer {
  const entered = enteredAs(text, number)
  const rest = session.filter((one) => !one.names.some((name) => entered.names.includes(name)))
  const tried = tryOut(input, [...rest, entered], entered)
  const failed = tried.diagnostics.some(({ severity }) => severity === "error")
  return { ...tried, session: failed || entered.kind === "expression" ? session : [...rest, entered] }
}

/** The type of an expression; null when it has an error. */
export function typeOfEntered(input: ReplInput, session: Session, text: string, number: number): ReplAnswer {
  const entered = enteredAs(text, number)
  return { ...tryOut(input, [...session, entered], entered, "type"), session }
}

/** The names that may follow what was typed: members after a dot, else all that is known. */
export function completions(input: ReplInput, session: Session, line: string): readonly string[] {
  const member = /^(?<of>.*)\.(?<start>[\w-]*)$/s.exec(line)?.groups
  const of = member === undefined ? null : (/[A-Za-z][\w-]*(?:\.[\w-]+|\[[^\][]*\])*$/.exec(member.of!)?.[0] ?? null)
  if (of === null) return namesKnown(input, session)
  const entered = enteredAs(of, 0)
  const page = prepare(input, [...session, entered])
  const item = questionOf(page.program.entry.tree, entered)
  const type = item === null ? undefined : page.types.of.get(item.value)
  return type === undefined ? [] : memberNames(page.types, type)
}

function tryOut(
  input: ReplInput,
  session: Session,
  entered: Entered,
  wanted: "value" | "type" = "value",
): Omit<ReplAnswer, "session"> {
  const page = prepare(input, session)
  const { program, types, bindings, library, report, text } = page
  const told = (diagnostics: readonly Diagnostic[]) => onItsOwn(diagnostics, text, session, entered)
  const errors = told(page.diagnostics)
  if (page.diagnostics.some(({ severity }) => severity === "error")) return { value: null, diagnostics: errors }
  const item = questionOf(program.entry.tree, entered)
  if (item === null) return { value: null, diagnostics: errors }
  const type = types.declared.get(item.type ?? item) ?? types.of.get(item.value) ?? { kind: "unknown" }
  const name = entered.kind === "let" ? item.name.text : null
  if (wanted === "type") return { value: { name, shown: "", type: showType(type) }, diagnostics: errors }
  const { limit, files, standard } = input
  const shared = { program, bindings, types, library, limit }
  const seen = makeClusters({
    bindings,
    types,
    report,
    outcomes: new Map(),
    compile: ({ cluster, set }, params, own) =>
      realiseCluster(
        {
          ...shared,
          cluster,
          set: set?.declaration ?? null,
          deployed: cluster.name,
          params,
          file: input.file ?? "",
          files,
          standard,
          lock: null,
        },
        own,
      ),
  })
  const evaluation = makeEvaluation({ ...shared, clusters: seen.clusters }, report)
  const test = program.entry.tree.items.find((one) => one.kind === "test")
  const { value, diagnostics } = report.during(() => {
    addGlobals(makeExpansion(evaluation))
    if (test?.kind !== "test") return null
    const { place, frame } = openTest(evaluation, program.entry, test).body
    const made = place.scope.readers.get(bindings.declared.get(item)!)?.(frame) ?? null
    return { value: made, shown: display(made), ...seen.endCase() }
  })
  if (value === null || value.value === invalid)
    return { value: null, diagnostics: told([...(value?.unexpected ?? []), ...diagnostics]) }
  const all = told([...value.unexpected, ...diagnostics])
  return { value: { name, shown: value.shown, type: showType(type) }, diagnostics: all }
}

function prepare(input: ReplInput, session: Session) {
  const page = pageOf(input.file)
  const text = composed(session, input.file === null ? null : { path: input.file, names: namesOf(input) })
  const files: Files = {
    ...input.files,
    read: (path) => (path === page ? new TextEncoder().encode(text) : input.files.read(path)),
    resolve: (path) => (path === page ? path : input.files.resolve(path)),
  }
  const report = makeSwitch()
  const { value, diagnostics } = report.during(() => {
    const program = load(page, files, input.standard, report, input.modules)
    const bindings = bind(program, report)
    const library = makeLibrary(files, report)
    const types = check(program, bindings, report, templateChecker(library, report))
    return { program, bindings, library, types }
  })
  return { ...value, report, diagnostics, text }
}

/** The let whose value is asked for. */
function questionOf(file: tree.File, entered: Entered): tree.Let | null {
  const test = file.items.find((item) => item.kind === "test")
  const name = entered.kind === "expression" ? questionName : entered.kind === "let" ? entered.names[0] : null
  const items = test?.kind === "test" ? test.body.items : []
  const found = items.find((item) => item.kind === "let" && item.name.text === name)
  return found?.kind === "let" ? found : null
}

function namesOf(input: ReplInput): readonly string[] {
  const bytes = input.file === null ? null : input.files.read(input.file)
  if (bytes === null) return []
  return [...declaredNames(parse({ path: "", text: new TextDecoder().decode(bytes) }, makeReport())).keys()]
}

function namesKnown(input: ReplInput, session: Session): readonly string[] {
  return [...new Set([...namesOf(input), ...session.flatMap(({ names }) => names)])].sort()
}
