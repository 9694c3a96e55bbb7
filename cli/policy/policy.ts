import { dirname, join, resolve } from "node:path"
import { type Diagnostic, overlay, render, runTests, toJson } from "../../lang/index.ts"
import type { Plan } from "../../runtime/index.ts"
import { diskFiles, isFile } from "../files.ts"
import { standardModules } from "../installation.ts"
import { type Format, fail, type Problem, type Result, refuse } from "../problem.ts"
import { modulesFolder } from "../state.ts"
import type { Terminal } from "../terminal.ts"
import { planFacts } from "./facts.ts"

/** One policy of a file, and what is wrong with a plan by it; a file with an error has one without a title. */
type Verdict = { readonly file: string; readonly title: string | null; readonly diagnostics: readonly Diagnostic[] }

/**
 * The files with policies for a cluster: those that were named, and `policy.appl` beside the cluster's file when there is one. Fails when
 * one that was named is not there.
 */
export function policyFiles(file: string, named: readonly string[] = []): Result<readonly string[]> {
  const missing = named.find((one) => !isFile(one))
  if (missing !== undefined)
    return refuse(`there is no policy ${missing}`, 'name an .appl file with tests that `use { plan } from "std/plan"`')
  const beside = join(dirname(file), "policy.appl")
  const own = resolve(beside) !== resolve(file) && isFile(beside) ? [beside] : []
  return { ok: true, value: [...new Map([...own, ...named].map((one) => [resolve(one), one])).values()] }
}

/**
 * Asks all policies about a plan, and says which fail; true when none does. For machines it is one line of JSON, when there are
 * policies.
 */
export function obeysPolicies(
  plan: Plan,
  files: readonly string[],
  at_ms: number,
  format: Format,
  terminal: Terminal,
): boolean {
  if (files.length === 0) return true
  const facts = new Map([[join(standardModules(), "plan", "plan.json"), JSON.stringify(planFacts(plan, at_ms))]])
  const verdicts: Verdict[] = []
  for (const file of files) {
    const asked = ask(file, facts)
    if (!asked.ok) return fail(terminal, format, asked.problem) === 0
    verdicts.push(...asked.value)
  }
  const failed = verdicts.filter(({ diagnostics }) => diagnostics.length > 0)
  if (format.json === true) {
    const shown = verdicts.map(({ file, title, diagnostics }) => ({
      file,
      title,
      passed: diagnostics.length === 0,
      ...toJson(diagnostics),
      values: diagnostics.flatMap(({ values = [] }) => values.map(({ expression, value }) => ({ expression, value }))),
    }))
    terminal.out(`${JSON.stringify({ policies: shown })}\n`)
  } else {
    for (const { title, file, diagnostics } of failed)
      terminal.err(
        `policy ${title ?? file}\n\n${render(diagnostics, { color: terminal.colors.err, width: terminal.width })}`,
      )
  }
  if (failed.length > 0) fail(terminal, format, refusalOf(failed))
  return failed.length === 0
}

function ask(file: string, facts: ReadonlyMap<string, string>): Result<readonly Verdict[]> {
  const { diagnostics, results } = runTests({
    entry: file,
    files: overlay(diskFiles, facts),
    standard: standardModules(),
    modules: modulesFolder(),
    limit: 1_000_000,
    wants: () => true,
  })
  const wrong = diagnostics.filter(({ severity }) => severity === "error")
  if (wrong.length > 0) return { ok: true, value: [{ file, title: null, diagnostics: wrong }] }
  const verdicts = [...results].map((result) => ({
    file,
    title: result.title,
    // A policy about steps of which there are none has nothing to say.
    diagnostics: result.diagnostics.filter(({ code, severity }) => severity === "error" && code !== "A0727"),
  }))
  if (verdicts.length > 0) return { ok: true, value: verdicts }
  const remedy = 'a policy is a test: `test "what holds of every plan" { assert … }`'
  return refuse(`${file} holds no policy`, remedy)
}

function refusalOf(failed: readonly Verdict[]): Problem {
  const names = failed.map(({ title, file }) => (title === null ? `${file} has errors` : `"${title}" of ${file}`))
  return {
    message: `${failed.length === 1 ? "a policy forbids" : `${failed.length} policies forbid`} this plan: ${names.join(", ")}`,
    remedy: "change what is planned, or the policy; nothing was changed",
  }
}
