import { type DesiredAppliance, type DesiredState, type Origin, showOrigin } from "../../lang/index.ts"
import type { Failure } from "../model/failure.ts"

/** What the language can say and nothing here makes so yet: refused, since leaving it out in silence would break a promise. Null: nothing. */
export function unsupportedOf(desired: DesiredState): Failure | null {
  const findings = [
    ...desired.appliances.flatMap(appliancePromises),
    ...desired.images.flatMap(({ source, origin }) =>
      source.kind === "debian" ? [] : [finding(origin, `an image of the kind ${source.kind}`)],
    ),
  ]
  if (findings.length === 0) return null
  const remedy = "leave it out to apply the rest; `appl check` accepts it"
  const [first, ...more] = findings
  return more.length === 0
    ? { kind: "host-unsuitable", message: `${first} cannot be made yet`, remedy, output: [] }
    : { kind: "host-unsuitable", message: `${findings.length} things cannot be made yet`, remedy, output: findings }
}

function appliancePromises({ id, scale, fork, slim, volumes, origin, origins }: DesiredAppliance): string[] {
  const asked = [
    ["scale", scale !== null && (scale.min !== 1 || scale.max !== 1)],
    ["fork", fork],
    ["slim", slim],
  ] as const
  return [
    ...asked.flatMap(([field, is_said]) =>
      is_said ? [finding(origins[field] ?? origin, `\`${field}\` of ${id}`)] : [],
    ),
    ...volumes.flatMap(({ name, backup }) =>
      backup === null ? [] : [finding(origins.volumes ?? origin, `the backup of the volume ${name} of ${id}`)],
    ),
  ]
}

function finding(origin: Origin, what: string): string {
  return `${showOrigin(origin)}: ${what}`
}
