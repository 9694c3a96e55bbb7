import type { ClassSymbol, Unit } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import { applianceSchema } from "../types/schema.ts"
import { showType } from "../types/show.ts"
import type { Checked, Member, TypeText } from "./surface.ts"

/** The members of a class, what it inherits after its own. */
export function membersOfClass(symbol: ClassSymbol, checked: Checked): Member[] {
  const members = new Map<string, Member>()
  for (let at: ClassSymbol | undefined = symbol; at !== undefined; at = checked.bindings.bases.get(at)) {
    const inherited = at === symbol ? null : at.name
    for (const member of bodyMembers(at.declaration.body.items, at.unit, checked)) {
      const key = `${member.kind === "check" ? "check " : ""}${member.name}`
      if (!members.has(key)) members.set(key, { ...member, inherited })
    }
  }
  return [...members.values()]
}

/** The params, wires and outputs of a cluster. */
export function membersOfCluster(cluster: tree.Cluster, unit: Unit, checked: Checked): Member[] {
  return bodyMembers(cluster.body.items, unit, checked).filter(({ kind }) => kind !== "builtin" && kind !== "check")
}

export function membersOfFunction(item: tree.FunctionDeclaration, unit: Unit, checked: Checked): Member[] {
  return item.parameters.map((parameter) => ({
    ...memberAt(parameter, unit, "parameter", parameter.name.text),
    ...valued(typed(parameter.type, unit, checked), parameter.value, unit),
  }))
}

/** The fields of a record, a service, or an alternative of a union. */
export function membersOfRecord(type: tree.RecordType, variant: string | null, unit: Unit, checked: Checked): Member[] {
  return type.fields.map((field) => ({
    ...memberAt(field, unit, "field", field.name.text),
    ...valued(typed(field.type, unit, checked), field.value, unit),
    variant,
  }))
}

/** The text of a node, in one line. */
export function cut(unit: Unit, node: tree.Spanned): string {
  return unit.source.text.slice(node.start, node.end).replace(/\s+/g, " ").trim()
}

/** What stands in a body, also under a condition: whatever may be there is a part of what it is. */
function bodyMembers(items: readonly tree.Item[], unit: Unit, checked: Checked): Member[] {
  return items.flatMap((item): Member[] => {
    switch (item.kind) {
      case "param":
        return [
          {
            ...memberAt(item, unit, "param", item.name.text),
            ...valued(typed(item.type, unit, checked), item.value, unit),
          },
        ]
      case "needs": {
        const type = typed(item.type, unit, checked)
        return [{ ...memberAt(item, unit, item.how, item.name.text), type, required: !mayLack(type) }]
      }
      case "provides":
        return [
          {
            ...memberAt(item, unit, "provides", item.name.text),
            type: serviceText(item, unit, checked),
            ...textOf(item.body, unit),
          },
        ]
      case "output":
        return [{ ...memberAt(item, unit, "output", item.name.text), type: outputType(item, unit, checked) }]
      case "check":
        return [{ ...memberAt(item, unit, "check", titleOf(item)), ...textOf(item.value, unit) }]
      case "field":
        return builtinMember(item, unit)
      case "for":
        return bodyMembers(item.body.items, unit, checked)
      case "if":
        return [item.then, item.else].flatMap((branch) =>
          branch === undefined ? [] : bodyMembers(branch.kind === "body" ? branch.items : [branch], unit, checked),
        )
      case "match":
        return item.arms.flatMap((arm) => bodyMembers(arm.body.items, unit, checked))
      default:
        return []
    }
  })
}

function memberAt(
  node: tree.Spanned & { readonly doc?: string; readonly name?: tree.Name },
  unit: Unit,
  kind: Member["kind"],
  name: string,
): Member {
  const at = node.name ?? node
  return {
    kind,
    name,
    doc: node.doc ?? "",
    span: { source: unit.source, start: at.start, end: at.end },
    type: null,
    value: null,
    written: null,
    required: false,
    inherited: null,
    variant: null,
  }
}

function valued(type: TypeText | null, value: tree.Expression | undefined, unit: Unit) {
  return { type, ...textOf(value, unit), required: value === undefined && !isOptional(type) }
}

/** What a class says of a built-in field, whose meaning is that of the language where the class says none. */
function builtinMember(item: tree.Field, unit: Unit): Member[] {
  const field = applianceSchema.get(item.name.text)
  if (field === undefined) return []
  const member = memberAt(item, unit, "builtin", item.name.text)
  return [{ ...member, ...textOf(item.value, unit), doc: member.doc === "" ? field.doc : member.doc }]
}

/** A value in one line, and as it is written, moved to the left as far as its last line stands. */
function textOf(node: tree.Spanned | undefined, unit: Unit): { value: string | null; written: string | null } {
  if (node === undefined) return { value: null, written: null }
  const [first = "", ...rest] = unit.source.text.slice(node.start, node.end).split("\n")
  const indents = rest.filter((line) => line.trim() !== "").map((line) => /^ */.exec(line)![0].length)
  const least = Math.min(...indents)
  const lines = rest.map((line) => line.slice(Number.isFinite(least) ? least : 0))
  return { value: cut(unit, node), written: [first, ...lines].join("\n").trim() }
}

function isOptional(type: TypeText | null): boolean {
  return type?.type.kind === "optional"
}

/** Whether a need is met by nobody: `S?` and `S[]`, but not `S[](1..)`. */
function mayLack(type: TypeText | null): boolean {
  if (type?.type.kind === "list") return (type.type.bounds.least ?? 0) < 1
  return isOptional(type)
}

function typed(type: tree.TypeExpression, unit: Unit, checked: Checked): TypeText | null {
  const found = checked.types.declared.get(type)
  return found === undefined ? null : { type: found, text: cut(unit, type) }
}

function serviceText(item: tree.Provides, unit: Unit, checked: Checked): TypeText | null {
  const service = checked.bindings.uses.get(item.service.path.at(-1)!)
  return service?.kind === "service" ? { type: { kind: "service", service }, text: cut(unit, item.service) } : null
}

function outputType(item: tree.Output, unit: Unit, checked: Checked): TypeText | null {
  if (item.type !== undefined) return typed(item.type, unit, checked)
  const type = checked.types.of.get(item.value)
  return type === undefined ? null : { type, text: showType(type) }
}

function titleOf(item: tree.Check): string {
  return item.title.parts.map((part) => (typeof part === "string" ? part : "…")).join("")
}
