import { type Block, blockOf, contains, overlap, parseAddress, parseBlock } from "../addresses/ipv4.ts"
import type { DesiredState, End } from "../desired/desired-state.ts"
import type { PortValue, Value } from "../values/value.ts"

/** An end that is asked about: a thing, addresses, or all that is outside. */
type Asked =
  | { readonly kind: "appliance" | "network"; readonly id: string }
  | { readonly kind: "block"; readonly block: Block }
  | { readonly kind: "outside" }

/**
 * Whether all of `ports` may be opened by all of `from`, to all of `to`: by flows that hold both ends, which together hold the ports.
 * A flow of a network, or of addresses, holds the appliances that are there.
 */
export function isAllowed(desired: DesiredState, from: Value, to: Value, ports: PortValue): boolean {
  const [opener, target] = [askedOf(from), askedOf(to)]
  if (opener === null || target === null) return false
  const spans = desired.flows
    .filter((flow) => holds(desired, flow.from, opener) && holds(desired, flow.to, target))
    .flatMap((flow) => flow.ports)
    .filter((span) => span.protocol === ports.protocol)
    .sort((left, right) => left.from - right.from)
  let next = ports.from
  for (const span of spans) if (span.from <= next) next = Math.max(next, span.to + 1)
  return next > ports.to
}

function askedOf(value: Value): Asked | null {
  if (typeof value !== "object" || value === null || !("kind" in value)) return null
  switch (value.kind) {
    case "reference":
      return value.to.kind === "appliance" || value.to.kind === "network"
        ? { kind: value.to.kind, id: value.to.id }
        : null
    case "cidr":
      return { kind: "block", block: blockOf(value.address, value.prefix) }
    case "ip":
      return { kind: "block", block: blockOf(value.address, 32) }
    case "outside":
      return { kind: "outside" }
    default:
      return null
  }
}

function holds(desired: DesiredState, end: End, asked: Asked): boolean {
  switch (end.kind) {
    case "appliance":
      if (asked.kind === "appliance") return end.id === asked.id
      return asked.kind === "block" && addressesOf(desired, end.id).some((address) => isJust(asked.block, address))
    case "network": {
      if (asked.kind === "network") return end.name === asked.id
      if (asked.kind === "appliance") return nicsOf(desired, asked.id).some((nic) => nic.network === end.name)
      const block = networkBlock(desired, end.name)
      return asked.kind === "block" && block !== null && isWithin(asked.block, block)
    }
    case "cidr": {
      const block = parseBlock(end.cidr)
      if (block === null) return false
      if (asked.kind === "appliance") return addressesOf(desired, asked.id).some((address) => contains(block, address))
      if (asked.kind === "outside") return block.prefix === 0
      const inner = asked.kind === "block" ? asked.block : networkBlock(desired, asked.id)
      return inner !== null && isWithin(inner, block)
    }
    case "outside":
      if (asked.kind === "outside") return true
      return (
        asked.kind === "block" &&
        desired.networks.every(({ name }) => isApart(networkBlock(desired, name), asked.block))
      )
  }
}

function nicsOf(desired: DesiredState, id: string) {
  return desired.appliances.find((appliance) => appliance.id === id)?.nics ?? []
}

function addressesOf(desired: DesiredState, id: string): readonly number[] {
  return nicsOf(desired, id).flatMap((nic) => parseAddress(nic.address) ?? [])
}

function networkBlock(desired: DesiredState, name: string): Block | null {
  const network = desired.networks.find((one) => one.name === name)
  return network === undefined ? null : parseBlock(network.cidr)
}

function isJust(block: Block, address: number): boolean {
  return block.first === address && block.last === address
}

function isWithin(inner: Block, outer: Block): boolean {
  return contains(outer, inner.first) && contains(outer, inner.last)
}

function isApart(network: Block | null, block: Block): boolean {
  return network === null || !overlap(network, block)
}
