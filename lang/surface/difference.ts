import type { Span } from "../text/source.ts"
import { compareDependencies } from "./dependency-differences.ts"
import { compareMembers, moved } from "./member-differences.ts"
import { type Comparer, makeComparer } from "./same-types.ts"
import type { Entry, EntryKind, Surface } from "./surface.ts"

/** How much of a step a change needs: whoever uses the module must change something, may use something new, or sees nothing of it. */
export type Weight = "breaking" | "additive" | "patch"

/** One difference between two versions, said as a sentence about the newer one. */
export type Finding = {
  readonly weight: Weight
  readonly message: string
  /** Where it is in the newer version; in the older one for what is gone. */
  readonly span: Span
}

/** What changed between two versions of a module for those who use it, the weightiest first. */
export function differences(before: Surface, after: Surface): readonly Finding[] {
  const comparer = makeComparer(before, after)
  const findings: Finding[] = []
  const old = new Map(before.entries.map((entry) => [keyOf(entry), entry]))
  const now = new Map(after.entries.map((entry) => [keyOf(entry), entry]))
  for (const [key, entry] of old) {
    if (!now.has(key)) findings.push(finding("breaking", `${describe(entry)} is gone`, entry.span))
  }
  for (const [key, entry] of now) {
    const earlier = old.get(key)
    if (earlier === undefined) findings.push(finding("additive", `${describe(entry)} is new`, entry.span))
    else findings.push(...compareEntries(earlier, entry, comparer))
  }
  findings.push(...compareDependencies(before.description, after.description))
  const order: readonly Weight[] = ["breaking", "additive", "patch"]
  return findings.sort((left, right) => order.indexOf(left.weight) - order.indexOf(right.weight))
}

/** The weight of a change as a whole: that of its weightiest difference. */
export function weightOf(findings: readonly Finding[]): Weight {
  return findings[0]?.weight ?? "patch"
}

function compareEntries(before: Entry, after: Entry, comparer: Comparer): Finding[] {
  if (before.kind !== after.kind) {
    return [
      finding("breaking", `${after.name} was ${articled(before.kind)}, and is ${articled(after.kind)}`, after.span),
    ]
  }
  return [
    ...compareBase(before, after, comparer),
    ...compareType(before, after, comparer),
    ...compareMembers(before, after, comparer),
  ]
}

/** Whoever takes appliances of the base takes those of the class, until it no longer specialises it. */
function compareBase(before: Entry, after: Entry, comparer: Comparer): Finding[] {
  if (before.kind !== "class" || before.base === after.base) return []
  if (comparer.stillSpecialises(before, after)) {
    return before.base === null ? [finding("additive", `${after.name} now specialises ${after.base}`, after.span)] : []
  }
  return [finding("breaking", `${after.name} no longer specialises ${before.base}`, after.span)]
}

/** A value is only read; what a function gives too. A type is used for both, so it may only grow where nothing has to be complete. */
function compareType(before: Entry, after: Entry, comparer: Comparer): Finding[] {
  const [old, now] = [before.type, after.type]
  // The fields of a record are compared one by one.
  if (
    old === null ||
    now === null ||
    (after.kind === "type" && after.members.length > 0 && before.members.length > 0)
  ) {
    return after.kind === "type" ? compareAlternatives(before, after) : []
  }
  const declared = after.kind === "type" ? after.name : null
  const [wider, narrower] = [
    comparer.accepts(now.type, old.type, declared),
    comparer.accepts(old.type, now.type, declared),
  ]
  if (wider && narrower) return []
  const said = `${after.name} ${moved(old.text, now.text)}`
  if (after.kind === "type") {
    // A `match` covers every alternative, so one more leaves those of others incomplete.
    const isClosed = old.type.kind === "enum" || old.type.kind === "union"
    return [finding(wider && !isClosed ? "additive" : "breaking", said, after.span)]
  }
  return [
    finding(
      narrower ? "additive" : "breaking",
      after.kind === "function" ? said.replace(after.name, `what ${after.name} gives`) : said,
      after.span,
    ),
  ]
}

/** Alternatives of a tagged union that came or went; their fields are members. */
function compareAlternatives(before: Entry, after: Entry): Finding[] {
  const variantsOf = (entry: Entry) =>
    entry.type?.type.kind === "union" ? entry.type.type.variants.map(({ name }) => name!) : []
  const [old, now] = [variantsOf(before), variantsOf(after)]
  return [
    ...old
      .filter((name) => !now.includes(name))
      .map((name) => finding("breaking", `${after.name} no longer has the alternative ${name}`, after.span)),
    ...now
      .filter((name) => !old.includes(name))
      .map((name) =>
        finding("breaking", `${after.name} has one more alternative, ${name}, which no \`match\` covers`, after.span),
      ),
  ]
}

function describe(entry: Entry): string {
  return `the ${words[entry.kind]} ${entry.part === null ? "" : `${entry.part}/`}${entry.name}`
}

function articled(kind: EntryKind): string {
  return kind === "class" ? "an appliance class" : `a ${words[kind]}`
}

const words: Readonly<Record<EntryKind, string>> = {
  class: "appliance class",
  service: "service",
  type: "type",
  function: "function",
  cluster: "cluster",
  value: "value",
  network: "network",
  host: "host",
}

function keyOf(entry: Entry): string {
  return `${entry.part ?? ""}/${entry.name}`
}

function finding(weight: Weight, message: string, span: Span): Finding {
  return { weight, message, span }
}
