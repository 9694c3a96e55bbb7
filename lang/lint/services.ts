import type { ClassSymbol } from "../names/symbol.ts"
import type { Realised } from "../realise.ts"
import type * as tree from "../syntax/tree.ts"
import { isObject } from "../values/show.ts"
import { portSpans } from "../wiring/ports.ts"
import type { Find, Rule, Subject } from "./rule.ts"
import { isOwn } from "./rule.ts"

/** A1005: a class that provides something, and neither it nor what it specialises has a check. */
export function servicesWithoutCheck(subject: Subject, find: Find): void {
  const { bindings } = subject
  for (const symbol of new Set(bindings.declared.values())) {
    if (symbol.kind !== "class" || !subject.units.includes(symbol.unit)) continue
    const levels: ClassSymbol[] = []
    for (let at: ClassSymbol | undefined = symbol; at !== undefined; at = bindings.bases.get(at)) levels.push(at)
    if (levels.some((level) => itemOf(level.declaration.body, "check") !== null)) continue
    const provides = itemOf(symbol.declaration.body, "provides")
    if (provides === null || provides.kind !== "provides") continue
    find(
      { source: symbol.unit.source, start: provides.name.start, end: provides.name.end },
      `${symbol.name} provides ${provides.name.text} and checks nothing`,
      { hint: `add \`check "answers" = tcp-open(${provides.name.text})\`` },
    )
  }
}

/** A1008 to A1010: what the appliances of a cluster are not wired to; said once for each cluster. */
export function missingCompanions(service: string, message: string): Rule["look"] {
  return (subject, find) => {
    for (const { model, desired } of subject.clusters) {
      const span = model.cluster.span
      if (!isOwn(subject, span)) continue
      const wired = desired.wires.filter((wire) => wire.service === service)
      const served = new Set(wired.flatMap((wire) => [wire.consumer, wire.provider]))
      const alone = model.appliances.filter((one) => !served.has(one.id))
      if (alone.length === 0) continue
      const hint = wired.length === 0 ? `nothing in ${model.cluster.name} provides and needs ${service}` : undefined
      find(span, `${message} ${listed(alone.map((one) => one.id))}`, { hint })
    }
  }
}

/** A1011: volumes that nobody backs up. What is wired to a `Backup`, or provides one, sees to its copies itself. */
export function volumesWithoutBackup(subject: Subject, find: Find): void {
  eachOnce(subject, (realised, once) => {
    const wires = realised.desired.wires.filter((wire) => wire.service === "Backup")
    const copied = new Set(wires.flatMap((wire) => [wire.consumer, wire.provider]))
    for (const appliance of realised.desired.appliances) {
      if (copied.has(appliance.id)) continue
      const volume = appliance.volumes.find((one) => one.backup === null)
      const thing = realised.model.appliances.find((one) => one.id === appliance.id)
      if (volume === undefined || thing === undefined) continue
      const span = thing.fieldSpan("volumes")
      once(
        isOwn(subject, span) ? span : thing.span,
        `the volume ${volume.name} of ${thing.id} has no backup`,
        find,
        'say how often: `backup = "nightly"`',
      )
    }
  })
}

/** A1007: images whose packages the lock does not know, said once for each cluster; and those made elsewhere without their digest. */
export function unpinnedImages(subject: Subject, find: Find): void {
  eachOnce(subject, ({ model }, once) => {
    for (const appliance of model.appliances) {
      const image = appliance.field("image")
      if (!isObject(image) || image.kind !== "image" || image.source.kind === "debian" || image.source.sha256 !== null)
        continue
      once(image.span, `nobody has said what ${image.source.from} should be: give its sha256`, find)
    }
  })
  for (const { model, desired } of subject.clusters) {
    const resolved = desired.images.filter((image) => image.source.kind === "debian")
    const unpinned = new Set(resolved.filter((image) => image.pins === null).map((image) => image.id))
    const made = desired.appliances.filter((appliance) => unpinned.has(appliance.image))
    if (made.length === 0 || !isOwn(subject, model.cluster.span)) continue
    find(model.cluster.span, `the lock does not know the packages of ${listed(made.map((one) => one.id))}`, {
      hint: "`appl apply` writes them to it: keep it under version control",
    })
  }
}

/** A1012: remote shells, databases and caches that the outside reaches. */
export function publicAdministration(subject: Subject, find: Find): void {
  eachOnce(subject, ({ model }, once) => {
    for (const allow of model.allows) {
      const from = allow.from()
      if (!isObject(from) || from.kind !== "outside") continue
      const port = portSpans(allow.ports()).find(({ from: low, to: high }) =>
        administration.some(([at]) => at >= low && at <= high),
      )
      if (port !== undefined)
        once(allow.span, messageOf(administration.find(([at]) => at >= port.from && at <= port.to)!), find)
    }
    for (const publish of model.publishes) {
      const target = publish.target()
      if (!isObject(target) || target.kind !== "provided") continue
      const open = target.provided.ports().flatMap(({ value }) => portSpans(value))
      const known = administration.find(([at]) => open.some((span) => at >= span.from && at <= span.to))
      if (known !== undefined) once(publish.span, messageOf(known), find)
    }
  })
}

const administration: readonly (readonly [number, string])[] = [
  [22, "SSH"],
  [23, "Telnet"],
  [389, "LDAP"],
  [1433, "SQL Server"],
  [2375, "Docker"],
  [3306, "MySQL"],
  [3389, "Remote Desktop"],
  [5432, "PostgreSQL"],
  [5900, "VNC"],
  [6379, "Redis"],
  [9200, "Elasticsearch"],
  [11211, "memcached"],
  [27017, "MongoDB"],
]

function messageOf([port, name]: readonly [number, string]): string {
  return `the outside reaches ${name}, port ${port}`
}

type Once = (span: Parameters<Find>[0], message: string, find: Find, hint?: string) => void

/** Many things of one line are one finding. */
function eachOnce(subject: Subject, look: (realised: Realised, once: Once) => void): void {
  const seen = new Set<string>()
  const once: Once = (span, message, find, hint) => {
    const key = `${span.source.path} ${span.start}`
    if (seen.has(key) || !isOwn(subject, span)) return
    seen.add(key)
    find(span, message, { hint })
  }
  for (const realised of subject.clusters) look(realised, once)
}

function itemOf(body: tree.Body, kind: tree.Item["kind"]): tree.Item | null {
  for (const item of body.items) {
    if (item.kind === kind) return item
    const bodies =
      item.kind === "if"
        ? [item.then, ...(item.else?.kind === "body" ? [item.else] : [])]
        : item.kind === "for"
          ? [item.body]
          : []
    for (const inner of bodies) {
      const found = itemOf(inner, kind)
      if (found !== null) return found
    }
  }
  return null
}

function listed(ids: readonly string[]): string {
  const shown = ids.slice(0, 5).join(", ")
  return ids.length > 5 ? `${shown} and ${ids.length - 5} more` : shown
}
