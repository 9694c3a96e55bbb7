import { relative } from "node:path"
import { runTests } from "../../lang/index.ts"
import { diskFiles } from "../files.ts"
import { standardModules } from "../installation.ts"
import { writeSafely } from "../lock-file.ts"
import { fail } from "../problem.ts"
import { modulesFolder } from "../state.ts"
import type { Terminal } from "../terminal.ts"
import { filesWithTests } from "../tests/find.ts"
import { openGoldens, removeGoldens } from "../tests/golden.ts"
import { type CaseOutcome, type FileOutcome, hasFailed, isBroken } from "../tests/outcome.ts"
import { jsonReport, junitReport } from "../tests/report.ts"
import { showFile, showSummary } from "../tests/show.ts"

type TestOptions = {
  readonly filter?: string
  readonly update?: boolean
  readonly junit?: string
  readonly limit?: number
  readonly json?: boolean
}

/**
 * `appl test`: runs the tests of the named files, and of those below named folders. 0 when all passed, 1 when one failed, a file with
 * tests has an error, or there was none to run.
 */
export async function test(paths: readonly string[], options: TestOptions, terminal: Terminal): Promise<number> {
  const places = paths.length === 0 ? ["."] : paths
  const files = filesWithTests(places)
  if (!files.ok) return fail(terminal, options, files.problem)
  const outcomes: FileOutcome[] = []
  for (const file of files.value) {
    const outcome = await runFile(file, options)
    if (outcome.cases.length === 0 && !isBroken(outcome)) continue
    outcomes.push(outcome)
    if (options.json !== true) terminal.out(showFile(outcome, terminal))
  }
  if (outcomes.length === 0) {
    const what = options.filter === undefined ? "there is no test" : `no test has "${options.filter}" in its name`
    return fail(terminal, options, {
      message: `${what} in ${places.map((place) => (place === "." ? "this folder" : place)).join(", ")}`,
      remedy: 'a test stands in an .appl file: `test "what holds" { assert … }`',
    })
  }
  if (options.junit !== undefined) {
    const written = writeSafely(options.junit, junitReport(outcomes))
    if (!written.ok) return fail(terminal, options, written.problem)
  }
  terminal.out(options.json === true ? `${JSON.stringify(jsonReport(outcomes))}\n` : showSummary(outcomes, terminal))
  return outcomes.some((outcome) => isBroken(outcome) || outcome.cases.some(hasFailed)) ? 1 : 0
}

async function runFile(file: string, options: TestOptions): Promise<FileOutcome> {
  const { filter } = options
  const path = relative(process.cwd(), file)
  const entry = path.startsWith("..") ? file : path
  const goldens = openGoldens(entry, { update: options.update === true, strict: isStrict(process.env.CI) })
  const { diagnostics, results } = runTests({
    entry,
    files: diskFiles,
    standard: standardModules(),
    modules: modulesFolder(),
    limit: options.limit ?? 1_000_000,
    wants: (title) => filter === undefined || title.toLowerCase().includes(filter.toLowerCase()),
  })
  const cases: CaseOutcome[] = []
  let began_ms = performance.now()
  for (const result of results) {
    const passed = result.diagnostics.length === 0
    const golden = passed ? await goldens.compare(result.title, result.desired) : ({ kind: "none" } as const)
    const ended_ms = performance.now()
    cases.push({ result, golden, took_ms: ended_ms - began_ms })
    began_ms = ended_ms
  }
  // What a failed or filtered test has kept is still its own.
  const complete = filter === undefined && cases.every(({ result }) => result.diagnostics.length === 0)
  const unused = complete && cases.length > 0 ? goldens.unused() : []
  if (options.update === true) removeGoldens(unused)
  return { file: entry, diagnostics, cases, unused: options.update === true ? [] : unused }
}

/** `CI=1`, as build servers set it: what is not kept yet is then an error, for nobody would keep it. */
function isStrict(value: string | undefined): boolean {
  return value !== undefined && value !== "" && value !== "0" && value !== "false"
}
