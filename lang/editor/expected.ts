import type * as tree from "../syntax/tree.ts"
import {
  anyAppliance,
  anyService,
  boolType,
  cidrType,
  connectionType,
  either,
  ipType,
  listOf,
  networkType,
  outsideType,
  portRangeType,
  portType,
  probeType,
} from "../types/build.ts"
import { builtins } from "../types/functions.ts"
import type { Type } from "../types/type.ts"
import { display } from "../values/show.ts"
import { shapeAt } from "./shapes.ts"
import { bare } from "./types.ts"
import type { View } from "./view.ts"

/** One parameter of a function that is called. */
export type ParameterOf = {
  readonly name: string
  readonly type: Type | null
  /** What it is when it is left out, as the language writes it; null: it must be given, or its type is optional. */
  readonly default: string | null
  readonly required: boolean
  /** It names a file or a folder. */
  readonly path: boolean
}

const onePort = either(portType, portRangeType)

/** The type that the place of the expression at `chain[at]` asks for; null where it asks for none. */
export function expectedAt(view: View, chain: readonly tree.Node[], at: number): Type | null {
  const node = chain[at]!
  const parent = chain[at - 1]
  switch (parent?.kind) {
    case "field":
    case "entry":
    case "map-for":
      return node === parent.value ? fieldType(view, chain, at - 1) : null
    case "list":
      return elementOf(expectedAt(view, chain, at - 1))
    case "element-if":
    case "element-for":
      return elementType(view, chain, at)
    case "argument":
      return argumentType(view, chain, at)
    case "conditional":
      return node === parent.condition ? boolType : expectedAt(view, chain, at - 1)
    case "value-arm":
      return expectedAt(view, chain, at - 2)
    case "binary":
      return operandType(view, parent, node, () => expectedAt(view, chain, at - 1))
    case "unary":
      return parent.operator === "not" ? boolType : expectedAt(view, chain, at - 1)
    case "amend":
      return node === parent.of ? expectedAt(view, chain, at - 1) : null
    case "index":
      return node === parent.key ? keyType(view, parent) : null
    case "literal-pattern": {
      const match = chain.findLast((one) => one.kind === "match" || one.kind === "match-value")
      return match === undefined ? null : view.typeOf((match as tree.Match | tree.MatchItem).value)
    }
    default:
      return parent === undefined ? null : statementType(view, parent, node)
  }
}

/** The parameters of what a call calls; null when it is no function. */
export function parametersOf(view: View, call: tree.Call): readonly ParameterOf[] | null {
  const { callee } = call
  const name = callee.kind === "name" ? callee : callee.kind === "member" ? callee.name : null
  if (name === null) return null
  const symbol = view.symbolOf(name)
  if (symbol?.kind === "function") {
    const { text } = symbol.unit.source
    return symbol.declaration.parameters.map(({ name: { text: word }, type: written, value }) => {
      const type = view.snapshot.declaredType(written)
      const shown = value === undefined ? null : text.slice(value.start, value.end)
      return { name: word, type, default: shown, required: shown === null && type?.kind !== "optional", path: false }
    })
  }
  const builtin = callee.kind === "name" ? builtins.get(name.text) : undefined
  if (builtin === undefined) return null
  return builtin.parameters.map((parameter) => ({
    name: parameter.name,
    type: parameter.type.kind === "unknown" ? null : parameter.type,
    default: parameter.default === undefined ? null : display(parameter.default),
    required: parameter.default === undefined,
    path: parameter.literal === true,
  }))
}

/** The parameter that an argument is for, by its name or its place. */
export function parameterOf(view: View, call: tree.Call, argument: tree.Argument): ParameterOf | null {
  const parameters = parametersOf(view, call) ?? []
  if (argument.name !== undefined) return parameters.find(({ name }) => name === argument.name!.text) ?? null
  return parameters[call.arguments.indexOf(argument)] ?? null
}

function fieldType(view: View, chain: readonly tree.Node[], at: number): Type | null {
  const node = chain[at]!
  const holder = chain.slice(0, at).findLastIndex(({ kind }) => kind === "body" || kind === "record")
  const shape = holder === -1 ? null : shapeAt(view, chain, holder)
  if (shape?.of === "map") return shape.value
  if (node.kind !== "field") return null
  return shape?.fields.find(({ name }) => name === node.name.text)?.type ?? null
}

function elementType(view: View, chain: readonly tree.Node[], at: number): Type | null {
  const parent = chain[at - 1] as tree.ElementIf | tree.ElementFor
  if (parent.kind === "element-if" && chain[at] === parent.condition) return boolType
  const list = chain.slice(0, at).findLastIndex(({ kind }) => kind === "list")
  return list === -1 ? null : elementOf(expectedAt(view, chain, list))
}

function argumentType(view: View, chain: readonly tree.Node[], at: number): Type | null {
  const argument = chain[at - 1] as tree.Argument
  const call = chain[at - 2]
  if (call?.kind !== "call" || chain[at] !== argument.value) return null
  return parameterOf(view, call, argument)?.type ?? null
}

function operandType(view: View, parent: tree.Binary, node: tree.Node, outer: () => Type | null): Type | null {
  const other = node === parent.left ? parent.right : parent.left
  switch (parent.operator) {
    case "and":
    case "or":
      return boolType
    case "==":
    case "!=":
    case "<":
    case "<=":
    case ">":
    case ">=":
      return view.typeOf(other)
    case "in": {
      const type = view.typeOf(other)
      if (node !== parent.left) return type === null ? null : listOf(type)
      const of = bare(type)
      return of?.kind === "list" ? of.of : of?.kind === "map" ? of.key : null
    }
    case "??":
      return outer()
    default:
      return null
  }
}

function keyType(view: View, index: tree.Index): Type | null {
  const of = bare(view.typeOf(index.of))
  return of?.kind === "map" ? of.key : null
}

function statementType(view: View, parent: tree.Node, node: tree.Node): Type | null {
  switch (parent.kind) {
    case "let":
    case "output":
      return parent.type === undefined ? null : view.declaredType(parent.type)
    case "param":
    case "parameter":
    case "record-field":
      return view.declaredType(parent.type)
    case "function":
      return view.declaredType(parent.result)
    case "host":
      return node === parent.value ? connectionType : null
    case "check":
      return node === parent.value ? probeType : null
    case "publish":
      return node === parent.port ? onePort : anyService
    case "allow":
      return node === parent.ports
        ? either(portType, portRangeType, listOf(onePort))
        : either(anyAppliance, networkType, cidrType, ipType, outsideType)
    case "insert":
      return node === parent.before ? anyAppliance : networkType
    case "assert":
    case "if":
      return boolType
    case "every":
      return node === parent.where ? boolType : null
    default:
      return null
  }
}

function elementOf(type: Type | null): Type | null {
  const of = bare(type)
  if (of?.kind === "list") return of.of
  return of?.kind === "either" ? (of.of.map(elementOf).find((found) => found !== null) ?? null) : null
}
