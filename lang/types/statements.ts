import type * as tree from "../syntax/tree.ts"
import {
  anyAppliance,
  anyService,
  cidrType,
  either,
  intType,
  ipType,
  listOf,
  networkType,
  outsideType,
  portRangeType,
  portType,
  probeType,
  textType,
} from "./build.ts"
import { type Check, type Env, problem, spanIn, want } from "./context.ts"
import { typeOf } from "./expression.ts"
import { checkField, firstLine, givenOrMeant, missingFields, recordFields, reportMissing } from "./fields.ts"
import { contractOf } from "./resolve.ts"
import { reportSink } from "./sinks.ts"
import { typeOfSymbol } from "./symbols.ts"
import { taintWithin } from "./taint.ts"
import type { Type } from "./type.ts"
import { namesGiven, walk } from "./walk.ts"

const end = either(anyAppliance, networkType, cidrType, ipType, outsideType)
const onePort = either(portType, portRangeType)
const ports = either(portType, portRangeType, listOf(onePort))
const key = either(intType, textType)

/** Checks what may stand in a class as well as in a cluster; what they do not have in common is theirs. */
export function checkStatement(check: Check, item: tree.Item, env: Env): void {
  switch (item.kind) {
    case "output": {
      const symbol = check.bindings.declared.get(item)
      if (symbol !== undefined) checkOutput(check, item, typeOfSymbol(check, symbol), env)
      break
    }
    case "check":
      typeOf(check, item.title, env, want(textType, "the title of a check"))
      typeOf(check, item.value, env, want(probeType, "a check"))
      break
    case "allow":
      typeOf(check, item.from, env, want(end))
      typeOf(check, item.to, env, want(end))
      typeOf(check, item.ports, env, want(ports))
      break
    case "publish":
      typeOf(check, item.port, env, want(onePort, "publish"))
      checkTarget(check, item, env)
  }
}

/** A cluster's outputs are printed and kept in plans; those of a class are read by others, and what they hold stays what it is. */
function checkOutput(check: Check, item: tree.Output, type: Type | null, env: Env): void {
  const taint = type === null || env.self !== null ? null : taintWithin(type)
  if (taint?.secret === undefined) return
  reportSink(check, env, item.value, { secret: taint.secret }, `the output ${item.name.text}`, null, outputHint)
}

const outputHint = "outputs are printed: give its name, and let the reader ask for it with `appl secret get`"

/** Checks the key of a thing: what tells it from its family. */
export function checkKey(check: Check, expression: tree.Expression, env: Env): void {
  typeOf(check, expression, env, want(key, "a key"))
}

/** Checks what a class provides: the fields of the contract, in its body. */
export function checkProvides(check: Check, item: tree.Provides, env: Env): void {
  const service = check.bindings.uses.get(item.service.path.at(-1)!)
  if (item.value) {
    typeOf(check, item.value, env, null)
    problem(check, env, item.value, "A0340", "an appliance provides the service itself", {
      hint: "its fields stand in braces; only a cluster hands on what is provided inside of it",
    })
  }
  if (service?.kind !== "service") return
  const contract = contractOf(check, service)
  const fields = recordFields(contract, service.name)
  const items = item.body?.items ?? []
  walk(check, items, env, (field, inner) => {
    if (field.kind === "field") checkField(check, field, inner, fields)
  })
  const missing = missingFields(contract, givenOrMeant(namesGiven(check, items, env), fields)).map((name) => {
    const field = service.declaration.type.fields.find((one) => one.name.text === name)
    const declared = field ? { source: service.unit.source, start: field.name.start, end: field.name.end } : null
    return { name, type: contract.fields.get(name)!.type, declared }
  })
  reportMissing(check, env, firstLine(env, item), service.name, missing)
}

function checkTarget(check: Check, item: tree.Publish, env: Env): void {
  const type = typeOf(check, item.target, env, null)
  if (type.kind === "unknown" || type.kind === "service") return
  if (type.kind === "appliance" && type.class !== null) {
    const members = check.bindings.members.get(type.class) ?? new Map()
    const services = [...members].filter(([, member]) => member.kind === "provides").map(([name]) => name)
    const text = env.unit.source.text.slice(item.target.start, item.target.end)
    const hint =
      services.length > 0 ? `it provides ${services.map((name) => `${text}.${name}`).join(", ")}` : "it provides none"
    problem(check, env, item.target, "A0302", "a service is published, and this is an appliance", { hint })
    return
  }
  check.of.delete(item.target)
  typeOf(check, item.target, { ...env }, want(anyService, "publish", spanIn(env, item.port)))
}
