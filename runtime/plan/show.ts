import { type End, type Flow, type ImageSource, type PortSpan, showOrigin } from "../../lang/index.ts"
import { showBytes } from "../model/bytes.ts"
import { fieldsOf } from "../model/fields.ts"
import type { Address } from "../model/object.ts"
import { type Action, signs } from "./action.ts"
import type { PackageChange, Plan, Reason, Step } from "./plan.ts"
import { sizeText } from "./reasons.ts"

export type ShowOptions = { readonly color: "never" | "always" }

/** A plan as text for people: each step with its reasons and diffs, then flows, packages, placement and a line that sums up. */
export function showPlan(plan: Plan, { color }: ShowOptions): string {
  const paint: Paint = (style, text) => (color === "always" ? `${styles[style]}${text}\u001b[0m` : text)
  const warnings = plan.warnings.map((warning) => `${paint("careful", "warning")}: ${warning}\n`)
  if (plan.steps.length === 0) return `${warnings.join("")}${nothingToDo(plan)}${leftOut(plan, paint)}`
  const sections = [
    plan.steps.map((step) => showStep(step, plan, paint)).join(""),
    rollouts(plan),
    leftOut(plan, paint),
    flows(plan, paint),
    packages(plan.packages, paint),
    builds(plan),
    placement(plan),
    interrupted(plan),
    warnings.join(""),
    `${paint("bold", `${plan.cluster}:`)} ${summary(plan)}.\n`,
  ]
  return sections.filter((section) => section !== "").join("\n")
}

/** An object as people name it: `web[1]`, `network dmz`, `publish 8080/tcp`, `image 3f2a91c0bd12`. */
export function nameOf(address: Address): string {
  const at = address.indexOf("/")
  const [kind, name] = [address.slice(0, at), address.slice(at + 1)]
  if (kind === "appliance") return name
  if (kind === "firewall") return "firewall"
  if (kind === "names") return "names file"
  if (kind === "publish") return `publish ${name.replace("-", "/")}`
  return `${kind} ${kind === "image" ? name.slice(0, 12) : name}`
}

/** The object of a step as people name it; an image by what is in it, where the step knows. */
export function titleOf(step: Pick<Step, "address" | "object">): string {
  if (step.object?.kind !== "image") return nameOf(step.address)
  const { source, packages } = fieldsOf(step.object, "image")
  return `image ${[madeFrom(source), ...packages].join(" + ")}`
}

/** What an image is made from, in a word: its suite, or where it comes from. */
export function madeFrom(source: ImageSource): string {
  return source.kind === "debian" ? source.suite : source.from
}

type Paint = (style: keyof typeof styles, text: string) => string
const styles = {
  gentle: "\u001b[32m",
  careful: "\u001b[33m",
  harsh: "\u001b[31m",
  quiet: "\u001b[2m",
  bold: "\u001b[1m",
} as const

const style_of: Readonly<Record<Action, keyof typeof styles>> = {
  keep: "quiet",
  create: "gentle",
  update: "careful",
  reload: "careful",
  restart: "careful",
  replace: "careful",
  move: "careful",
  delete: "harsh",
}

function showStep(step: Step, plan: Plan, paint: Paint): string {
  const several = Object.keys(plan.world).length > 1 && step.object?.kind !== "appliance"
  const head = paint(
    style_of[step.action],
    `${signs[step.action]} ${titleOf(step)}${several ? ` on ${step.host}` : ""}`,
  )
  const along = plan.chosen?.taken.find(({ address, host }) => address === step.address && host === step.host)
  const taken = along === undefined ? "" : `taken along: ${along.why}`
  const details = [inWords(step), interruptions[step.interruption ?? "none"], taken].filter((part) => part !== "")
  const reasons = isPlain(step, plan) ? [] : step.reasons
  const origin = reasons.length === 0 ? originOf(step) : ""
  const line = [head, details.join(", "), paint("quiet", origin)].filter((part) => part !== "").join("  ")
  const diffs = step.diffs.map(({ diff }) => showDiff(diff, paint))
  return [`${line}\n`, ...reasons.map((reason) => `    ${showReason(reason, plan, paint)}\n`), ...diffs].join("")
}

/** A step that needs no reason: a new thing that is in the source, and everything that goes with its cluster. */
function isPlain({ action, reasons }: Step, plan: Plan): boolean {
  return plan.operation === "destroy" || (action === "create" && reasons.every((reason) => !reason.drift))
}

