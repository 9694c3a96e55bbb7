import type * as tree from "../syntax/tree.ts"

/** A kind of body: what may stand in it is decided here. */
export type Place = "file" | "class" | "cluster" | "instance" | "network" | "provides" | "value"

type Kind = tree.Item["kind"]

const control: readonly Kind[] = ["for", "if", "match"]

const allowed: Readonly<Record<Place, ReadonlySet<Kind>>> = {
  file: new Set<Kind>([
    "use",
    "let",
    "function",
    "type",
    "service",
    "appliance-class",
    "cluster",
    "params",
    "host",
    "network",
    "assert",
    "moved",
    "test",
  ]),
  class: new Set<Kind>([
    ...control,
    "let",
    "param",
    "output",
    "provides",
    "needs",
    "check",
    "allow",
    "assert",
    "field",
  ]),
  cluster: new Set<Kind>([
    ...control,
    "let",
    "param",
    "output",
    "instance",
    "cluster-instance",
    "host",
    "network",
    "provides",
    "needs",
    "check",
    "publish",
    "allow",
    "insert",
    "every",
    "assert",
    "moved",
  ]),
  instance: new Set<Kind>(["if", "match", "let", "assert", "field"]),
  network: new Set<Kind>(["if", "match", "let", "field"]),
  provides: new Set<Kind>(["if", "match", "field"]),
  value: new Set<Kind>([...control, "field", "entry", "map-for"]),
}

/** Whether `item` may stand in a body of that kind. */
export function mayStand(item: tree.Item, place: Place): boolean {
  return allowed[place].has(item.kind)
}

/** The places where `item` may stand, in words; empty when there is none. */
export function placesOf(item: tree.Item): string {
  return (Object.keys(allowed) as Place[])
    .filter((place) => mayStand(item, place))
    .map((place) => placeWords[place])
    .join(" or ")
}

export const placeWords: Readonly<Record<Place, string>> = {
  file: "the top of a file",
  class: "an appliance class",
  cluster: "a cluster",
  instance: "an appliance of a cluster",
  network: "a network",
  provides: "a provided service",
  value: "a value",
}

/** What a reader calls an item. */
export const itemWords: Readonly<Record<Kind, string>> = {
  use: "`use`",
  let: "`let`",
  function: "a function",
  type: "a type",
  service: "a service",
  "appliance-class": "an appliance class",
  instance: "an appliance",
  cluster: "a cluster",
  "cluster-instance": "a cluster inside a cluster",
  params: "a set of params",
  host: "a host",
  network: "a network",
  param: "a param",
  output: "an output",
  provides: "`provides`",
  needs: "a need",
  check: "a check",
  publish: "`publish`",
  allow: "`allow`",
  insert: "`insert`",
  every: "`every`",
  assert: "`assert`",
  moved: "`moved`",
  test: "a test",
  field: "a field",
  entry: "an entry with a quoted key",
  "map-for": "`for … : key = value`",
  for: "`for`",
  if: "`if`",
  match: "`match`",
}

/** Whether the language has a place for `item` there and this version gives it no meaning yet. */
export function comesLater(item: tree.Item, place: Place): boolean {
  switch (item.kind) {
    case "cluster-instance":
    case "insert":
    case "every":
    case "moved":
    case "test":
    case "params":
      return true
    case "provides":
    case "needs":
    case "check":
      return place === "cluster"
    default:
      return false
  }
}
