import { originOf } from "../text/source.ts"
import type { ApplianceThing, CheckThing, PlannedNic } from "../values/model.ts"
import { textsOf } from "../values/parts.ts"
import { isObject, showAddress } from "../values/show.ts"
import type { ProbeValue, Value } from "../values/value.ts"
import { portSpans, portsOf } from "../wiring/ports.ts"
import type { Check, Probe } from "./desired-state.ts"

type Nics = ReadonlyMap<ApplianceThing, readonly PlannedNic[]>

/** A health check of `thing` with its address and port filled in; none where it was reported as wrong. */
export function desireCheck(thing: ApplianceThing, check: CheckThing, nics: Nics): Check[] {
  const value = check.value()
  if (!isObject(value) || value.kind !== "probe") return []
  const probe = probeOf(value, thing, nics)
  if (probe === null) return []
  return [{ name: check.title, probe, ...value.times, origin: originOf(check.span) }]
}

function probeOf(value: ProbeValue, thing: ApplianceThing, nics: Nics): Probe | null {
  if (value.call === "exec") return { kind: "exec", command: textsOf(value.arguments.get("command")) }
  const target = targetOf(value.arguments.get("at"), thing, nics)
  if (target === null) return null
  if (value.call === "tcp-open") return { kind: "tcp-open", ...target }
  const path = value.arguments.get("path")
  const status = value.arguments.get("status")
  return {
    kind: "http-get",
    ...target,
    path: typeof path === "string" ? path : "/",
    status: typeof status === "number" ? status : 200,
  }
}

/** A service is checked on its first TCP port, at the address of its provider; a port alone at the appliance's own. */
function targetOf(
  at: Value | undefined,
  thing: ApplianceThing,
  nics: Nics,
): { readonly address: string; readonly port: number } | null {
  const is_service = isObject(at) && at.kind === "provided"
  const owner = is_service ? at.provided.appliance : thing
  const ports = is_service ? portsOf(at.provided) : portSpans(at ?? null)
  const port = ports.find((one) => one.protocol === "tcp") ?? ports[0]
  const nic = nics.get(owner)?.[0]
  return port === undefined || nic === undefined ? null : { address: showAddress(nic.address), port: port.from }
}
