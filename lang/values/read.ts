import type { Span } from "../text/source.ts"
import { factsOf } from "./deferred.ts"
import { type Evaluation, fail } from "./frame.ts"
import { plainMember } from "./members.ts"
import type { ApplianceThing, Provided } from "./model.ts"
import { invalid, type Value } from "./value.ts"

/**
 * Reads a member of any value: a field of a thing, of a provided service or of a record, or a property. `self` is the appliance that
 * reads: the address of a service depends on who asks. `undefined` when there is no such member.
 */
export function readMember(
  evaluation: Evaluation,
  value: Value,
  name: string,
  self: ApplianceThing | null,
  span: () => Span,
): Value | undefined {
  if (typeof value === "object" && value !== null && "kind" in value) {
    if (value.kind === "reference") {
      if (value.to.kind === "appliance") {
        return evaluation.clusters?.decided(value.to, name) ?? readSelf(evaluation, value.to, name, span)
      }
      if (value.to.kind === "host" && name === "facts") return factsOf(value.to)
      if (value.to.kind === "cluster") return value.to.member(name)
      return name === "name" ? value.to.id : value.to.field(name)
    }
    if (value.kind === "provided") return readProvided(evaluation, value.provided, name, self, span)
    if (value.kind === "compiled") return value.result().member(name)
    if (value.kind === "invalid") return invalid
  }
  return plainMember(value, name)
}

/** Reads anything that an appliance has by name: params and fields, what it needs and provides, its outputs, name and address. */
export function readSelf(evaluation: Evaluation, thing: ApplianceThing, name: string, span: () => Span): Value {
  const { facts } = thing
  switch (name) {
    case "name":
      return thing.hostname
    case "id":
      return thing.id
    case "address": {
      if (facts.nics === null) return tooEarly(evaluation, span, `the address of \`${thing.id}\``)
      const first = facts.nics.get(thing)?.find((nic) => nic.network !== null)
      return first === undefined ? invalid : { kind: "ip", address: first.address }
    }
    case "facts":
      return factsOf(thing)
    case "gateway":
      if (facts.gateways === null) return tooEarly(evaluation, span, `what \`${thing.id}\` routes`)
      return facts.gateways.get(thing) ?? null
  }
  const provided = thing.provides.find((candidate) => candidate.name === name)
  if (provided !== undefined) return { kind: "provided", provided }
  if (thing.needs.some((need) => need.name === name)) return readWire(evaluation, thing, name, span)
  return thing.field(name) ?? null
}

function readWire(evaluation: Evaluation, thing: ApplianceThing, name: string, span: () => Span): Value {
  const { wires } = thing.facts
  if (wires === null) return tooEarly(evaluation, span, `who provides \`${name}\` to \`${thing.id}\``)
  const wire = wires.get(thing)?.get(name)
  // A need that found no provider was reported by the wiring.
  if (wire === undefined) return invalid
  if (wire === null) return null
  if ("kind" in wire) return { kind: "provided", provided: wire }
  return wire.map((provided) => ({ kind: "provided", provided }))
}

function readProvided(
  evaluation: Evaluation,
  provided: Provided,
  name: string,
  self: ApplianceThing | null,
  span: () => Span,
): Value | undefined {
  if (name === "name") return provided.appliance.hostname
  if (name === "appliance") return { kind: "reference", to: provided.appliance }
  if (name !== "address") return provided.field(name)
  const { nics, towards } = provided.appliance.facts
  if (nics === null) return tooEarly(evaluation, span, `the address of \`${provided.appliance.id}\``)
  const first = nics.get(provided.appliance)?.find((one) => one.network !== null)
  // What stands in no appliance, such as an output, sees the provider's first network.
  const nic = self === null || towards === null ? first : (towards(self, provided.appliance) ?? first)
  return nic === undefined ? invalid : { kind: "ip", address: nic.address }
}

function tooEarly(evaluation: Evaluation, span: () => Span, what: string): Value {
  return fail(evaluation, "A0710", span(), `${what} is not known yet`, {
    hint: "counts, names, keys, conditions around things, and the fields of networks are worked out before wires and addresses",
  })
}
