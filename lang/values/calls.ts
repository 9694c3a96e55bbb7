import type * as tree from "../syntax/tree.ts"
import { entryOf } from "../text/entry.ts"
import type { Span } from "../text/source.ts"
import { type Builtin, builtins } from "../types/functions.ts"
import { checkSchema } from "../types/schema.ts"
import { addressCall } from "./address-calls.ts"
import { fieldsOf } from "./amend.ts"
import { isFailure, wholeDivision } from "./arithmetic.ts"
import { compileAllows, compileFails } from "./clusters.ts"
import { putOff, secretValue } from "./deferred.ts"
import { connectionTo } from "./destinations.ts"
import { compileAs } from "./expressions.ts"
import { type Code, code, constantCode, fail, type Place, spanOf } from "./frame.ts"
import { compileFunctionCall } from "./functions.ts"
import { reportFailure } from "./operators.ts"
import { compileRead } from "./read-data.ts"
import { display, isObject } from "./show.ts"
import { compileTemplate } from "./template-call.ts"
import { textCall } from "./text-calls.ts"
import { type IpValue, invalid, type ProbeValue, type Value } from "./value.ts"

/** A call of a function of the language. */
export function compileCall(place: Place, expression: tree.Call): Code {
  const { callee } = expression
  const name = callee.kind === "name" ? callee : callee.kind === "member" ? callee.name : null
  const symbol = name === null ? undefined : place.evaluation.bindings.uses.get(name)
  if (symbol?.kind === "function") return compileFunctionCall(place, expression, symbol)
  if (symbol?.kind !== "builtin") return compileAllows(place, expression) ?? constantCode(invalid)
  const builtin = builtins.get(symbol.name)
  if (builtin === undefined) return constantCode(invalid)
  const given = argumentsOf(expression, builtin)
  switch (symbol.name) {
    case "template":
      return compileTemplate(place, expression, given.get("path"), given.get("variables"))
    case "fails":
      return compileFails(place, expression, given)
    case "read":
      return compileRead(place, expression, given.get("path"))
    case "qcow2":
    case "iso":
      return compileForeignImage(place, expression, symbol.name, given)
    case "file":
    case "folder":
      return compileContent(place, expression, symbol.name, given.get("path"))
  }
  const codes = builtin.parameters.map((parameter) => {
    const argument = given.get(parameter.name)
    if (argument !== undefined) return compileAs(place, argument, parameter.type)
    return constantCode(parameter.default === undefined ? invalid : parameter.default)
  })
  const run: Code["run"] = (frame) => {
    const values = codes.map((argument) => argument.run(frame))
    return values.includes(invalid) ? invalid : apply(place, expression, symbol.name, builtin, values)
  }
  return code(run, codes)
}

/** The text of a path that is written without `${}`; null otherwise, which is reported. */
export function literalPath(place: Place, argument: tree.Expression | undefined): string | null {
  if (argument === undefined || argument.kind === "missing") return null
  if (argument.kind === "text") {
    const [only] = argument.parts
    if (argument.parts.length === 1 && typeof only === "string") return only
  }
  fail(place.evaluation, "A0803", spanOf(place.unit, argument), "this path is not a plain text", {
    hint: "which files are read is known before anything is evaluated: choose with `if c then file(…) else file(…)`",
  })
  return null
}

/** Which argument is given for which parameter, by name or by position. */
function argumentsOf(expression: tree.Call, builtin: Builtin): ReadonlyMap<string, tree.Expression> {
  const given = new Map<string, tree.Expression>()
  let position = 0
  for (const argument of expression.arguments) {
    const name = argument.name?.text ?? builtin.parameters[position++]?.name
    if (name !== undefined) given.set(name, argument.value)
  }
  return given
}

/** An image that was made elsewhere: a file inside the module, which is looked for and not read, or a URL. */
function compileForeignImage(
  place: Place,
  expression: tree.Call,
  kind: "qcow2" | "iso",
  given: ReadonlyMap<string, tree.Expression>,
): Code {
  const { evaluation, unit } = place
  const hash = given.get("sha256")
  const hash_code = hash === undefined ? constantCode(null) : compileAs(place, hash, hashParameter)
  const run: Code["run"] = (frame) => {
    const path = literalPath(place, given.get("path"))
    const sha256 = hash_code.run(frame)
    if (path === null || sha256 === invalid) return invalid
    const at = spanOf(unit, given.get("path")!)
    const from = /^https?:\/\//.test(path) ? path : evaluation.library.locate(unit, path, at)
    if (from === null) return invalid
    const source = { kind, from, sha256: sha256 as string | null }
    return { kind: "image", source, packages: [], span: spanOf(unit, expression) }
  }
  return { run, reach: Math.min(Number.POSITIVE_INFINITY, hash_code.reach), depth: hash_code.depth + 1 }
}

const hashParameter = builtins.get("qcow2")!.parameters.find((parameter) => parameter.name === "sha256")!.type