/** What is worth knowing of a new appliance, network or host of a change. */
function inWords({ action, object, host }: Step): string {
  if (object?.kind === "appliance" && (action === "create" || action === "replace" || action === "move")) {
    const { form, memory_bytes, nics } = fieldsOf(object, "appliance")
    const address = nics.find((nic) => nic.network !== null)?.address
    return `${form} on ${host}, ${sizeText(memory_bytes)}${address === undefined ? "" : `, ${address}`}`
  }
  if (object?.kind === "network" && action === "create") return fieldsOf(object, "network").cidr
  if (object?.kind === "publish") {
    const { appliance, target_port, through, relay } = fieldsOf(object, "publish")
    if (relay !== null) return `to ${appliance}, passed on to ${relay}`
    return `to ${appliance} port ${target_port}${through === null ? "" : `, through ${through.appliance}`}`
  }
  return ""
}

const interruptions = {
  none: "",
  moment: "does not answer for a moment",
  restart: "does not answer while it restarts",
  copied: "does not answer while its volumes are copied",
  gone: "",
} as const

function showReason(reason: Reason, plan: Plan, paint: Paint): string {
  const known = reason.from !== null || reason.to !== null
  const values = known ? ` from ${quoted(reason.from)} to ${quoted(reason.to)}` : ""
  const through = reason.through.length === 0 ? "" : `, through ${reason.through.join(", ")}`
  const place = reason.origin === null || plan.operation === "destroy" ? "" : `  ${showOrigin(reason.origin)}`
  const drift = reason.drift ? paint("careful", "drift: ") : ""
  return `${drift}${reason.what}${values}${through}${paint("quiet", place)}`
}

function quoted(value: string | null): string {
  return value === null ? "nothing" : `"${value.replaceAll("\n", "\\n")}"`
}

function originOf({ object, action }: Step): string {
  return object === null || action === "delete" ? "" : showOrigin(object.origin)
}

function showDiff(diff: string, paint: Paint): string {
  const lines = diff.split("\n").filter((line) => line !== "" && !line.startsWith("\\ No newline"))
  return lines.map((line) => `      ${paintDiff(line, paint)}\n`).join("")
}

function paintDiff(line: string, paint: Paint): string {
  if (line.startsWith("+")) return paint("gentle", line)
  return line.startsWith("-") ? paint("harsh", line) : line
}

/** How the changes of each family reach its instances, and how long that takes at least. */
function rollouts({ rollouts: all, steps }: Plan): string {
  if (all.length === 0) return ""
  const named = new Map(steps.map((step) => [step.id, nameOf(step.address)]))
  const lines = all.map(({ family, batches, healthy_ms, back }) => {
    const order = batches.map((batch) => inShort(batch.map((id) => named.get(id) ?? id))).join(", then ")
    const healthy = healthy_ms ?? 0
    const wait =
      healthy === 0 ? "" : `; each healthy for ${timeText(healthy)}, ${timeText(healthy * batches.length)} at least`
    const stuck = back === null ? [] : batches.flat().filter((id) => back[id] === undefined)
    const stays = stuck.length === 0 ? "" : ` but for ${inShort(stuck.map((id) => named.get(id) ?? id))}`
    return `  ${family}: ${order}${wait}; a failure stops it${back === null ? "" : ` and turns it back${stays}`}\n`
  })
  return ["Rollouts:\n", ...lines].join("")
}

/** All names of a few, of many the first and the last with their number. */
function inShort(names: readonly string[]): string {
  if (names.length <= 3) return names.join(" ")
  return `${names[0]} … ${names.at(-1)} (${names.length})`
}

/** `45 s`, `2 min`, `1 min 30 s`. */
function timeText(duration_ms: number): string {
  const [minutes, seconds] = [Math.floor(duration_ms / 60_000), Math.round((duration_ms % 60_000) / 1_000)]
  return [minutes > 0 ? `${minutes} min` : "", seconds > 0 || minutes === 0 ? `${seconds} s` : ""]
    .filter((part) => part !== "")
    .join(" ")
}

function flows({ flows: { opened, closed }, operation }: Plan, paint: Paint): string {
  if (operation === "destroy" || opened.length + closed.length === 0) return ""
  const show = (style: keyof typeof styles, sign: string) => (flow: Flow) =>
    `  ${paint(style, sign)} ${showEnd(flow.from)} -> ${showEnd(flow.to)} ${flow.ports.map(showPorts).join(" ")}  ${paint("quiet", flow.cause)}\n`
  return ["Flows:\n", ...opened.map(show("gentle", "+")), ...closed.map(show("harsh", "-"))].join("")
}

