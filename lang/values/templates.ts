import type { Report } from "../report/diagnostic.ts"
import type { TemplateChecker } from "../types/check.ts"
import type { Library } from "./content.ts"
import { checkTemplateVariables } from "./templates/variables.ts"

/** What the checker calls for every `template(…)`: compares what the template uses with what it is given. */
export function templateChecker(library: Library, report: Report): TemplateChecker {
  return (membersOf) =>
    ({ unit, call, path, variables }) => {
      const at = (node: { readonly start: number; readonly end: number }) => ({
        source: unit.source,
        start: node.start,
        end: node.end,
      })
      const template = library.template(unit, path.parts.join(""), at(path))
      // The reader adds a variable to the record, or where there is none to the call.
      const record = call.arguments.find((argument) => argument.value !== path)?.value ?? call
      if (template !== null) checkTemplateVariables(template, variables, at(record), membersOf, report)
    }
}