function compileContent(
  place: Place,
  expression: tree.Call,
  call: "file" | "folder",
  argument: tree.Expression | undefined,
): Code {
  const { evaluation, unit } = place
  const run = (): Value => {
    const path = literalPath(place, argument)
    if (path === null) return invalid
    const at = spanOf(unit, argument!)
    const span = spanOf(unit, expression)
    if (call === "file") {
      const found = evaluation.library.file(unit, path, at)
      return found === null ? invalid : { kind: "file", ...found, root: unit.module.root, span }
    }
    const found = evaluation.library.folder(unit, path, at)
    return found === null ? invalid : { kind: "folder", ...found, root: unit.module.root, span }
  }
  return { run, reach: Number.POSITIVE_INFINITY, depth: 2 }
}

function apply(place: Place, expression: tree.Call, name: string, builtin: Builtin, values: readonly Value[]): Value {
  const span = spanOf(place.unit, expression)
  const [first = null, second = null] = values
  switch (name) {
    case "debian":
      return { kind: "image", source: { kind: "debian", suite: first as string }, packages: [], span }
    case "http-get":
    case "tcp-open":
    case "exec":
      return probe(name, builtin, values, place, expression)
    case "nic":
      if (!isObject(first) || first.kind !== "reference" || first.to.kind !== "network") return invalid
      return {
        kind: "nic",
        network: first.to,
        address: second as IpValue | null,
        span,
        addressSpan: addressSpan(place, expression, span),
      }
    case "local":
      return { kind: "connection", to: "local", destination: null, capacity: new Map(), labels: new Map() }
    case "simulated":
      return { kind: "connection", to: "simulated", destination: null, capacity: fieldsOf(first), labels: new Map() }
    case "ssh":
    case "incus":
    case "libvirt":
      return connectionTo(place, expression, name, first as string)
    case "subnet":
    case "address":
      return addressCall(place, expression, name, values)
    case "replace":
    case "split":
    case "join":
    case "lower":
    case "upper":
      return textCall(place, expression, name, values)
    case "cpu":
      return {
        kind: "record",
        tag: null,
        fields: new Map<string, Value>([
          ["of", "cpu"],
          ["above", first],
        ]),
      }
    case "port":
      return { kind: "port", from: first as number, to: first as number, protocol: second as "tcp" | "udp" }
    case "secret":
    case "generated":
      return secretOf(place, expression, first as string, name === "generated" ? (second as number) : null)
    case "mod":
    case "div": {
      const later = putOff(name, values)
      if (later !== null) return later
      const result = wholeDivision(name, first as number, second as number)
      return isFailure(result) ? reportFailure(place, expression, result, values) : result
    }
    default:
      return invalid
  }
}

/** A reference to a secret: what it is, the store knows. */
function secretOf(place: Place, expression: tree.Call, name: string, length: number | null): Value {
  const { evaluation, unit } = place
  const [written = expression] = expression.arguments
  if (!isSecretName(name)) {
    return fail(evaluation, "A0730", spanOf(unit, written), `${display(name)} is no name of a secret`, {
      hint: "letters, digits and `.`, `_`, `@`, `-`, in parts that `/` divides: db/password",
    })
  }
  if (length === null) return secretValue(name, null)
  const span = spanOf(unit, expression)
  const first = entryOf(evaluation.generated, name, () => ({ length, span }))
  if (first.length === length) return secretValue(name, length)
  return fail(evaluation, "A0731", span, `${display(name)} is generated with ${length} characters here`, {
    related: [{ message: `with ${first.length} here`, span: first.span }],
    hint: "say the same length, or give one of them another name",
  })
}

/** Names are also shown, sorted and given on the command line; `param:` stands before those of params. */
function isSecretName(name: string): boolean {
  return name.length <= 200 && /^[A-Za-z0-9_@-][A-Za-z0-9._@-]*(\/[A-Za-z0-9_@-][A-Za-z0-9._@-]*)*$/.test(name)
}

function addressSpan(place: Place, expression: tree.Call, span: Span): Span {
  const [, second] = expression.arguments
  const written = expression.arguments.find((argument) => argument.name?.text === "address") ?? second
  return written === undefined ? span : spanOf(place.unit, written.value)
}

function probe(
  call: ProbeValue["call"],
  builtin: Builtin,
  values: readonly Value[],
  place: Place,
  expression: tree.Call,
): Value {
  return {
    kind: "probe",
    call,
    arguments: new Map(builtin.parameters.map((parameter, index) => [parameter.name, values[index]!])),
    times: { every_ms: usual("every"), timeout_ms: usual("timeout"), within_ms: usual("within") },
    span: spanOf(place.unit, expression),
  }
}

/** How long a time of a check is when nobody says, in milliseconds. */
function usual(name: string): number {
  const value = checkSchema.get(name)?.default
  return isObject(value) && value.kind === "quantity" ? value.amount : 0
}
