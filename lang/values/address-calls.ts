import type * as tree from "../syntax/tree.ts"
import { lastOf, networkOf } from "./arithmetic.ts"
import { fail, type Place, spanOf } from "./frame.ts"
import { display, isObject } from "./show.ts"
import { type CidrValue, invalid, type Value } from "./value.ts"

/** `subnet(network, prefix, index)` and `address(network, number)`: counted from 0, or from the end where the number is negative. */
export function addressCall(
  place: Place,
  expression: tree.Call,
  call: "subnet" | "address",
  [network = null, ...numbers]: readonly Value[],
): Value {
  if (!isObject(network) || network.kind !== "cidr") return invalid
  const written = (name: string, position: number) => {
    const argument = expression.arguments.find((one) => one.name?.text === name) ?? expression.arguments[position]
    return spanOf(place.unit, argument?.value ?? expression)
  }
  const first = networkOf(network.address, network.prefix)
  if (call === "address") {
    const [number] = numbers as [number]
    const count = lastOf(network.address, network.prefix) - first + 1
    const at = fromEnd(number, count)
    if (at !== null) return { kind: "ip", address: first + at }
    const message = `${display(network)} has no address number ${number}`
    return fail(place.evaluation, "A0416", written("number", 1), message, { hint: numbersOf(count) })
  }
  const [prefix, index] = numbers as [number, number]
  if (prefix < network.prefix) {
    const message = `a /${prefix} is larger than ${display(network)}, which it should be a part of`
    return fail(place.evaluation, "A0416", written("prefix", 1), message, { hint: partsHint(network) })
  }
  const count = 2 ** (prefix - network.prefix)
  const at = fromEnd(index, count)
  if (at !== null) return { kind: "cidr", address: first + at * 2 ** (32 - prefix), prefix }
  const message = `${display(network)} has no part number ${index} of /${prefix}`
  return fail(place.evaluation, "A0416", written("index", 2), message, { hint: numbersOf(count) })
}

function fromEnd(number: number, count: number): number | null {
  const at = number < 0 ? count + number : number
  return at >= 0 && at < count ? at : null
}

function numbersOf(count: number): string {
  return count === 1 ? "there is one, number 0" : `they go from 0 to ${count - 1}, or from -1, the last, to -${count}`
}

function partsHint({ prefix }: CidrValue): string {
  return `the prefix of a part goes from ${prefix} to 32`
}
