import { nearest } from "../report/nearest.ts"
import type * as tree from "../syntax/tree.ts"
import { type Bases, bare, isAssignable, isComparable } from "./assignable.ts"
import { unknownType } from "./build.ts"
import { type Check, type Env, problem, replacing, sourceOf, spanIn, type Want } from "./context.ts"
import { showType } from "./show.ts"
import { reportSink } from "./sinks.ts"
import { bareOf, purged, taintOf, taintWithin, withTaint } from "./taint.ts"
import type { Bounds, QuantityKind, Type } from "./type.ts"

/** The type that a place has after it was given a value of type `found`; unknown when the value does not fit, which is reported. */
export function conform(check: Check, value: tree.Expression, env: Env, found: Type, wanted: Want): Type {
  const { type } = wanted
  if (found.kind === "unknown" || type.kind === "unknown") return found
  if (isAssignable(found, type, check.bindings.bases)) return settle(found, type)
  reportMismatch(check, value, env, found, wanted)
  return unknownType
}

/** `memory wants Size(64MiB..)`, or without a name `Size(64MiB..) is wanted here`. */
export function wants(wanted: Want): string {
  return wanted.name === null
    ? `${showType(wanted.type)} is wanted here`
    : `${wanted.name} wants ${showType(wanted.type)}`
}

export function whereWanted(wanted: Want) {
  return wanted.declared === null ? [] : [{ message: wants(wanted), span: wanted.declared }]
}

/** A literal takes the type of its place, so that the evaluator sees it: a Float, Cpus, a text with a form. */
function settle(found: Type, type: Type): Type {
  const taint = taintOf(found)
  if (taint !== null || taintOf(type) !== null) return withTaint(settle(bareOf(found), bareOf(type)), taint)
  const wanted = type.kind === "optional" ? type.of : type
  if (wanted.kind === "quantity" && (found.kind === "int" || found.kind === "float")) {
    return { kind: "quantity", of: wanted.of, bounds: found.bounds }
  }
  if (wanted.kind === "float" && found.kind === "int") return { kind: "float", bounds: found.bounds }
  if (wanted.kind === "text" || wanted.kind === "enum" || wanted.kind === "record" || wanted.kind === "union") {
    return found.kind === "null" || found.kind === "optional" ? type : wanted
  }
  return found
}

function reportMismatch(check: Check, value: tree.Expression, env: Env, found: Type, wanted: Want): void {
  if (reportTaint(check, value, env, found, wanted)) return
  const to = meantOf(found, bare(wanted.type))
  const related = whereWanted(wanted)
  if (found.kind === "null" || (found.kind === "optional" && isAssignable(found.of, to, check.bindings.bases))) {
    return reportNull(check, value, env, found, wanted)
  }
  if ("bounds" in found && "bounds" in to && isSameButRange(found, to)) {
    return reportRange(check, value, env, found.bounds, wanted)
  }
  if (found.kind === "int" || found.kind === "float") {
    const added = withUnit(to, value, env)
    if (added !== null) {
      const lack = to.kind === "quantity" ? "unit" : "protocol"
      const message = `${wants(wanted)}, and ${sourceOf(env, value)} has no ${lack}`
      problem(check, env, value, "A0303", message, { related, ...added })
      return
    }
  }
  if (found.kind === "quantity" && to.kind === "quantity") {
    problem(check, env, value, "A0304", `${wants(wanted)}, and this is a ${showType(open(found))}`, {
      related,
      hint: `a ${showType(open(to))} is written like ${examples[to.of]}`,
    })
    return
  }
  problem(check, env, value, "A0302", `${wants(wanted)}, and this is ${showType(found)}`, {
    related,
    ...adviceFor(value, env, found, bareOf(to)),
  })
}