/** One end of a flow, as people name it. */
export function showEnd(end: End): string {
  if (end.kind === "appliance") return end.id
  if (end.kind === "network") return `network ${end.name}`
  return end.kind === "cidr" ? end.cidr : "outside"
}

/** `53/udp`, `8000..8010/tcp`. */
export function showPorts({ from, to, protocol }: PortSpan): string {
  return `${from === to ? from : `${from}..${to}`}/${protocol}`
}

function packages(changes: readonly PackageChange[], paint: Paint): string {
  if (changes.length === 0) return ""
  const lines = changes.map(({ name, from, to }) => {
    if (from === null) return `  ${paint("gentle", "+")} ${name} ${to}\n`
    return to === null
      ? `  ${paint("harsh", "-")} ${name} ${from}\n`
      : `  ${paint("careful", "~")} ${name} ${from} -> ${to}\n`
  })
  return ["Packages:\n", ...new Set(lines)].join("")
}

/** What new appliances will use, on hosts where that is limited. */
function placement({ placement: rows, steps }: Plan): string {
  const added = steps.some(({ action, object }) => object?.kind === "appliance" && action === "create")
  const limited = rows.filter((row) => row.capacity !== null && row.wanted > 0)
  if (!added || limited.length === 0) return ""
  const lines = limited.map(({ host, resource, wanted, capacity }) => {
    const [asked, there] = [wanted, capacity!].map((amount) => (resource === "cpus" ? `${amount}` : showBytes(amount)))
    return `  ${host}: ${resource} ${asked} of ${there}${wanted > capacity! ? ", shared" : ""}\n`
  })
  return ["Placement:\n", ...lines].join("")
}

/** What there is to do and is not done now. */
function leftOut({ chosen }: Plan, paint: Paint): string {
  if (chosen === null || chosen.left.length === 0) return ""
  const lines = chosen.left.map(
    ({ address, host, action, why }) =>
      `  ${signs[action]} ${nameOf(address)}  ${paint("quiet", `to ${action} on ${host}, ${why}`)}\n`,
  )
  return ["Left out:\n", ...lines].join("")
}

/** The images that are built, and what that has to fetch at most. */
function builds({ builds, steps }: Plan): string {
  const lines = builds.map(({ image, host, packages, download_bytes }) => {
    const step = steps.find((one) => one.address === `image/${image}`)
    const name = step === undefined ? image : titleOf(step)
    return `  ${name} on ${host}: ${packages} packages, ${showBytes(download_bytes)} to fetch at most\n`
  })
  return builds.length === 0 ? "" : ["Images to build:\n", ...lines].join("")
}

/** Who does not answer for how long, in one line. */
function interrupted({ steps, operation }: Plan): string {
  if (operation === "destroy") return ""
  const names = (how: Step["interruption"]) =>
    steps.filter((step) => step.interruption === how && step.address.startsWith("appliance/")).map(titleOf)
  const parts = [
    [names("moment"), "for a moment"],
    [names("restart"), "while it restarts"],
    [names("gone"), "any more"],
  ] as const
  const said = parts.filter(([some]) => some.length > 0).map(([some, how]) => `${some.join(", ")} ${how}`)
  return said.length === 0 ? "" : `Does not answer: ${said.join("; ")}.\n`
}

function summary({ steps, kept, causes, chosen }: Plan): string {
  const counts = Map.groupBy(steps, (step) => step.action)
  const parts = [...counts].map(([action, some]) => `${some.length} to ${action}`)
  const left = chosen === null || chosen.left.length === 0 ? [] : [`${chosen.left.length} left out`]
  const drift = causes.drift === 0 ? "" : ` (${causes.source} by the source, ${causes.drift} by drift)`
  return `${[...parts, `${kept} unchanged`, ...left].join(", ")}${drift}`
}

function nothingToDo({ cluster, kept, operation }: Plan): string {
  if (operation === "destroy") return `Nothing to do: nothing of ${cluster} is there.\n`
  return `Nothing to do: ${kept} ${kept === 1 ? "thing" : "things"} of ${cluster} ${kept === 1 ? "is" : "are"} as they shall be.\n`
}
