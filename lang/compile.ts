import { bind } from "./names/bind.ts"
import { load } from "./names/load.ts"
import { type Compiled, type Input, realise } from "./realise.ts"
import { makeReport } from "./report/report.ts"
import { check } from "./types/check.ts"
import { makeLibrary } from "./values/content.ts"
import { templateChecker } from "./values/templates.ts"

/** From source text to a desired state. Each phase reports what it finds; what an error makes meaningless is not tried. */
export function compile(input: Input): Compiled {
  const report = makeReport()
  const program = load(input.entry, input.files, input.standard, report)
  const bindings = bind(program, report)
  const library = makeLibrary(input.files, report)
  const types = check(program, bindings, report, templateChecker(library, report))
  return realise({ program, bindings, library, types }, input, report)
}
