import { removalOf } from "../text/removal.ts"
import type { Findings } from "./findings.ts"
import type { Item } from "./tree.ts"
import { declarationWords } from "./words.ts"

/** What a body belongs to. Control (`for`, `if`, `match`) has the place that it stands in. */
export type Place =
  | "file"
  | "cluster"
  | "class"
  | "instance"
  | "every"
  | "network"
  | "service"
  | "params"
  | "test"
  | "record"

const names: Readonly<Record<Place, string>> = {
  file: "a file",
  cluster: "a cluster",
  class: "an appliance class",
  instance: "an instance",
  every: "an `every`",
  network: "a network",
  service: "a provided service",
  params: "a set of params",
  test: "a test",
  record: "a record",
}

const bodies: readonly Place[] = ["cluster", "class", "instance", "every", "network", "service", "params", "test"]
const control: readonly Place[] = [...bodies, "record"]
const settable: readonly Place[] = ["class", "instance", "every", "network", "service", "params", "record"]
const wiring: readonly Place[] = ["class", "cluster", "every"]

/** Where each kind of item may stand. */
const places: Readonly<Record<Item["kind"], readonly Place[]>> = {
  use: ["file"],
  function: ["file"],
  type: ["file"],
  service: ["file"],
  "appliance-class": ["file"],
  cluster: ["file"],
  params: ["file"],
  test: ["file"],
  let: ["file", ...bodies],
  assert: ["file", ...bodies],
  host: ["file", "cluster"],
  network: ["file", "cluster"],
  instance: ["cluster"],
  "cluster-instance": ["cluster"],
  publish: ["cluster"],
  insert: ["cluster"],
  every: ["cluster"],
  moved: ["cluster"],
  param: ["class", "cluster"],
  output: ["class", "cluster"],
  allow: ["class", "cluster"],
  provides: wiring,
  needs: wiring,
  check: wiring,
  field: settable,
  entry: ["record"],
  "map-for": ["record"],
  for: control,
  if: control,
  match: control,
}

const descriptions: Partial<Record<Item["kind"], string>> = {
  field: "a field",
  entry: "an entry with its key in quotes",
  "map-for": "an entry with `for`",
  "appliance-class": "an appliance class",
  instance: "an instance of an appliance",
  cluster: "a cluster",
  "cluster-instance": "a cluster inside another",
}

/** Reports an item that stands where it has no meaning. */
export function checkPlace(item: Item, place: Place, text: string, findings: Findings): void {
  const allowed = places[item.kind]
  if (allowed.includes(place)) return
  const end = wordEnd(text, item)
  const what = descriptions[item.kind] ?? `\`${text.slice(item.start, end)}\``
  const where = allowed.length > 3 ? "a body" : allowed.map((other) => names[other]).join(" or ")
  findings.breakdown("A0125", item.start, end, `${what} stands in ${where}, not in ${names[place]}`, {
    hint: hintFor(item, place),
  })
}

/** Reports a `}` that closes nothing. What was found to stand in no body just before is its echo: a body was closed too early. */
export function reportSurplusBrace(start: number, end: number, findings: Findings): void {
  const message = "this `}` closes nothing"
  const homeless = findings.takeBack((code, found) => code === "A0125" && found.endsWith(`, not in ${names.file}`))
  if (homeless !== null) {
    const related = [{ message: "this stands in no body any more: a `}` above it is one too many", span: homeless }]
    // The line counts as broken already, by what was taken back.
    findings.mistake("A0104", start, end, message, { related })
    return
  }
  findings.breakdown("A0104", start, end, message, {
    fix: { title: "Take it away", edits: [{ span: removalOf(findings.span(start, end)), text: "" }] },
  })
}

function hintFor(item: Item, place: Place): string | undefined {
  if (item.kind === "field" && declarationWords.has(item.name.text))
    return `\`${item.name.text}\` declares, and lacks a name here`
  if (item.kind === "field" && place === "cluster")
    return "a cluster declares: `param`, `let`, `output`, `appliance`, …"
  if (item.kind === "field" && (place === "file" || place === "test"))
    return `a value has a name with \`let ${item.name.text} = …\``
  if (item.kind === "cluster") return "inside a cluster, another one has a name and a class: `cluster name: other { }`"
  return undefined
}

/** The end of the first word of an item. */
function wordEnd(text: string, item: Item): number {
  const found = /^[\w-]+/.exec(text.slice(item.start, Math.min(item.end, item.start + 80)))
  return found === null ? item.end : item.start + found[0].length
}
