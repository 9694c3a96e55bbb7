import type { AnySymbol, ClassSymbol, ClusterSymbol } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import type { Span } from "../text/source.ts"
import { applianceSchema, checkSchema, hostSchema, imageSchema, networkSchema, type Schema } from "../types/schema.ts"
import type { RecordTypeOf, Type } from "../types/type.ts"
import { display } from "../values/show.ts"
import { expectedAt } from "./expected.ts"
import { symbolMember } from "./members.ts"
import { allItems } from "./nodes.ts"
import { bare, clusterNamed, declaredIn, lineOf, variantType } from "./types.ts"
import type { View } from "./view.ts"

/** A field that may be written in a body. */
export type FieldOf = {
  readonly name: string
  readonly type: Type | null
  readonly doc: string | null
  /** What it is when nobody says, as the language writes it. */
  readonly default: string | null
  /** It must be given, and nothing has given it. */
  readonly required: boolean
  readonly declared: Span | null
  readonly symbol: AnySymbol | null
}

/** What may stand in a body: fields of a kind of thing, entries of a map, or declarations. */
export type Shape = {
  readonly of: "file" | "class" | "cluster" | "instance" | "params" | "fields" | "map" | "test"
  /** What has the fields, in words: "an appliance", "Vhost". */
  readonly what: string
  readonly fields: readonly FieldOf[]
  /** The type of a map's values. */
  readonly value: Type | null
}

/** What may stand in the body, record or file at `chain[at]`; null when nothing is known of it. */
export function shapeAt(view: View, chain: readonly tree.Node[], at: number): Shape | null {
  const node = chain[at]!
  if (node.kind === "file") return { of: "file", what: "the file", fields: [], value: null }
  if (node.kind === "record")
    return shapeOfType(view, expectedAt(view, chain, at)) ?? shapeOfType(view, view.typeOf(node))
  const parent = chain[at - 1]
  switch (parent?.kind) {
    case "for":
    case "if":
    case "item-arm":
    case "match":
      return outerShape(view, chain, at - 1)
    case "appliance-class":
      return classShape(view, parent)
    case "cluster":
      return { of: "cluster", what: "a cluster", fields: [], value: null }
    case "instance":
    case "insert":
      return instanceShape(view, parent)
    case "network":
      return fields("a network", schemaFields(networkSchema, "both"))
    case "provides": {
      const service = view.symbolOf(parent.service.path.at(-1)!)
      const contract = service?.kind === "service" ? view.snapshot.declaredType(service.declaration.type) : null
      const shape = shapeOfType(view, contract)
      return shape === null ? null : { ...shape, what: service!.name }
    }
    case "cluster-instance":
      return clusterShape(view, clusterNamed(view, parent.cluster))
    case "params":
      return clusterShape(view, clusterBeside(view))
    case "every":
      return { of: "instance", what: "an appliance", fields: schemaFields(applianceSchema, "instance"), value: null }
    case "test":
      return { of: "test", what: "a test", fields: [], value: null }
    case "amend":
      return amendShape(view, parent)
    default:
      return null
  }
}

/** The fields of the values of a type, as a body or record gives them. */
export function shapeOfType(view: View, type: Type | null): Shape | null {
  const of = bare(type)
  switch (of?.kind) {
    case "record":
      return fields(of.name ?? "this record", recordFields(view, of))
    case "union":
      return of.variants.length === 1
        ? fields(of.variants[0]!.name ?? of.name, recordFields(view, of.variants[0]!))
        : null
    case "map":
      return { of: "map", what: "a map", fields: [], value: of.value }
    case "image":
      return fields("an image", schemaFields(imageSchema, "both"))
    case "probe":
      return fields("a check", schemaFields(checkSchema, "both"))
    case "connection":
      return fields("a host", schemaFields(hostSchema, "both"))
    case "cluster":
      return clusterShape(view, of.cluster)
    case "either":
      return of.of.map((one) => shapeOfType(view, one)).find((found) => found !== null) ?? null
    default:
      return null
  }
}

/** The fields that an instance of a class may give: its params, its picks for what it needs, and the built-in ones. */
export function instanceFields(view: View, symbol: ClassSymbol): readonly FieldOf[] {
  const settled = settledBy(view, symbol)
  const own = [...declaredIn(view.snapshot, symbol).values()].flatMap((member) =>
    member.kind === "param" || member.kind === "needs" ? [memberField(view, member, settled)] : [],
  )
  const builtin = schemaFields(applianceSchema, "instance").map((field) => ({
    ...field,
    required: (field.name === "image" || field.name === "start") && !settled.has(field.name),
  }))
  return [...own, ...builtin]
}

/** The names of the fields and entries that stand in a body, those under conditions too. */
export function namesGiven(items: readonly tree.Item[]): ReadonlySet<string> {
  const names = new Set<string>()
  for (const item of allItems(items)) if (item.kind === "field") names.add(item.name.text)
  return names
}

