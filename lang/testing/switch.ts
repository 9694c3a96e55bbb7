import type { Diagnostic, Report } from "../report/diagnostic.ts"
import { makeReport } from "../report/report.ts"

/** A report whose diagnostics go to one after another of several: what many compilations share reports to the one that runs. */
export type Switch = Report & {
  /** Does something with a report of its own; gives what it gave and what it reported. */
  during<T>(work: (report: Report) => T): { readonly value: T; readonly diagnostics: readonly Diagnostic[] }
}

/** A switch that leads to a report of its own until something is done `during` which it leads to another. */
export function makeSwitch(): Switch {
  let now: Report = makeReport()
  return {
    get diagnostics() {
      return now.diagnostics
    },
    get failed() {
      return now.failed
    },
    add: (...said) => now.add(...said),
    during(work) {
      const before = now
      const own = makeReport()
      now = own
      const value = work(own)
      now = before
      return { value, diagnostics: own.diagnostics }
    },
  }
}
