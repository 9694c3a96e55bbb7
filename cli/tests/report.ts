import { positionOf, render, toJson } from "../../lang/index.ts"
import { type CaseOutcome, type FileOutcome, goldenMessage, hasFailed, isBroken } from "./outcome.ts"

/** What `appl test --json` prints: every case with how it ended, and what is wrong with files. */
export function jsonReport(outcomes: readonly FileOutcome[]): unknown {
  const cases = outcomes.flatMap(({ cases }) => cases)
  const failed = cases.filter(hasFailed).length
  return {
    summary: { passed: cases.length - failed, failed, broken_files: outcomes.filter(isBroken).length },
    tests: outcomes.flatMap(({ file, cases }) =>
      cases.map((one) => ({
        file,
        title: one.result.title,
        line: positionOf(one.result.span).line,
        outcome: hasFailed(one) ? "failed" : "passed",
        took_ms: Math.round(one.took_ms),
        ...toJson(one.result.diagnostics),
        values: one.result.diagnostics.flatMap(({ values = [] }) =>
          values.map(({ expression, value }) => ({ expression, value })),
        ),
        golden: goldenOf(one),
      })),
    ),
    files: outcomes.map(({ file, diagnostics, unused }) => ({ file, ...toJson(diagnostics), unused_goldens: unused })),
  }
}

/** The same for machines that read JUnit's XML, a suite for each file. */
export function junitReport(outcomes: readonly FileOutcome[]): string {
  const suites = outcomes.map((outcome) => {
    const { file, cases } = outcome
    const failures = cases.filter(hasFailed).length
    const broken = isBroken(outcome)
    const lines = [
      `  <testsuite name="${escaped(file)}" tests="${cases.length + (broken ? 1 : 0)}" failures="${failures}" errors="${broken ? 1 : 0}" time="${seconds(cases)}">`,
      ...cases.flatMap((one) => junitCase(file, one)),
      ...(broken
        ? [
            `    <testcase classname="${escaped(file)}" name="the file">`,
            ...element("error", "the file has errors", textOf(outcome.diagnostics)),
            "    </testcase>",
          ]
        : []),
      "  </testsuite>",
    ]
    return lines.join("\n")
  })
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.map((suite) => `${suite}\n`).join("")}</testsuites>\n`
}

function junitCase(file: string, one: CaseOutcome): string[] {
  const head = `    <testcase classname="${escaped(file)}" name="${escaped(one.result.title)}" time="${seconds([one])}"`
  if (!hasFailed(one)) return [`${head}/>`]
  const golden = goldenMessage(one.golden)
  const message = one.result.diagnostics[0]?.message ?? golden ?? ""
  const diff = one.golden.kind === "different" ? one.golden.diff : ""
  return [
    `${head}>`,
    ...element("failure", message, `${textOf(one.result.diagnostics)}${golden ?? ""}\n${diff}`),
    "    </testcase>",
  ]
}

function element(name: string, message: string, text: string): string[] {
  return [`      <${name} message="${escaped(message).replaceAll("\n", "&#10;")}">${escaped(text.trimEnd())}</${name}>`]
}

function goldenOf({ golden }: CaseOutcome) {
  if (golden.kind === "none") return null
  const path = "path" in golden ? { path: golden.path } : {}
  return { state: golden.kind, ...path, ...(golden.kind === "different" ? { diff: golden.diff } : {}) }
}

function textOf(diagnostics: FileOutcome["diagnostics"]): string {
  return render(diagnostics, { color: "never", width: 120 })
}

function seconds(cases: readonly CaseOutcome[]): string {
  return (cases.reduce((sum, one) => sum + one.took_ms, 0) / 1000).toFixed(3)
}

/** XML has no way to write most control characters, so they are shown as unknown ones. */
function escaped(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
}
