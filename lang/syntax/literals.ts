import type { IToken, TokenType } from "chevrotain"
import { nearest } from "../report/nearest.ts"
import type { Findings } from "./findings.ts"
import * as T from "./tokens.ts"
import type { Literal, Missing } from "./tree.ts"
import { type Unit, units } from "./units.ts"

/** Reads a literal of one token; a number that means nothing is reported, and gives a hole. */
export function decodeLiteral(token: IToken, findings: Findings): Literal | Missing {
  const start = token.startOffset
  const end = start + token.image.length
  return (decoders.get(token.tokenType) ?? hole)(token.image, start, end, findings)
}

/** The literal with its sign turned: for ranges and patterns, where no operators stand. */
export function negate(literal: Literal | Missing, start: number): Literal | Missing {
  if (literal.kind === "int" || literal.kind === "float") return { ...literal, value: -literal.value, start }
  if (literal.kind === "quantity") return { ...literal, amount: -literal.amount, start }
  return { kind: "missing", start, end: literal.end }
}

type Decoder = (image: string, start: number, end: number, findings: Findings) => Literal | Missing

const hole: Decoder = (_image, start, end) => ({ kind: "missing", start, end })

const decoders: ReadonlyMap<TokenType, Decoder> = new Map<TokenType, Decoder>([
  [T.True, (_image, start, end) => ({ kind: "bool", value: true, start, end })],
  [T.False, (_image, start, end) => ({ kind: "bool", value: false, start, end })],
  [T.Null, (_image, start, end) => ({ kind: "null", start, end })],
  [T.Int, decodeInt],
  [T.Float, (image, start, end) => ({ kind: "float", value: plain(image), start, end })],
  [T.Quantity, decodeQuantity],
  [T.Port, decodePort],
  [T.Ip, decodeIp],
  [T.Cidr, decodeCidr],
])

function plain(image: string): number {
  return Number(image.replaceAll("_", ""))
}

function decodeInt(image: string, start: number, end: number, findings: Findings): Literal | Missing {
  const value = plain(image)
  if (Number.isSafeInteger(value)) return { kind: "int", value, start, end }
  findings.mistake("A0123", start, end, `${image} is too large for a whole number`, { hint: "the largest is 2^53 - 1" })
  return { kind: "missing", start, end }
}

const quantity = /^([\d_.]+)(.*)$/

function decodeQuantity(image: string, start: number, end: number, findings: Findings): Literal | Missing {
  const [, digits, unit] = quantity.exec(image)!
  const amount = plain(digits!)
  if (Object.hasOwn(units, unit!)) return { kind: "quantity", amount, unit: unit as Unit, start, end }
  const from = start + digits!.length
  const meant = unitMeant(unit!)
  findings.mistake("A0122", from, end, `\`${unit}\` is no unit`, {
    hint: meant !== null ? `did you mean \`${digits}${meant}\`?` : `the units are ${Object.keys(units).join(", ")}`,
    fix:
      meant !== null
        ? { title: `Write \`${meant}\``, edits: [{ span: findings.span(from, end), text: meant }] }
        : undefined,
  })
  return { kind: "missing", start, end }
}

const unitHabits: Readonly<Record<string, Unit>> = {
  ...{ m: "min", mins: "min", minutes: "min", sec: "s", secs: "s", seconds: "s", hr: "h", hours: "h", days: "d" },
  ...{ k: "KiB", K: "KiB", Ki: "KiB", M: "MiB", Mi: "MiB", G: "GiB", Gi: "GiB", T: "TiB", Ti: "TiB" },
  ...{ Mbit: "Mbps", Gbit: "Gbps", kbit: "kbps" },
}

function unitMeant(unit: string): Unit | null {
  if (Object.hasOwn(unitHabits, unit)) return unitHabits[unit]!
  return nearest(unit, Object.keys(units)) as Unit | null
}

const port = /^(\d+)(?:\.\.(\d+))?\/(\w+)$/

function decodePort(image: string, start: number, end: number, findings: Findings): Literal | Missing {
  const [, first, last, protocol] = port.exec(image)!
  const from = Number(first)
  const to = last === undefined ? from : Number(last)
  const missing: Missing = { kind: "missing", start, end }
  if (protocol !== "tcp" && protocol !== "udp") {
    const meant = nearest(protocol!, ["tcp", "udp"])
    findings.mistake("A0123", end - protocol!.length, end, `\`${protocol}\` is no protocol of a port`, {
      hint:
        meant !== null
          ? `did you mean \`${meant}\`?`
          : "a port ends in `/tcp` or `/udp`; `/` between two values has spaces",
    })
    return missing
  }
  const wrong = [from, to].find((number) => number < 1 || number > 65_535)
  if (wrong !== undefined || from > to) {
    const message = wrong !== undefined ? `there is no port ${wrong}` : `${from} comes after ${to}`
    findings.mistake("A0123", start, end, message, { hint: "ports go from 1 to 65535, the smaller one first" })
    return missing
  }
  return { kind: "port", from, to, protocol, start, end }
}

function decodeIp(image: string, start: number, end: number, findings: Findings): Literal | Missing {
  const value = address(image, start, findings)
  return value === null ? { kind: "missing", start, end } : { kind: "ip", value, start, end }
}

function decodeCidr(image: string, start: number, end: number, findings: Findings): Literal | Missing {
  const slash = image.indexOf("/")
  const value = address(image.slice(0, slash), start, findings)
  if (value === null) return { kind: "missing", start, end }
  const prefix = Number(image.slice(slash + 1))
  if (prefix <= 32) return { kind: "cidr", address: value, prefix, start, end }
  findings.mistake("A0123", start + slash, end, `a network's prefix is at most 32, not ${prefix}`)
  return { kind: "missing", start, end }
}

function address(image: string, start: number, findings: Findings): number | null {
  const parts = image.split(".")
  if (parts.length !== 4) {
    findings.mistake("A0123", start, start + image.length, `an address has four parts, not ${parts.length}`, {
      hint: "a version is written as text",
    })
    return null
  }
  let value = 0
  let at = start
  for (const part of parts) {
    if (Number(part) > 255 || part.length > 3) {
      findings.mistake("A0123", at, at + part.length, `each part of an address is at most 255, not ${part}`)
      return null
    }
    value = value * 256 + Number(part)
    at += part.length + 1
  }
  return value
}