/** The items of the body, record or file at a place of a chain. */
export function itemsOf(node: tree.Node): readonly tree.Item[] {
  return node.kind === "body" || node.kind === "record" || node.kind === "file" ? node.items : []
}

function outerShape(view: View, chain: readonly tree.Node[], at: number): Shape | null {
  const outer = chain.slice(0, at).findLastIndex((node) => ["body", "record", "file"].includes(node.kind))
  return outer === -1 ? null : shapeAt(view, chain, outer)
}

function classShape(view: View, node: tree.ApplianceClass): Shape {
  const builtin = schemaFields(applianceSchema, "class")
  const symbol = view.declaredAt(node.name)
  if (symbol?.kind !== "class") return { of: "class", what: "an appliance", fields: builtin, value: null }
  const inherited = [...declaredIn(view.snapshot, symbol).values()].flatMap((member) => {
    const settable = (member.kind === "param" || member.kind === "needs") && member.owner !== symbol
    return settable ? [{ ...memberField(view, member, new Set()), required: false }] : []
  })
  return { of: "class", what: "an appliance", fields: [...inherited, ...builtin], value: null }
}

function instanceShape(view: View, node: tree.Instance | tree.Insert): Shape {
  const symbol = view.symbolOf(node.class.path.at(-1)!)
  if (symbol?.kind === "class")
    return { of: "instance", what: "an appliance", fields: instanceFields(view, symbol), value: null }
  return { of: "instance", what: "an appliance", fields: schemaFields(applianceSchema, "instance"), value: null }
}

function clusterShape(view: View, symbol: ClusterSymbol | null): Shape | null {
  if (symbol === null) return null
  const params = [...declaredIn(view.snapshot, symbol).values()].filter((member) => member.kind === "param")
  return {
    of: "params",
    what: symbol.name,
    fields: params.map((param) => memberField(view, param, new Set())),
    value: null,
  }
}

/** The cluster that a set of params is for: the only one of its file. */
function clusterBeside(view: View): ClusterSymbol | null {
  const clusters = view.file.items.filter((item) => item.kind === "cluster")
  const symbol = clusters.length === 1 ? view.declaredAt(clusters[0]!.name) : null
  return symbol?.kind === "cluster" ? symbol : null
}

function amendShape(view: View, node: tree.Amend): Shape | null {
  const name = node.of.kind === "name" ? node.of : node.of.kind === "member" ? node.of.name : null
  const symbol = name === null ? null : view.symbolOf(name)
  if (symbol?.kind === "variant") return shapeOfType(view, variantType(view.snapshot, symbol))
  if (symbol?.kind === "cluster") return clusterShape(view, symbol)
  const shape = shapeOfType(view, view.typeOf(node.of))
  // What is amended has all of its fields already.
  return shape === null ? null : { ...shape, fields: shape.fields.map((field) => ({ ...field, required: false })) }
}

/** The fields that the bodies of a class and of those above it give. */
function settledBy(view: View, symbol: ClassSymbol): ReadonlySet<string> {
  const line = lineOf(view.snapshot, symbol)
  return new Set(line.flatMap(({ declaration }) => [...namesGiven(declaration.body.items)]))
}

function memberField(
  view: View,
  symbol: AnySymbol & { kind: "param" | "needs" },
  settled: ReadonlySet<string>,
): FieldOf {
  const member = symbolMember(view.snapshot, symbol)
  const value = symbol.kind === "param" ? symbol.declaration.value : undefined
  const text = value === undefined ? null : symbol.unit.source.text.slice(value.start, value.end)
  const isOptional = member.type?.kind === "optional" || settled.has(member.name)
  return { ...member, default: text, required: symbol.kind === "param" && text === null && !isOptional }
}

function recordFields(view: View, record: RecordTypeOf): readonly FieldOf[] {
  return [...record.fields].map(([name, field]) => {
    const text = field.declared?.source.text ?? view.text
    const value = field.default === null ? null : text.slice(field.default.start, field.default.end)
    return {
      name,
      type: field.type,
      doc: field.doc,
      default: value,
      required: value === null && field.type.kind !== "optional",
      declared: field.declared ?? null,
      symbol: null,
    }
  })
}

function schemaFields(schema: Schema, by: "class" | "instance" | "both"): readonly FieldOf[] {
  return [...schema]
    .filter(([, field]) => field.set !== "never" && (by === "both" || field.set === "both" || field.set === by))
    .map(([name, field]) => ({
      name,
      type: field.type,
      doc: field.doc,
      default: field.default === undefined || field.default === null ? null : display(field.default),
      required: by === "both" && schema === networkSchema && field.default === undefined,
      declared: null,
      symbol: null,
    }))
}

function fields(what: string, list: readonly FieldOf[]): Shape {
  return { of: "fields", what, fields: list, value: null }
}
