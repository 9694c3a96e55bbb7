import type { DesiredState } from "./desired/desired-state.ts"
import { bind } from "./names/bind.ts"
import { load } from "./names/load.ts"
import { realiseCluster } from "./realise.ts"
import type { Diagnostic } from "./report/diagnostic.ts"
import { makeClusters, type Workshop } from "./testing/clusters.ts"
import { runTest } from "./testing/run.ts"
import { makeSwitch } from "./testing/switch.ts"
import type { Files } from "./text/files.ts"
import type { Span } from "./text/source.ts"
import { check } from "./types/check.ts"
import { makeLibrary } from "./values/content.ts"
import { expandFile, makeEvaluation } from "./values/evaluate.ts"
import { templateChecker } from "./values/templates.ts"

/** What the tests of one file are run with. */
export type TestInput = {
  /** The `.appl` file, as the user named it. */
  readonly entry: string
  readonly files: Files
  /** The folder of the standard modules. */
  readonly standard: string
  /** The folder of all fetched modules; null: none is here. */
  readonly modules: string | null
  /** How many things, elements and entries each test and each cluster may make. */
  readonly limit: number
  /** Whether a test of this name is run. */
  readonly wants: (title: string) => boolean
}

/** One case of a test: the test itself, or one turn of its `for`. */
export type TestResult = {
  /** The name of the test, with the keys of the `for` around the case: `zones [a.test]`. */
  readonly title: string
  readonly span: Span
  /** Empty when it passed. */
  readonly diagnostics: readonly Diagnostic[]
  /** What the clusters became that the case named. */
  readonly desired: readonly DesiredState[]
}

/** The tests of a file, which run one after the other as they are asked for. */
export type FileTests = {
  /** What is wrong with the file itself: after an error, there are no results. */
  readonly diagnostics: readonly Diagnostic[]
  readonly results: Iterable<TestResult>
}

/**
 * Runs the tests of a file. Each compiles clusters afresh, with an empty lock; a cluster with the same params is compiled once. Each
 * case fails by its own diagnostics: of assertions, and of clusters unless `fails(…)` expects them.
 */
export function runTests(input: TestInput): FileTests {
  const { entry, files, standard, limit } = input
  const report = makeSwitch()
  const loaded = report.during(() => {
    const program = load(entry, files, standard, report, input.modules)
    const bindings = bind(program, report)
    const library = makeLibrary(files, report)
    const types = check(program, bindings, report, templateChecker(library, report))
    if (!report.failed) expandFile({ program, bindings, types, library, limit }, report)
    return { program, bindings, types, library }
  })
  const { value: shared, diagnostics } = loaded
  if (diagnostics.some((diagnostic) => diagnostic.severity === "error")) return { diagnostics, results: [] }
  const workshop: Workshop = {
    ...shared,
    report,
    outcomes: new Map(),
    compile: ({ cluster, set }, params, own) => {
      const deployed = cluster.name
      return realiseCluster(
        {
          ...shared,
          cluster,
          set: set?.declaration ?? null,
          deployed,
          params,
          limit,
          file: entry,
          files,
          standard,
          lock: null,
        },
        own,
      )
    },
  }
  const tests = shared.program.entry.tree.items.filter((item) => item.kind === "test")
  return { diagnostics, results: results() }

  function* results(): Iterable<TestResult> {
    for (const item of tests) {
      const seen = makeClusters(workshop)
      const evaluation = makeEvaluation({ ...shared, limit, clusters: seen.clusters }, report)
      yield* runTest({ unit: shared.program.entry, item, evaluation, seen, report, wants: input.wants })
    }
  }
}
