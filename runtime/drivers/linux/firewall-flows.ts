import type { PortSpan } from "../../../lang/index.ts"
import type { FirewallRule } from "../../model/fields.ts"

/** One opened way: from and to an address or network, or the outside, on one span of ports. */
export type Flow = { readonly from: Place; readonly to: Place; readonly ports: PortSpan }
export type Place = string | "outside"

export function flowsOf(rule: FirewallRule): readonly Flow[] {
  const places = (end: FirewallRule["from"]): readonly Place[] =>
    end.end.kind === "outside" ? ["outside"] : end.addresses
  return places(rule.from).flatMap((from) =>
    places(rule.to).flatMap((to) => rule.ports.map((ports): Flow => ({ from, to, ports }))),
  )
}

/** From one address to one on one port: a set takes any number of them at the cost of one. */
export function isExact(flow: Flow): boolean {
  return (
    flow.ports.from === flow.ports.to &&
    [flow.from, flow.to].every((place) => place !== "outside" && !place.includes("/"))
  )
}

export function span(ports: PortSpan): string {
  return ports.from === ports.to ? `${ports.from}` : `${ports.from}-${ports.to}`
}

/** Whether two addresses or networks have an address in common. */
export function overlaps(left: string, right: string): boolean {
  const [leftBase, leftPrefix] = parsed(left)
  const [rightBase, rightPrefix] = parsed(right)
  const size = 2 ** (32 - Math.min(leftPrefix, rightPrefix))
  return Math.floor(leftBase / size) === Math.floor(rightBase / size)
}

function parsed(text: string): readonly [base: number, prefix: number] {
  const [address = "", prefix] = text.split("/")
  return [
    address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0),
    prefix === undefined ? 32 : Number(prefix),
  ]
}

/** A segment that answers, and does not open a connection. */
export const notOpening = "tcp flags & (syn | ack) != syn"
export const remember = "update @replies { ip daddr . udp dport . ip saddr . udp sport }"
