import type { Call } from "../../hosts/shell.ts"
import type { ApplianceCheck } from "../../model/fields.ts"
import type { Address } from "../../model/object.ts"

/**
 * Calls that run these checks, all at once (`check.sh`). An address of a check that fails says why in `detail`. `container` is the folder
 * name of the generation that a program runs in.
 */
export function checkCalls(address: Address, container: string, checks: readonly ApplianceCheck[]): readonly Call[] {
  return checks.map((check) => [
    "appl_check",
    JSON.stringify(address),
    JSON.stringify(check.name),
    seconds(check.timeout_ms),
    container,
    ...probe(check.probe),
  ])
}

function probe(probe: ApplianceCheck["probe"]): readonly string[] {
  switch (probe.kind) {
    case "http-get":
      return ["http-get", probe.address, `${probe.port}`, probe.path, `${probe.status}`]
    case "tcp-open":
      return ["tcp-open", probe.address, `${probe.port}`]
    case "exec":
      return ["exec", ...probe.command]
  }
}

/** Seconds with a fraction, as curl and timeout take them; never zero, which means no limit to them. */
function seconds(duration_ms: number): string {
  return (Math.max(duration_ms, 10) / 1000).toFixed(2)
}
