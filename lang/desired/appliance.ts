import type { Topology } from "../addresses/topology.ts"
import { isData } from "../data/parse.ts"
import type { PlacedModel } from "../placement/model.ts"
import type { Spot } from "../placement/place.ts"
import { compareTexts } from "../text/order.ts"
import { type Origin, originOf } from "../text/source.ts"
import { isDeferred } from "../values/deferred.ts"
import type { ApplianceThing, PlannedNic } from "../values/model.ts"
import { amountOf, entriesOf, fieldsOf, textsOf } from "../values/parts.ts"
import { show, showAddress } from "../values/show.ts"
import type { Value } from "../values/value.ts"
import { pathBetween } from "../wiring/reach.ts"
import type { StartOrder } from "../wiring/start-order.ts"
import type { Check, DesiredAppliance, Nic, Rollout, Scale, Volume } from "./desired-state.ts"
import { desireFiles } from "./files.ts"
import { imageId, imageOf } from "./images.ts"
import { type HostOf, hostsBy, partsOf } from "./parts.ts"
import { desireCheck } from "./probe.ts"

/** What an appliance's desired state needs beside its own fields. */
export type Surroundings = {
  readonly topology: Topology
  readonly nics: ReadonlyMap<ApplianceThing, readonly PlannedNic[]>
  readonly further: ReadonlyMap<ApplianceThing, readonly (readonly PlannedNic[])[]>
  readonly order: StartOrder
  readonly placed: PlacedModel
}

/** One appliance as plain data: reads all its fields. */
export function desireAppliance(thing: ApplianceThing, around: Surroundings): DesiredAppliance {
  const nics = around.nics.get(thing) ?? []
  const spot: Spot = around.placed.placement.spots.get(thing.id) ?? { host: "", form: "container" }
  const hostOf = hostsBy(around.placed)
  const image = imageOf(thing)
  const reload = textsOf(thing.field("reload"))
  const user = thing.field("user")
  return {
    id: thing.id,
    name: thing.hostname,
    class: thing.class.name,
    host: spot.host,
    form: spot.form,
    image: image === null ? "" : imageId(image),
    cpus: amountOf(thing.field("cpus")) ?? 1,
    memory_bytes: amountOf(thing.field("memory")) ?? 0,
    disk_bytes: amountOf(thing.field("disk")),
    nics: nics.map(nicOf),
    files: desireFiles(
      thing,
      (provided) => {
        const path = pathBetween(thing, provided.appliance, around.nics, around.topology)
        return path === null ? null : showAddress(path.to.address)
      },
      hostOf,
    ),
    env: envOf(thing.field("env"), hostOf),
    start: textsOf(thing.field("start")),
    reload: reload.length === 0 ? null : reload,
    user: typeof user === "string" ? user : null,
    volumes: volumesOf(thing.field("volumes")),
    limits: limitsOf(thing.field("limits")),
    restart: thing.field("restart") === "always" ? "always" : "no",
    protect: thing.field("protect") === true,
    tags: textsOf(thing.field("tags")),
    scale: scaleOf(thing.field("scale"), around.further.get(thing) ?? []),
    fork: thing.field("fork") === true,
    slim: thing.field("slim") === true,
    update: rolloutOf(thing.field("update")),
    checks: thing.checks.flatMap((check): Check[] => desireCheck(thing, check, around.nics)),
    after: (around.order.get(thing) ?? []).map((provider) => provider.id),
    origin: originOf(thing.span),
    origins: originsOf(thing),
  }
}

function nicOf(nic: PlannedNic): Nic {
  return {
    device: nic.device,
    network: nic.network?.id ?? null,
    address: showAddress(nic.address),
    prefix: nic.prefix,
    mac: nic.mac,
    gateway: nic.gateway === null ? null : showAddress(nic.gateway),
    peer: nic.peer === null ? null : showAddress(nic.peer),
  }
}

function envOf(value: Value | undefined, hostOf: HostOf): DesiredAppliance["env"] {
  const entries = [...entriesOf(value)].sort(([left], [right]) => compareTexts(String(left), String(right)))
  return Object.fromEntries(
    entries.map(([name, text]) => [String(name), isDeferred(text) ? { parts: partsOf(text, hostOf) } : show(text)]),
  )
}

function volumesOf(value: Value | undefined): readonly Volume[] {
  const volumes = [...entriesOf(value)].map(([name, volume]) => {
    const fields = fieldsOf(volume)
    const backup = fields.get("backup")
    return {
      name: String(name),
      path: show(fields.get("path") ?? ""),
      size_bytes: amountOf(fields.get("size")) ?? 0,
      backup: typeof backup === "string" ? backup : null,
    }
  })
  return volumes.sort((left, right) => compareTexts(left.name, right.name))
}

function scaleOf(value: Value | undefined, further: readonly (readonly PlannedNic[])[]): Scale | null {
  const fields = fieldsOf(value)
  const max = amountOf(fields.get("max"))
  if (max === null) return null
  const above_percent = amountOf(fieldsOf(fields.get("when")).get("above"))
  return {
    min: amountOf(fields.get("min")) ?? 1,
    max,
    when: above_percent === null ? null : { of: "cpu", above_percent },
    idle_ms: amountOf(fields.get("idle")),
    further: further.map((nics) => nics.map(nicOf)),
  }
}

function rolloutOf(value: Value | undefined): Rollout | null {
  const fields = fieldsOf(value)
  if (fields.size === 0) return null
  return {
    at_once: amountOf(fields.get("at-once")) ?? 1,
    canary: amountOf(fields.get("canary")) ?? 0,
    healthy_ms: amountOf(fields.get("healthy")),
    turn_back: fields.get("turn-back") !== false,
  }
}

function limitsOf(value: Value | undefined): DesiredAppliance["limits"] {
  const fields = fieldsOf(value)
  const disk_bytes = amountOf(fields.get("disk"))
  const network_bits_per_second = amountOf(fields.get("network"))
  const processes = amountOf(fields.get("processes"))
  return {
    ...(disk_bytes === null ? {} : { disk_bytes }),
    ...(network_bits_per_second === null ? {} : { network_bits_per_second }),
    ...(processes === null ? {} : { processes }),
  }
}

/** The name of each field in the desired state, and in the language. */
const field_names = [
  ["form", "form"],
  ["image", "image"],
  ["cpus", "cpus"],
  ["memory_bytes", "memory"],
  ["disk_bytes", "disk"],
  ["nics", "on"],
  ["files", "files"],
  ["env", "env"],
  ["start", "start"],
  ["reload", "reload"],
  ["user", "user"],
  ["volumes", "volumes"],
  ["limits", "limits"],
  ["restart", "restart"],
  ["protect", "protect"],
  ["tags", "tags"],
  ["scale", "scale"],
  ["fork", "fork"],
  ["slim", "slim"],
  ["update", "update"],
] as const

/** Where each field was written; those that nobody wrote are left out, and the appliance's own place stands for them. */
function originsOf(thing: ApplianceThing): Readonly<Record<string, Origin>> {
  const origins: Record<string, Origin> = {}
  for (const [desired, written] of field_names) {
    const span = thing.fieldSpan(written)
    if (span === thing.span) continue
    // What was read from a data file is changed there, not where it is handed on.
    const traced = thing.trace(written).span
    origins[desired] = originOf(isData(traced.source) ? traced : span)
  }
  return origins
}
