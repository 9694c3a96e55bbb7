import {
  type DesiredAppliance,
  type DesiredFile,
  type DesiredState,
  filterText,
  lateOutput,
  lateText,
  type Origin,
  type Output,
  type OutputValue,
  type Part,
  showLate,
} from "../../lang/index.ts"
import type { Failure, Outcome } from "../model/failure.ts"
import type { ApplianceFile, SettledPart } from "../model/fields.ts"
import type { HostFacts } from "../model/observed.ts"

/** A desired state of which all is known but what the secrets are: these have versions. */
export type SettledState = Omit<DesiredState, "appliances" | "outputs"> & {
  readonly appliances: readonly SettledAppliance[]
  readonly outputs: readonly Output[]
}
export type SettledAppliance = Omit<DesiredAppliance, "files" | "env"> & {
  readonly files: readonly SettledFile[]
  readonly env: Readonly<Record<string, string | { readonly parts: readonly SettledPart[] }>>
}
type SettledFile = Omit<DesiredFile, "content"> & { readonly content: ApplianceFile["content"] }

/** The secrets that a cluster asks for by name, each with its length when it may have to be made. */
export function secretsWanted(desired: DesiredState): ReadonlyMap<string, number | null> {
  const found = new Map<string, number | null>()
  const collect = (parts: readonly Part[]): void => {
    for (const part of parts) {
      if (typeof part === "string" || "late" in part) continue
      if ("filter" in part) collect(part.of)
      else found.set(part.secret, found.get(part.secret) ?? part.length ?? null)
    }
  }
  for (const { files, env } of desired.appliances) {
    for (const { content } of files) if ("parts" in content) collect(content.parts)
    for (const value of Object.values(env)) if (typeof value !== "string") collect(value.parts)
  }
  return found
}

/** Puts in what the hosts tell of themselves, and the version of each secret. Fails when a late value has none. */
export function settle(
  desired: DesiredState,
  facts: ReadonlyMap<string, HostFacts>,
  versions: ReadonlyMap<string, string>,
): Outcome<SettledState> {
  const settling: Settling = { facts, versions, problems: [] }
  const settled: SettledState = {
    ...desired,
    appliances: desired.appliances.map((appliance) => settleAppliance(appliance, settling)),
    outputs: desired.outputs.map((output) => settleOutput(output, settling)),
  }
  const [first] = settling.problems
  return first === undefined ? { ok: true, value: settled } : { ok: false, failure: first }
}

/** The outputs alone, once their hosts were looked at. */
export function settledOutputs(
  desired: DesiredState,
  facts: ReadonlyMap<string, HostFacts>,
): Outcome<readonly Output[]> {
  const settling: Settling = { facts, versions: new Map(), problems: [] }
  const outputs = desired.outputs.map((output) => settleOutput(output, settling))
  const [first] = settling.problems
  return first === undefined ? { ok: true, value: outputs } : { ok: false, failure: first }
}

type Settling = {
  readonly facts: ReadonlyMap<string, HostFacts>
  readonly versions: ReadonlyMap<string, string>
  readonly problems: Failure[]
}

function settleAppliance(appliance: DesiredAppliance, settling: Settling): SettledAppliance {
  const env = Object.entries(appliance.env).map(([name, value]) => {
    if (typeof value === "string") return [name, value] as const
    const parts = settleParts(value.parts, settling, appliance.origins.env ?? appliance.origin)
    return [name, plainOf(parts) ?? { parts }] as const
  })
  return {
    ...appliance,
    files: appliance.files.map((file) => settleFile(file, settling)),
    env: Object.fromEntries(env),
  }
}

function settleFile(file: DesiredFile, settling: Settling): SettledFile {
  const { content, origin } = file
  if (!("parts" in content)) return { ...file, content }
  const parts = settleParts(content.parts, settling, origin)
  const text = plainOf(parts)
  return {
    ...file,
    content: text === null ? { parts } : { text },
    // A fact that changes is a reason like any other value that went into the file.
    causes: [...file.causes, ...factsIn(content.parts, settling, origin)],
  }
}

function settleParts(parts: readonly Part[], settling: Settling, origin: Origin): readonly SettledPart[] {
  const settled = parts.map((part): SettledPart => {
    if (typeof part === "string") return part
    if ("secret" in part) return { secret: part.secret, version: settling.versions.get(part.secret) ?? "" }
    if ("late" in part) {
      const resolved = lateText(part.late, settling.facts)
      if (!resolved.ok) settling.problems.push(lateFailure(showLate(part.late), resolved.why, origin))
      return resolved.ok ? resolved.value : ""
    }
    const of = settleParts(part.of, settling, origin)
    const text = plainOf(of)
    return text === null ? { filter: part.filter, of } : filterText(part.filter, text)
  })
  return settled.reduce<SettledPart[]>((joined, part) => {
    const last = joined.at(-1)
    if (typeof part === "string" && typeof last === "string") joined[joined.length - 1] = last + part
    else joined.push(part)
    return joined
  }, [])
}

/** The text of parts that hold no secret; null when they do. */
function plainOf(parts: readonly SettledPart[]): string | null {
  return parts.every((part) => typeof part === "string") ? parts.join("") : null
}

function factsIn(parts: readonly Part[], settling: Settling, origin: Origin): DesiredFile["causes"] {
  return parts.flatMap((part) => {
    if (typeof part === "string" || "secret" in part) return []
    if ("filter" in part) return factsIn(part.of, settling, origin)
    const resolved = lateText(part.late, settling.facts)
    return resolved.ok ? [{ name: showLate(part.late), value: resolved.value, through: [], origin }] : []
  })
}

function settleOutput(output: Output, settling: Settling): Output {
  const { late, ...rest } = output
  if (late === undefined) return output
  let { value } = rest
  for (const { path, of } of late) {
    const resolved = lateOutput(of, settling.facts)
    if (resolved.ok) value = withPart(value, path, resolved.value)
    else settling.problems.push(lateFailure(`the output ${output.name}`, resolved.why, output.origin))
  }
  return { ...rest, value }
}

function withPart(value: OutputValue, path: readonly (string | number)[], part: OutputValue): OutputValue {
  const [key, ...rest] = path
  if (key === undefined) return part
  if (Array.isArray(value)) return value.map((one, index) => (index === key ? withPart(one, rest, part) : one))
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, name === key ? withPart(one, rest, part) : one]),
  )
}

function lateFailure(what: string, why: string, origin: Origin): Failure {
  const place = `${origin.file}:${origin.line}`
  return { kind: "conflict", message: `${what} has no value: ${why}`, remedy: `look at ${place}`, output: [] }
}
