import { makeReport } from "../report/report.ts"
import { parse } from "../syntax/parse.ts"
import type * as tree from "../syntax/tree.ts"
import { showType } from "../types/show.ts"
import type { Type } from "../types/type.ts"
import { importable, importEdit } from "./imports.ts"
import { eachNode, nodesAt } from "./nodes.ts"
import type { TextEdit } from "./places.ts"
import { visibleAt } from "./scope.ts"
import { type FieldOf, itemsOf, namesGiven, shapeAt } from "./shapes.ts"
import type { Snapshot } from "./snapshot.ts"
import { bare, typeOfSymbol } from "./types.ts"
import { type View, viewOf } from "./view.ts"

/** A change that an editor offers for a selection; what mends a diagnostic comes with the diagnostic itself. */
export type Action = {
  readonly title: string
  readonly kind: "quickfix" | "refactor.extract" | "refactor.rewrite"
  readonly edits: readonly TextEdit[]
}

/** The changes that make sense where `start` to `end` is selected; all keep the meaning, or only add what is missing. */
export function codeActions(snapshot: Snapshot, path: string, start: number, end: number): readonly Action[] {
  const unit = snapshot.units.get(path)
  if (unit === undefined) return []
  const view = viewOf(snapshot, unit)
  const chain = nodesAt(unit.tree, start)
  return [
    ...importActions(view, chain),
    ...missingFields(view, chain),
    ...extractLet(view, start, end),
    ...addType(view, chain),
    ...shortForm(view, chain),
  ]
}

/** `use` for a class, service or type that is not known here and that another file has. */
function importActions(view: View, chain: readonly tree.Node[]): readonly Action[] {
  const name = chain.at(-1)
  const parent = chain.at(-2)
  if (name?.kind !== "name" || parent?.kind === "field" || view.symbolOf(name) !== null) return []
  if (parent?.kind === "member" && parent.name === name) return []
  const { snapshot, unit } = view
  // The diagnostic's own fix offers the standard modules for what is written like a type.
  const isTold = snapshot.diagnostics(unit.path).some(({ span, fix }) => span.start === name.start && fix !== undefined)
  return importable(snapshot, unit)
    .filter((one) => one.name === name.text && !(isTold && one.from.startsWith("std/")))
    .map((one) => ({
      title: `add \`use { ${one.name} } from "${one.from}"\``,
      kind: "quickfix",
      edits: [importEdit(unit, one.name, one.from)],
    }))
}

/** The fields that a body or record must give and does not, each with a value of its type to be changed. */
function missingFields(view: View, chain: readonly tree.Node[]): readonly Action[] {
  const owner = chain.findLastIndex(({ kind }) =>
    ["instance", "insert", "network", "provides", "record", "amend"].includes(kind),
  )
  const node = chain[owner]
  if (node === undefined) return []
  const body = node.kind === "record" ? node : "body" in node ? (node.body as tree.Body | undefined) : undefined
  const head =
    node.kind === "record" ? [...chain.slice(0, owner + 1)] : [...chain.slice(0, owner + 1), body ?? emptyBody(node)]
  const shape = shapeAt(view, head, head.length - 1)
  const given = namesGiven(body === undefined ? [] : itemsOf(body))
  const missing = shape?.fields.filter((field) => field.required && !given.has(field.name)) ?? []
  if (missing.length === 0) return []
  const names = missing.map(({ name }) => name).join(" and ")
  return [{ title: `give ${names}`, kind: "quickfix", edits: [insertFields(view, node, body, missing)] }]
}

function insertFields(
  view: View,
  node: tree.Node,
  body: (tree.Spanned & { readonly items?: readonly tree.Item[] }) | undefined,
  missing: readonly FieldOf[],
): TextEdit {
  const { text, unit } = view
  const fields = missing.map(({ name, type }) => `${name} = ${exampleOf(type)}`)
  const at = (offset: number, added: string): TextEdit => ({ path: unit.path, start: offset, end: offset, text: added })
  if (body === undefined) return at(node.end, ` { ${fields.join(", ")} }`)
  const last = body.items?.at(-1)
  if (last === undefined) return { ...at(body.start, `{ ${fields.join(", ")} }`), end: body.end }
  if (!text.slice(body.start, body.end).includes("\n")) return at(last.end, `, ${fields.join(", ")}`)
  const indent = indentAt(text, last.start)
  return at(last.end, fields.map((field) => `\n${indent}${field}`).join(""))
}