/** True when only the taint is in the way: then it is told with both ends. */
function reportTaint(check: Check, value: tree.Expression, env: Env, found: Type, wanted: Want): boolean {
  const { bases } = check.bindings
  const taint = taintWithin(found)
  const taken = taintWithin(wanted.type)
  const secret = taint?.secret !== undefined && taken?.secret === undefined ? { secret: taint.secret } : null
  const late = taint?.late !== undefined && taken?.late === undefined ? { late: taint.late } : null
  const inTheWay = secret ?? late
  if (inTheWay === null || !fits(purged(found), purged(wanted.type), bases)) return false
  reportSink(check, env, value, inTheWay, wanted.name, wanted.declared)
  return true
}

/** Whether a value would fit, its range aside. */
function fits(found: Type, wanted: Type, bases: Bases): boolean {
  return isAssignable(found, wanted, bases) || isComparable(found, wanted, bases)
}

/** Of several types that a place takes, the one that a number is probably meant for. */
function meantOf(found: Type, to: Type): Type {
  if (to.kind !== "either" || (found.kind !== "int" && found.kind !== "float")) return to
  return to.of.find((type) => type.kind === "port" || type.kind === "quantity") ?? to
}

function reportNull(check: Check, value: tree.Expression, env: Env, found: Type, wanted: Want): void {
  const isNull = found.kind === "null"
  const text = sourceOf(env, value)
  problem(check, env, value, "A0305", `${wants(wanted)}, and this ${isNull ? "is" : "may be"} null`, {
    related: whereWanted(wanted),
    hint: isNull
      ? "only what has a type with `?` may be null"
      : `say what it is then, \`${text} ?? …\`, or ask first, \`if ${text} != null\``,
  })
}

function reportRange(check: Check, value: tree.Expression, env: Env, bounds: Bounds, wanted: Want): void {
  const isOne = bounds.least !== null && bounds.least === bounds.most
  const what = isOne ? sourceOf(env, value) : `${sourceOf(env, value)} may be outside of it`
  const found = check.of.get(value)
  const message = isOne ? `${what} is outside ${showType(bare(wanted.type))}` : `${wants(wanted)}, and ${what}`
  problem(check, env, value, "A0301", message, {
    related: whereWanted(wanted),
    label: isOne || found === undefined ? undefined : showType(found),
    hint: isOne ? undefined : "give the value that it comes from a range that is as narrow",
  })
}

function isSameButRange(found: Type, to: Type): boolean {
  if (found.kind === "quantity" && to.kind === "quantity") return found.of === to.of
  if (found.kind === "int" && (to.kind === "float" || (to.kind === "quantity" && to.of === "cpus"))) return true
  if (found.kind === "text" && to.kind === "text") {
    return (found.form === to.form || to.form === null) && (found.pattern === to.pattern || to.pattern === null)
  }
  return found.kind === to.kind && found.kind !== "list"
}

const examples: Readonly<Record<QuantityKind, string>> = {
  size: "64MiB or 10GB",
  duration: "500ms, 5s or 2min",
  percent: "70%",
  rate: "100Mbps",
  cpus: "2 or 0.5",
}

function withUnit(to: Type, value: tree.Expression, env: Env) {
  if (to.kind === "quantity" && to.of !== "cpus") return { hint: `write it with its unit, like ${examples[to.of]}` }
  if (to.kind !== "port" && to.kind !== "port-range") return null
  if (value.kind !== "int") return { hint: 'a port is built by `port(number, "tcp")`' }
  const port = `${sourceOf(env, value)}/tcp`
  return { hint: `a port has its protocol: ${port}`, fix: replacing(env, value, port) }
}

