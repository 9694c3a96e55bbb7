import { type Code, ruleNames } from "../report/codes.ts"
import type { Details, Diagnostic, Report } from "../report/diagnostic.ts"
import { nearest } from "../report/nearest.ts"
import { makeReport } from "../report/report.ts"
import { positionAt, type Span } from "../text/source.ts"
import { type Allowance, allowancesOf } from "./allowances.ts"
import { type Rule, ruleOf, type Severities, type Subject } from "./rule.ts"
import {
  missingCompanions,
  publicAdministration,
  servicesWithoutCheck,
  unpinnedImages,
  volumesWithoutBackup,
} from "./services.ts"
import { hardCodedAddresses, secretLookingTexts } from "./texts.ts"
import { undocumented } from "./undocumented.ts"
import { unusedDeclarations, unusedParameters, unusedParams } from "./unused.ts"

/** Every rule, in the order of its code. */
const rules: readonly Rule[] = [
  { code: "A1001", look: unusedDeclarations },
  { code: "A1002", look: unusedParams },
  { code: "A1003", look: unusedParameters },
  { code: "A1004", look: hardCodedAddresses },
  { code: "A1005", look: servicesWithoutCheck },
  { code: "A1006", look: secretLookingTexts },
  { code: "A1007", look: unpinnedImages },
  { code: "A1008", look: missingCompanions("Dns", "no name server is asked by") },
  { code: "A1009", look: missingCompanions("Syslog", "nobody takes the logs of") },
  { code: "A1010", look: missingCompanions("Metrics", "nobody watches") },
  { code: "A1011", look: volumesWithoutBackup },
  { code: "A1012", look: publicAdministration },
  { code: "A1013", look: undocumented },
]

/** What could be better in a program that compiles: the findings of all rules that are not off and not allowed where they are. */
export function lint(subject: Subject, severities: Severities): readonly Diagnostic[] {
  const report = makeReport()
  const allowances: Allowance[] = []
  for (const unit of subject.units) {
    const found = allowancesOf(unit)
    allowances.push(...found.allowances)
    for (const { span, message } of found.wrong) add(report, "A1014", severities, span, message, hintOf(message))
  }
  const used = new Set<Allowance>()
  for (const { code, look } of rules) {
    if (severities.get(ruleOf(code)!) === "off") continue
    look(subject, (span, message, details) => {
      const allowed = allowances.filter((one) => allows(one, ruleOf(code)!, span))
      for (const one of allowed) used.add(one)
      if (allowed.length === 0) add(report, code, severities, span, message, details)
    })
  }
  for (const one of allowances) {
    if (used.has(one) || severities.get(one.rule) === "off") continue
    add(report, "A1014", severities, one.span, `there is no ${one.rule} here to allow`)
  }
  return report.diagnostics.toSorted(byPlace)
}

function allows(allowance: Allowance, rule: string, span: Span): boolean {
  if (allowance.rule !== rule || allowance.span.source !== span.source) return false
  return allowance.lines.includes(positionAt(span.source, span.start).line)
}

function add(
  report: Report,
  code: Code,
  severities: Severities,
  span: Span,
  message: string,
  details: Details = {},
): void {
  const severity = severities.get(ruleOf(code)!)
  if (severity !== "off") report.add(code, span, message, severity === undefined ? details : { ...details, severity })
}

function hintOf(message: string): Details {
  const rule = /^there is no rule (.*)$/.exec(message)?.[1]
  const meant = rule === undefined ? null : nearest(rule, ruleNames)
  return meant === null ? {} : { hint: `did you mean ${meant}?` }
}

function byPlace(left: Diagnostic, right: Diagnostic): number {
  const [one, other] = [left.span, right.span]
  if (one.source.path !== other.source.path) return one.source.path < other.source.path ? -1 : 1
  return one.start - other.start
}