/** Gives the selected value a name, in front of what it stands in. What is bound inside of that cannot be taken out of it. */
function extractLet(view: View, start: number, end: number): readonly Action[] {
  if (start === end) return []
  const { text, unit } = view
  const chain = nodesAt(unit.tree, start)
  const at = chain.findIndex((node) => node.start === start && node.end === end && isValue(node))
  const value = chain[at]
  const holder = chain
    .slice(0, at)
    .findLastIndex(({ kind }, index) => kind === "file" || (kind === "body" && chain[index - 1]?.kind !== "amend"))
  const statement = chain[holder + 1]
  if (value === undefined || holder === -1 || statement === undefined || statement.kind === "use") return []
  const around = ["appliance-class", "cluster", "file", "for", "if", "item-arm"]
  if (chain[holder]!.kind === "body" && !around.includes(chain[holder - 1]?.kind ?? "")) return []
  if (readsInside(view, value, statement)) return []
  const name = freeName(view, chain, "value")
  const indent = indentAt(text, statement.start)
  return [
    {
      title: `give it a name: \`let ${name} = …\``,
      kind: "refactor.extract",
      edits: [
        {
          path: unit.path,
          start: statement.start,
          end: statement.start,
          text: `let ${name} = ${text.slice(start, end)}\n${indent}`,
        },
        { path: unit.path, start, end, text: name },
      ],
    },
  ]
}

/** Whether a value reads a name that is only bound inside of a statement: a loop's, a function's, `self` of an instance. */
function readsInside(view: View, value: tree.Node, statement: tree.Node): boolean {
  let found = false
  const visit = (node: tree.Node) => {
    if (node.kind !== "name") return
    const symbol = view.symbolOf(node)
    if (symbol?.kind === "self") found = true
    if (symbol?.kind !== "local" && symbol?.kind !== "let") return
    const { start } = symbol.declaration
    const isIn = symbol.unit === view.unit && start >= statement.start && start < statement.end
    if (isIn && !(start >= value.start && start < value.end)) found = true
  }
  visit(value)
  eachNode(value, visit)
  return found
}

/** Writes down the type that a let was found to have. */
function addType(view: View, chain: readonly tree.Node[]): readonly Action[] {
  const parent = chain.at(-2)
  if (parent?.kind !== "let" || parent.type !== undefined || parent.name !== chain.at(-1)) return []
  const symbol = view.symbolOf(parent.name)
  const type = symbol === null ? null : typeOfSymbol(view.snapshot, symbol)
  if (type === null || !isWritable(type)) return []
  const text = `: ${showType(type)}`
  return [
    {
      title: `write its type: \`${parent.name.text}${text}\``,
      kind: "refactor.rewrite",
      edits: [{ path: view.unit.path, start: parent.name.end, end: parent.name.end, text }],
    },
  ]
}

/** `{ site = site }` and `{ site }` say the same. */
function shortForm(view: View, chain: readonly tree.Node[]): readonly Action[] {
  const field = chain.findLast((node) => node.kind === "field")
  if (field?.kind !== "field" || field.operator !== "=") return []
  const { path } = view.unit
  const span = { path, start: field.start, end: field.end }
  const { text } = field.name
  if (field.short) {
    return [
      { title: "write the field in full", kind: "refactor.rewrite", edits: [{ ...span, text: `${text} = ${text}` }] },
    ]
  }
  if (field.value.kind !== "name" || field.value.text !== text) return []
  return [{ title: "write the field short", kind: "refactor.rewrite", edits: [{ ...span, text }] }]
}

/** A value of a type, to begin with. */
function exampleOf(type: Type | null): string {
  const of = bare(type)
  switch (of?.kind) {
    case "bool":
      return "false"
    case "int":
    case "float":
      return String(of.bounds.least ?? of.bounds.most ?? 0)
    case "text":
      return of.form === null ? '""' : JSON.stringify(formExamples[of.form])
    case "enum":
      return JSON.stringify(of.values[0])
    case "quantity":
      return { size: "64MiB", duration: "10s", percent: "50%", rate: "100Mbps", cpus: "1" }[of.of]
    case "ip":
      return "10.30.0.10"
    case "cidr":
      return "10.30.0.0/24"
    case "port":
      return "80/tcp"
    case "list":
      return "[]"
    case "image":
      return 'debian("bookworm")'
    default:
      return of?.kind === "map" || of?.kind === "record" ? "{}" : "null"
  }
}

const formExamples = {
  Hostname: "example.test",
  Path: "/srv",
  Url: "https://example.test/",
  Email: "root@example.test",
  Mac: "02:00:00:00:00:01",
  Version: "1.0.0",
} as const

/** Whether a type can be written as it is shown. */
function isWritable(type: Type): boolean {
  const text = `let x: ${showType(type)} = 1\n`
  const report = makeReport()
  const [item] = parse({ path: "", text }, report).items
  const isOne = type.kind !== "either" && type.kind !== "record" && !showType(type).includes(" or ")
  return isOne && !report.failed && item?.kind === "let" && item.type !== undefined
}

function isValue(node: tree.Node): boolean {
  return (
    !["name", "body", "field", "entry", "for-head", "argument", "named-type", "file"].includes(node.kind) &&
    !node.kind.endsWith("-type")
  )
}

function freeName(view: View, chain: readonly tree.Node[], wanted: string): string {
  const taken = visibleAt(view, chain)
  let name = wanted
  for (let number = 2; taken.has(name); number++) name = `${wanted}-${number}`
  return name
}

function indentAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(text.lastIndexOf("\n", offset - 1) + 1))![0]
}

function emptyBody(node: tree.Node): tree.Body {
  return { kind: "body", start: node.end, end: node.end, items: [] }
}
