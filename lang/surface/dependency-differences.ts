import type { Description } from "../modules/description.ts"
import { isRange } from "../modules/specs.ts"
import { versions } from "../text/libraries.ts"
import type { Finding } from "./difference.ts"

/**
 * What changed in what a module uses. A project has one version of each module, so that a range which leaves no version of the earlier
 * one asks the project to move.
 */
export function compareDependencies(before: Description, after: Description): Finding[] {
  const findings: Finding[] = []
  for (const [name, { spec, span }] of after.dependencies) {
    const earlier = before.dependencies.get(name)
    if (earlier === undefined) {
      if (!name.startsWith("std/")) findings.push({ weight: "additive", message: `it uses ${name} ${spec} now`, span })
    } else if (earlier.spec !== spec) {
      const meet = isRange(spec) && isRange(earlier.spec) && versions().intersects(spec, earlier.spec)
      findings.push({
        weight: meet ? "additive" : "breaking",
        message: `it used ${name} ${earlier.spec}, and uses ${spec}`,
        span,
      })
    }
  }
  if (before.edition !== after.edition) {
    const message = `it is written in the edition ${after.edition}, which older versions of appl do not know`
    findings.push({ weight: "additive", message, span: after.spanOf("edition") })
  }
  return findings
}
