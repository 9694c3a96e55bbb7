import type { Finding, Weight } from "./difference.ts"
import type { Comparer } from "./same-types.ts"
import type { Entry, Member } from "./surface.ts"

/** What changed in the members of an export. */
export function compareMembers(before: Entry, after: Entry, comparer: Comparer): Finding[] {
  const old = membersByKey(before)
  const now = membersByKey(after)
  const findings: Finding[] = []
  const add = (weight: Weight | null, message: string, member: Member | Entry) => {
    if (weight !== null) findings.push({ weight, message: `${after.name}: ${message}`, span: member.span })
  }
  for (const [key, member] of old) {
    if (!now.has(key)) add(goneWeight(member, after), `${describe(member)} is gone`, member)
  }
  for (const [key, member] of now) {
    const earlier = old.get(key)
    if (earlier === undefined) add(newWeight(member, before), `${describe(member)} is new${demand(member)}`, member)
    else for (const [weight, message] of compareMember(earlier, member, after, comparer)) add(weight, message, member)
  }
  if (after.kind === "function") {
    const [first, second] = [before, after].map((entry) => entry.members.map(({ name }) => name))
    const kept = second!.filter((name) => first!.includes(name))
    if (kept.join() !== first!.filter((name) => second!.includes(name)).join()) {
      add("breaking", "its parameters have another order", after)
    }
  }
  return findings
}

type Change = readonly [Weight, string]

function compareMember(before: Member, after: Member, entry: Entry, comparer: Comparer): Change[] {
  if (after.kind === "builtin") return compareBuiltin(before, after)
  if (after.kind === "check") return before.value === after.value ? [] : [["patch", `${describe(after)} changed`]]
  const [old, now] = [before.type, after.type]
  const changes: Change[] = []
  if (before.kind !== after.kind) changes.push(compareKinds(before, after))
  if (old !== null && now !== null) {
    const takes = comparer.accepts(now.type, old.type, null)
    const gives = comparer.accepts(old.type, now.type, null)
    const weight = weightOfType(after, entry, takes, gives)
    if (weight !== null) changes.push([weight, `${describe(after)} ${moved(old.text, now.text)}`])
    if (weight === "breaking") return changes
  }
  if (before.value !== after.value) {
    if (after.value === null && after.required) changes.push(["breaking", `${describe(after)} no longer has a default`])
    else if (before.value === null && before.required)
      changes.push(["additive", `${describe(after)} has a default now, ${after.value}`])
    else
      changes.push([
        "additive",
        `${describe(after)} was ${before.value ?? "not said"}, and is ${after.value ?? "not said"}`,
      ])
  }
  return changes
}

/** What is given has to be taken as before; what is read has to fit as before; a field of a contract or type is both. */
function weightOfType(member: Member, entry: Entry, takes: boolean, gives: boolean): Weight | null {
  if (takes && gives) return null
  switch (member.kind) {
    case "param":
    case "parameter":
      return takes ? "additive" : "breaking"
    case "output":
      return gives ? "additive" : "breaking"
    case "needs":
    case "uses":
      // Fewer providers asked for are there as before: `S?` and `S[]` are met by what met `S`, but are read in another way.
      return takes && member.required === false ? "additive" : "breaking"
    case "field":
      return entry.kind === "type" && takes ? "additive" : "breaking"
    default:
      return "breaking"
  }
}

/** `uses` waits for nobody; to wait may close a circle. */
function compareKinds(before: Member, after: Member): Change {
  if (before.kind === "needs" && after.kind === "uses")
    return ["additive", `${after.name} is used now, and no longer waited for`]
  if (before.kind === "uses" && after.kind === "needs")
    return ["breaking", `${after.name} is waited for now: it was \`uses\`, and is \`needs\``]
  return ["breaking", `${after.name} was ${article(before)}, and is ${article(after)}`]
}

/** Of the built-in fields those matter to others that they choose from, or whose loss costs them something. */
function compareBuiltin(before: Member, after: Member): Change[] {
  if (before.value === after.value) return []
  if (after.name === "forms") {
    const gone = quoted(before.value).filter((form) => !quoted(after.value).includes(form))
    return gone.length > 0
      ? [["breaking", `it no longer takes the form ${gone.join(", ")}`]]
      : [["additive", "it takes other forms"]]
  }
  if (after.name === "image") return [["patch", "its image changed: its appliances are replaced"]]
  return [["patch", `its ${after.name} changed`]]
}

function goneWeight(member: Member, after: Entry): Weight | null {
  if (member.kind === "builtin") return member.name === "volumes" ? "breaking" : "patch"
  if (member.kind === "check") return "patch"
  // The alternative itself is said to be gone.
  if (isOfOtherVariant(member, after)) return null
  return "breaking"
}

function newWeight(member: Member, before: Entry): Weight | null {
  if (member.kind === "builtin" || member.kind === "check") return "patch"
  if (isOfOtherVariant(member, before)) return null
  return member.required ? "breaking" : "additive"
}

/** Whether it is a field of an alternative that the other version has not, which is said of the alternative. */
function isOfOtherVariant(member: Member, other: Entry): boolean {
  const type = other.type?.type
  return member.variant !== null && type?.kind === "union" && !type.variants.some(({ name }) => name === member.variant)
}

function demand(member: Member): string {
  if (!member.required) return ""
  return member.kind === "needs" || member.kind === "uses"
    ? ", and somebody has to provide it"
    : ", and has to be given"
}

/** A member that changes its kind keeps its name, so that this is one finding. */
function membersByKey(entry: Entry): ReadonlyMap<string, Member> {
  return new Map(
    entry.members.map((member) => {
      const room = member.kind === "check" || member.kind === "output" ? member.kind : (member.variant ?? "")
      return [`${room} ${member.name}`, member]
    }),
  )
}

function describe(member: Member): string {
  switch (member.kind) {
    case "needs":
    case "uses":
      return `the need ${member.name}`
    case "provides":
      return `the service ${member.name}`
    case "builtin":
      return `the field ${member.name}`
    case "check":
      return `the check "${member.name}"`
    default:
      return `the ${member.kind} ${member.variant === null ? "" : `${member.variant}.`}${member.name}`
  }
}

/** From one text to another, which may be the same where what it names changed. */
export function moved(before: string, after: string): string {
  return before === after ? `is another ${after} than before` : `was ${before}, and is ${after}`
}

function article(member: Member): string {
  return member.kind === "needs" || member.kind === "uses"
    ? "a need"
    : member.kind === "provides"
      ? "a service"
      : `a ${member.kind}`
}

function quoted(text: string | null): string[] {
  return [...(text ?? "").matchAll(/"([^"]*)"/g)].map((match) => match[1]!)
}