function adviceFor(value: tree.Expression, env: Env, found: Type, to: Type) {
  if (taintOf(found) !== null)
    return { hint: "what it is cannot be looked at while compiling, so its type must say it" }
  if (to.kind === "enum" && found.kind === "text") return { hint: `it is one of ${listed(to.values)}` }
  const bareText = withoutQuotes(value, to)
  if (bareText !== null) {
    return { hint: `without the quotes: ${bareText}`, fix: replacing(env, value, bareText) }
  }
  if (to.kind === "cidr" && found.kind === "ip") return { hint: `a network has its prefix: ${sourceOf(env, value)}/24` }
  if (to.kind === "list" && found.kind !== "list") {
    const words = commandOf(value)
    if (words !== null)
      return { hint: `a program and its arguments are a list: ${words}`, fix: replacing(env, value, words) }
    const text = `[${sourceOf(env, value)}]`
    return text.length > 60
      ? { hint: "a list stands in `[ ]`" }
      : { hint: `a list of one is ${text}`, fix: replacing(env, value, text) }
  }
  if (to.kind === "service" && found.kind === "appliance") return { hint: "say which of its services: `name.service`" }
  if (to.kind === "text" && to.form === null && shown.has(found.kind)) {
    const source = sourceOf(env, value)
    const text = isLiteral(value) ? `"${source}"` : `"\${${source}}"`
    return { hint: `as a text it is ${text}`, fix: replacing(env, value, text) }
  }
  if (to.kind === "appliance" && found.kind === "map")
    return { hint: `it has keys: say which, \`${sourceOf(env, value)}[…]\`` }
  return {}
}

/** What a text can hold by interpolation. */
const shown: ReadonlySet<Type["kind"]> = new Set(["int", "float", "bool", "port", "ip", "cidr", "quantity"])

/** `"nginx -g daemon"` as the list that a shell makes of it; null for one word, and where quotes or signs of a shell would matter. */
function commandOf(value: tree.Expression): string | null {
  if (value.kind !== "text" || value.parts.length !== 1 || typeof value.parts[0] !== "string") return null
  const text = value.parts[0]
  if (!/^[\w./:=@%+,-]+( +[\w./:=@%+,-]+)+$/.test(text)) return null
  return `[${text
    .split(/ +/)
    .map((word) => JSON.stringify(word))
    .join(", ")}]`
}

function isLiteral(value: tree.Expression): boolean {
  return (
    value.kind === "int" ||
    value.kind === "float" ||
    value.kind === "port" ||
    value.kind === "ip" ||
    value.kind === "cidr"
  )
}

/** The text of a literal or name that was put in quotes by mistake; null when it cannot be one. */
function withoutQuotes(value: tree.Expression, to: Type): string | null {
  if (value.kind !== "text" || value.parts.length !== 1 || typeof value.parts[0] !== "string") return null
  const text = value.parts[0]
  const kinds = (to.kind === "either" ? to.of : [to]).map((type) => type.kind)
  const isName = /^[a-z][a-z0-9-]*$/.test(text) && kinds.some((kind) => things.has(kind))
  const isLiteral = /^[0-9]/.test(text) && kinds.some((kind) => numbers.has(kind))
  return isName || isLiteral || (kinds.includes("bool") && /^(true|false)$/.test(text)) ? text : null
}

const things: ReadonlySet<Type["kind"]> = new Set(["network", "host", "appliance", "service"])
const numbers: ReadonlySet<Type["kind"]> = new Set(["int", "float", "quantity", "port", "port-range", "ip", "cidr"])

/** Reports a text that is none of an enum's, with the one that was probably meant. */
export function reportNotOneOf(check: Check, value: tree.Text, env: Env, text: string, wanted: Want): void {
  const { values } = wanted.type as Type & { kind: "enum" }
  const meant = nearest(text, values)
  problem(check, env, value, "A0306", `${JSON.stringify(text)} is not one of ${listed(values)}`, {
    related: wanted.declared === null ? [] : [{ message: wants(wanted), span: wanted.declared }],
    hint: meant === null ? undefined : `did you mean ${JSON.stringify(meant)}?`,
    fix:
      meant === null
        ? undefined
        : {
            title: `change to ${JSON.stringify(meant)}`,
            edits: [{ span: spanIn(env, value), text: JSON.stringify(meant) }],
          },
  })
}

function listed(values: readonly string[]): string {
  return values.map((value) => JSON.stringify(value)).join(", ")
}

function open(type: Type): Type {
  return "bounds" in type ? ({ ...type, bounds: { least: null, most: null } } as Type) : type
}
