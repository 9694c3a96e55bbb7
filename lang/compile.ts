import { bind } from "./names/bind.ts"
import { load } from "./names/load.ts"
import { type Checked, type Compiled, type Input, realise, type Surveyed, survey } from "./realise.ts"
import type { Report } from "./report/diagnostic.ts"
import { makeReport } from "./report/report.ts"
import { check } from "./types/check.ts"
import { makeLibrary } from "./values/content.ts"
import { templateChecker } from "./values/templates.ts"

/** From source text to a desired state. Each phase reports what it finds; what an error makes meaningless is not tried. */
export function compile(input: Input): Compiled {
  const report = makeReport()
  return realise(checked(input, report), input, report)
}

/** Finds all that `compile` finds, without making the desired state. */
export function vet(input: Input): Surveyed {
  const report = makeReport()
  return survey(checked(input, report), input, report)
}

function checked(input: Input, report: Report): Checked {
  const program = load(input.entry, input.files, input.standard, report, input.modules ?? null)
  const bindings = bind(program, report)
  const library = makeLibrary(input.files, report)
  const types = check(program, bindings, report, templateChecker(library, report))
  return { program, bindings, library, types }
}
