import { type DesiredAppliance, type DesiredState, type Origin, showOrigin } from "../../lang/index.ts"
import type { Failure } from "../model/failure.ts"

/** What the language can say and nothing here makes so yet: refused, since leaving it out in silence would break a promise. Null: nothing. */
export function unsupportedOf(desired: DesiredState): Failure | null {
  const findings = [
    ...desired.appliances.flatMap(appliancePromises),
    ...desired.images.flatMap(({ source, origin }) =>
      source.kind === "debian" ? [] : [finding(origin, `an image of the kind ${source.kind}`)],
    ),
    ...linksBetweenHosts(desired),
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

/** A network on several hosts, unless all of them only remember. */
function linksBetweenHosts({ networks, hosts }: DesiredState): string[] {
  const real = new Set(hosts.filter((host) => host.connection.kind !== "simulated").map((host) => host.name))
  return networks.flatMap((network) =>
    network.hosts.length > 1 && network.hosts.some((host) => real.has(host))
      ? [finding(network.origin, `a link of ${network.name} between ${network.hosts.join(" and ")}`)]
      : [],
  )
}

function finding(origin: Origin, what: string): string {
  return `${showOrigin(origin)}: ${what}`
}
